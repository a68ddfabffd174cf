import { afterAll, describe, expect, it } from 'vitest';
import { createDesign, type Trait } from '../../../src/association/design.js';
import { TraitColumns } from '../../../src/cohort/trait-columns.js';
import { estimateGre, GRE_DEFAULTS } from '../../../src/estimators/gre/gre.js';
import { PreparedGre } from '../../../src/estimators/gre/prepared.js';
import { equalParts } from '../../../src/genotypes/parts.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { prepareGre } from '../../../src/methods/gre/method.js';
import { greOptions } from '../../../src/methods/gre/options.js';
import { defaultsOf } from '../../../src/options/flags.js';
import { silentRun } from '../../../src/run.js';
import { randomNormals } from '../../genotype-data.js';
import { studyOn } from '../../study/study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const SAMPLES = 900;
const covariates = [{ name: 'age', values: randomNormals(SAMPLES, 7) }];
const traits = [1, 2, 3].map((seed): Trait => ({ name: `t${seed}`, values: randomNormals(SAMPLES, seed) }));

async function start() {
  const data = await studyOn(pool, { samples: SAMPLES, variants: [90, 70, 40], covariates });
  const columns = new TraitColumns(data, traits.length);
  await columns.load(traits.length, (values) => {
    for (const [c, trait] of traits.entries()) values.set(trait.values, c * data.design.stride);
  });
  const design = createDesign(traits, covariates, SAMPLES);
  const whole = (crossBlock: boolean) =>
    estimateGre(data.genotypes, data.blocks, design, {
      ...GRE_DEFAULTS,
      solver: 'direct',
      crossBlock,
      probes: 8,
      seed: 5,
      memory: 1e9,
    });
  return { data, b: await columns.marginalEffects(), whole };
}

describe('GRE prepared for many traits', () => {
  it('gives what a run of the traits gives, block by block', async () => {
    const { data, b, whole } = await start();
    const prepared = await PreparedGre.create(data, data.blocks, { memory: 1e9 });
    const estimates = await prepared.estimate(b, traits.length);
    for (const [t, { h2, se, blocks }] of (await whole(false)).entries()) {
      expect(estimates[t].h2).toBeCloseTo(h2, 6);
      expect(estimates[t].se).toBeCloseTo(se, 6);
      for (const [k, { r2, rank }] of blocks.entries()) {
        expect(estimates[t].r2[k]).toBeCloseTo(r2, 6);
        expect(prepared.ranks[k]).toBe(rank);
      }
    }
  });

  it('takes the overlap of blocks out as a run does, once for all traits', async () => {
    const { data, b, whole } = await start();
    const prepared = await PreparedGre.create(data, data.blocks, { memory: 1e9 });
    const shares = await prepared.crossBlockShares(8, 5);
    const estimates = await prepared.estimate(b, traits.length);
    for (const [t, { corrected }] of (await whole(true)).entries())
      expect(prepared.corrected(estimates[t].r2, shares)).toBeCloseTo(corrected!.h2, 6);
  });

  it('takes the LD between blocks of one chromosome out as a run does, once for all traits', async () => {
    const { data } = await start();
    const columns = new TraitColumns(data, traits.length);
    await columns.load(traits.length, (values) => {
      for (const [c, trait] of traits.entries()) values.set(trait.values, c * data.design.stride);
    });
    const blocks = equalParts(data.genotypes.variants, 8).map((variants, k) => ({
      id: `b${k}`,
      variants,
      breaks: [],
      continues: k > 0,
    }));
    const prepared = await prepareGre('gre', data, defaultsOf(greOptions), blocks, 'cut', silentRun);
    const design = createDesign(traits, covariates, SAMPLES);
    const found = await estimateGre(data.genotypes, blocks, design, {
      ...GRE_DEFAULTS,
      seed: 1,
      memory: 1e9,
    });
    for (const [t, { h2, quantities }] of (await prepared.evaluate(columns, silentRun)).entries()) {
      expect(h2.value).toBeCloseTo(found[t].corrected!.h2, 6);
      expect(h2.se).toBeCloseTo(found[t].corrected!.se!, 6);
      expect(quantities.plain.value).toBeCloseTo(found[t].h2, 6);
    }
  });

  it('refuses a block with as many variants as people', async () => {
    const { data } = await start();
    const variants = Int32Array.from({ length: 200 }, (_, v) => v);
    const small = await studyOn(pool, { samples: 150, variants: [200] });
    await expect(
      PreparedGre.create(small, [{ id: 'all', variants, breaks: [] }], { memory: 1e9 }),
    ).rejects.toThrow(/block all: its 200 variants have rank/);
    data.close();
  });
});
