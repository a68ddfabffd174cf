import { afterAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { greOfBlocks } from '../../src/study/gre-variants.js';
import { namedGrid, selectCells } from '../../src/study/grids.js';
import { methodEstimator } from '../../src/study/method-estimator.js';
import { runStudy, type StudyOptions, type StudyPart } from '../../src/study/run.js';
import { aggregateStudy, summariseStudy } from '../../src/study/summary.js';
import { studyOn } from './study-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const gre = await methodEstimator('gre');
const greCrossBlock = await methodEstimator('gre-cross-block');

const options = (ids: readonly string[], more: Partial<StudyOptions> = {}): StudyOptions => ({
  cells: selectCells(namedGrid('64')!, { ids }).cells,
  replicates: 40,
  estimators: [gre],
  seed: 1,
  scaling: 'exact',
  weights: async () => Float64Array.from({ length: 400 }, (_, v) => (1 + (v % 4)) / 4),
  ...more,
});

describe('a study of GRE', () => {
  it('finds it unbiased with one block, whatever the architecture', async () => {
    const data = await studyOn(pool, { samples: 1500, variants: [400], blocks: 1 });
    const settings = options(['h0.25_*', 'h0.8_*'], { replicates: 60 });
    const parts = await runStudy(data, settings);
    const summaries = summariseStudy(settings.cells, ['gre'], parts);
    const [aggregate] = aggregateStudy(settings.cells, summaries);
    expect(summaries).toHaveLength(32);
    expect(aggregate.significantP).toBeGreaterThan(0.01);
    for (const { z } of summaries) expect(Math.abs(z!)).toBeLessThan(4.2);
    const chi = summaries.reduce((sum, { z }) => sum + z! ** 2, 0) / summaries.length;
    expect(chi).toBeGreaterThan(0.4);
    expect(chi).toBeLessThan(1.8);
  });

  it('finds it biased upwards with many blocks that share LD, and less so with the overlap taken out', async () => {
    const data = await studyOn(pool, { samples: 1500, variants: [200], blocks: 8 });
    const settings = options(['h0.5_p1_maf0-0.5_a-1_none'], {
      estimators: [gre, greCrossBlock, greOfBlocks(1), greOfBlocks(8)],
    });
    const parts = await runStudy(data, settings);
    const names = settings.estimators.map(({ name }) => name);
    const bias = summariseStudy(settings.cells, names, parts).map((summary) => summary.bias);
    expect(bias[0]).toBeGreaterThan(0.05);
    expect(Math.abs(bias[1])).toBeLessThan(bias[0] / 2);
    expect(Math.abs(bias[2])).toBeLessThan(0.02);
    expect(bias[3]).toBeCloseTo(bias[0], 9);
  });

  it('adds stratification that covariates take out', async () => {
    const samples = 1200;
    const group = Float64Array.from({ length: samples }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const covariates = [{ name: 'group', values: group }];
    const data = await studyOn(pool, { samples, variants: [200], blocks: 1, covariates });
    const estimate = async (stratification?: Float64Array) =>
      (await runStudy(data, options(['h0.5_p1_maf0-0.5_a-1_none'], { replicates: 3, stratification })))[0]
        .estimates.gre.h2;
    const [without, added] = [await estimate(), await estimate(group)];
    for (const [r, h2] of added.entries()) expect(h2).toBeCloseTo(without[r]!, 6);
  });
});

describe('a cell', () => {
  it('has the same traits alone as among others, in parts, and on any number of threads', async () => {
    const data = await studyOn(pool, { samples: 700, variants: [200] });
    const [alone] = await runStudy(data, options(['h0.5_p0.01_maf0-0.5_a-1_none']));
    const among = await runStudy(data, options(['h0.5_p0.01_*_none']));
    expect(among.find(({ cell }) => cell === alone.cell)).toEqual(alone);
    const threads = new KernelPool(loadKernels(), 3);
    const other = await studyOn(threads, { samples: 700, variants: [200] });
    expect(await runStudy(other, options(['h0.5_p0.01_maf0-0.5_a-1_none']))).toEqual([alone]);
    await threads.close();
    const many = await runStudy(data, options(['h0.5_p0.01_maf0-0.5_a-1_none'], { replicates: 130 }));
    expect(many.map(({ first }) => first)).toEqual([0, 100]);
    expect(many[0].estimates.gre.h2[39]).toBeCloseTo(alone.estimates.gre.h2[39]!, 12);
    expect(
      new Set(
        many.flatMap(({ realised, estimates }) => estimates.gre.h2.map((x, r) => [realised[r], x].join())),
      ).size,
    ).toBe(130);
  });

  it('that is remembered is not computed again', async () => {
    const data = await studyOn(pool, { samples: 700, variants: [200] });
    const settings = options(['h0.5_p0.01_*_none'], { replicates: 5 });
    const saved = new Map<string, StudyPart>();
    const remember = (part: StudyPart) => void saved.set(part.id, part);
    const first = await runStudy(data, settings, { remember });
    expect(saved.size).toBe(6);
    const broken = { ...gre, prepare: () => Promise.reject(new Error('computed again')) };
    const recall = (id: string) => saved.get(id);
    expect(await runStudy(data, { ...settings, estimators: [broken] }, { recall })).toEqual(first);
    saved.delete(first[3].id);
    expect(await runStudy(data, settings, { recall })).toEqual(first);
  });
});
