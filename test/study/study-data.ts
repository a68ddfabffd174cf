import type { Covariate } from '../../src/association/design.js';
import { Dataset } from '../../src/cohort/dataset.js';
import { equalParts } from '../../src/genotypes/parts.js';
import { createMask } from '../../src/genotypes/sample-mask.js';
import { GenotypeStore } from '../../src/genotypes/store.js';
import type { KernelPool } from '../../src/kernels/pool.js';
import { simulateGenotypes } from '../../src/simulation/genotypes.js';
import { MemoryGenotypes } from '../../src/simulation/memory-genotypes.js';

export interface StudySize {
  readonly samples: number;
  /** Variants of each chromosome. */
  readonly variants: readonly number[];
  /** Blocks of GRE. @default one a chromosome */
  readonly blocks?: number;
  readonly covariates?: readonly Covariate[];
  readonly founders?: number;
}

/** A study on simulated genotypes with LD, one block a chromosome. */
export async function studyOn(
  pool: KernelPool,
  { samples, variants, blocks = variants.length, covariates = [], founders = 400 }: StudySize,
): Promise<Dataset> {
  const count = variants.reduce((sum, value) => sum + value, 0);
  const genotypes = new MemoryGenotypes(samples, count);
  const { position, chromosome, centimorgan } = await simulateGenotypes(
    pool,
    { seed: 3, samples, variants, founders },
    genotypes,
  );
  const store = new GenotypeStore(
    genotypes,
    createMask(samples, () => true),
    pool,
  );
  const all = Int32Array.from({ length: count }, (_, v) => v);
  const statistics = await store.count(all);
  return Dataset.open({
    manyTraits: true,
    store,
    variants: all,
    statistics,
    bim: {
      count,
      chromosome: Array.from(chromosome, String),
      id: Array.from({ length: count }, (_, v) => `rs${v}`),
      centimorgan,
      position,
      allele1: new Array<string>(count).fill('A'),
      allele2: new Array<string>(count).fill('G'),
    },
    blocks: equalParts(all, blocks).map((own, k) => ({ id: `block${k + 1}`, variants: own, breaks: [] })),
    covariates,
    seed: 1,
    memory: 1e9,
  });
}
