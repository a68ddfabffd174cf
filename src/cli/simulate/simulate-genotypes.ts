import { HeredityError } from '../../errors.js';
import { BedWriter, bytesPerVariant } from '../../formats/bed.js';
import { chromosomeLabel, writeBim } from '../../formats/bim.js';
import { writeFam } from '../../formats/fam.js';
import { filesetPaths } from '../../formats/fileset.js';
import { loadKernels } from '../../kernels/load.js';
import { KernelPool } from '../../kernels/pool.js';
import { formatBytes, formatCount } from '../../report/number.js';
import { MOST_CHROMOSOMES, shareVariants } from '../../simulation/chromosomes.js';
import { type SimulatedVariants, simulateGenotypes, simulationMemory } from '../../simulation/genotypes.js';
import { defineCommand } from '../command.js';
import { runFlags } from '../common-flags.js';
import { defineFlags, fraction, integer, number } from '../flags.js';

const SIZE = { heading: 'Size' } as const;
const POPULATION = { heading: 'Population' } as const;
const { out, quiet, plan, threads, seed, backend } = runFlags;

const flags = defineFlags({
  samples: integer('people', { ...SIZE, min: 1, max: 1e7, default: 5000 }),
  variants: integer('variants, shared among the chromosomes by length', {
    ...SIZE,
    min: 1,
    max: 1e7,
    default: 20_000,
  }),
  chromosomes: integer('autosomes, from chromosome 1', {
    ...SIZE,
    min: 1,
    max: MOST_CHROMOSOMES,
    default: MOST_CHROMOSOMES,
  }),
  founders: integer('founder haplotypes that everybody is a mosaic of', {
    ...POPULATION,
    min: 4,
    max: 20_000,
    default: 1000,
  }),
  maf: fraction('smallest minor allele frequency among the founders', {
    ...POPULATION,
    max: 0.5,
    default: 0.01,
  }),
  spacing: number('mean distance of neighbouring variants, in kilobases', {
    ...POPULATION,
    min: 0.01,
    max: 1000,
    default: 5,
  }),
  missing: fraction('fraction of genotypes that are missing', { ...POPULATION, max: 0.99, default: 0 }),
  out,
  quiet,
  plan,
  threads,
  seed,
  backend,
});

export const simulateGenotypesCommand = defineCommand({
  description:
    'Makes genotypes of unrelated people from nothing: founder haplotypes grow on a genealogy that changes along each ' +
    'chromosome, and every person is a mosaic of two times many founders (Li and Stephens 2003). LD decays over some ' +
    '100 kb as in Europeans, and minor allele frequencies are spread evenly, as on a genotyping array. The same seed ' +
    'gives the same files on every machine.',
  flags,
  examples: [
    {
      line: 'heredity simulate genotypes --samples 5000 --variants 20000 --out demo',
      what: 'a small cohort on 22 chromosomes',
    },
    {
      line: 'heredity simulate genotypes --samples 337205 --variants 9654 --chromosomes 1 --out chr22-size',
      what: "chromosome 22 of the GRE paper's UK Biobank analysis, in size",
    },
  ],
  outputs: [
    { file: '<out>.bed', what: 'genotypes, PLINK 1' },
    {
      file: '<out>.bim',
      what: 'variants; allele 1 is the minor one among the founders, positions in centimorgans are the simulated map',
    },
    { file: '<out>.fam', what: 'people, sex and phenotype unknown' },
  ],

  async run(values, { log, progress, signal }) {
    const { samples, variants: count, chromosomes } = values;
    if (count < chromosomes) {
      throw new HeredityError('usage', '--variants is smaller than the number of chromosomes', {
        value: count,
        expected: `at least ${chromosomes}`,
        fix: 'lower --chromosomes',
      });
    }
    const simulation = {
      seed: values.seed,
      samples,
      variants: shareVariants(count, chromosomes),
      founders: values.founders,
      minFrequency: values.maf,
      missingRate: values.missing,
      spacing: 1000 * values.spacing,
    };
    const size = `${formatCount(samples)} people, ${formatCount(count)} variants on ${chromosomes} chromosomes`;
    if (values.plan) {
      const bytes = count * bytesPerVariant(samples);
      log.result(
        `Simulate ${size}: ${values.out}.bed of ${formatBytes(bytes)}, memory ${formatBytes(simulationMemory(simulation))}`,
      );
      return;
    }
    const paths = filesetPaths(values.out);
    const pool = new KernelPool(loadKernels(values.backend), values.threads, signal);
    const phase = progress.phase('simulating genotypes', { total: count, unit: 'variants' });
    try {
      const bed = await BedWriter.create(paths.bed, samples);
      const simulated = await simulateGenotypes(pool, simulation, bed, (variants) => phase.advance(variants));
      await writeFam(paths.fam, familyTable(samples));
      await writeBim(paths.bim, variantTable(simulated));
      await bed.finish();
    } finally {
      phase.end();
      await pool.close();
    }
    log.info(`Simulated ${size}: ${paths.bed}, .bim and .fam`);
  },
});

function variantTable({ count, chromosome, position, centimorgan }: SimulatedVariants) {
  const names = Array.from(chromosome, String);
  return {
    count,
    chromosome: names,
    id: names.map((name, v) => `${chromosomeLabel(name)}:${position[v]}`),
    centimorgan: centimorgan.map((x) => Math.round(x * 1e6) / 1e6),
    position,
    allele1: new Array<string>(count).fill('A'),
    allele2: new Array<string>(count).fill('G'),
  };
}

function familyTable(count: number) {
  const ids = Array.from({ length: count }, (_, i) => `id${i + 1}`);
  const unknown = new Array<string>(count).fill('0');
  return {
    count,
    familyId: ids,
    individualId: ids,
    fatherId: unknown,
    motherId: unknown,
    sex: new Uint8Array(count),
    phenotype: new Array<string>(count).fill('-9'),
  };
}
