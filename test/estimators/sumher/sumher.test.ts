import { describe, expect, it } from 'vitest';
import { createDesign } from '../../../src/association/design.js';
import { associate } from '../../../src/association/linear.js';
import { SumherProblem } from '../../../src/estimators/sumher/likelihood.js';
import { type SumherTrait, selectStatistics } from '../../../src/estimators/sumher/selection.js';
import { type SumherOptions, sumher } from '../../../src/estimators/sumher/sumher.js';
import type { Taggings } from '../../../src/formats/tagging.js';
import { expectedHeritability } from '../../../src/genotypes/heritability-model.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { LDAK_WEIGHT_DEFAULTS, ldakWeights } from '../../../src/ld/ldak-weights.js';
import { baseCategory, taggings } from '../../../src/ld/tagging.js';
import { methodsFixture, operatorOf } from '../../fixture.js';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { describeBackends } from '../../kernels/backends.js';
import { randomSource } from '../../kernels/packed.js';

/** Windows that hold whole chromosomes. */
function wholeChromosomes(starts: readonly number[], variants: number) {
  const startOf = (j: number) => starts.findLast((start) => start <= j)!;
  const endOf = (j: number) => starts.find((start) => start > j) ?? variants;
  return {
    first: Int32Array.from({ length: variants }, (_, j) => startOf(j)),
    last: Int32Array.from({ length: variants }, (_, j) => endOf(j) - 1),
  };
}

async function inSample(genotypes: readonly Int8Array[], traits: readonly Float64Array[], starts: number[]) {
  const pool = new KernelPool(loadKernels('auto'), 1);
  const operator = await operatorOf(genotypes, pool, { tileBytes: 1 << 22 });
  const named = traits.map((values, t) => ({ name: `t${t}`, values }));
  const design = createDesign(named, [], genotypes[0].length);
  const columns = traits.map(() => new Float64Array(genotypes.length));
  for await (const results of associate(operator, design, 'mean')) {
    for (const { trait, first, beta, se } of results)
      for (let v = 0; v < beta.length; v++) columns[trait][first + v] = (beta[v] / se[v]) ** 2;
  }
  const windows = wholeChromosomes(starts, genotypes.length);
  const tagsOf = (power: number, weights?: Float64Array) =>
    taggings(
      operator,
      windows,
      expectedHeritability(operator.statistics, power, weights),
      baseCategory(genotypes.length),
    );
  const weights = async () => (await ldakWeights(operator, windows, starts, LDAK_WEIGHT_DEFAULTS)).weight;
  return { pool, columns, tagsOf, weights };
}

it("gives METHODS 12's rows", async () => {
  const { genotypes, y, samples } = methodsFixture();
  const { pool, columns, tagsOf, weights } = await inSample(genotypes, [y], [0, 30]);
  const traits = [{ statistics: columns[0], n: samples }];
  const rows = [
    { tags: await tagsOf(-1), h2: 0.645333, se: 0.203583 },
    { tags: await tagsOf(-0.25, await weights()), h2: 0.661661, se: 0.209257 },
    { tags: await tagsOf(-0.25), h2: 0.653964, se: 0.208402 },
  ];
  for (const { tags, h2, se } of rows) {
    const early = stoppedEarly(pool.kernels, tags, traits[0]);
    expect(early.h2).toBeCloseTo(h2, 6);
    expect(early.se).toBeCloseTo(se, 6);
    const [estimate] = sumher(pool.kernels, tags, traits);
    expect(Math.abs(estimate.h2.estimate - h2)).toBeLessThan(1e-4 * se);
    expect(Math.abs(estimate.h2.se! - se)).toBeLessThan(1e-4 * se);
  }
});

/** The rows of METHODS 12 stop as LDAK does, once a Newton step gains less than 0.001; we go on to the maximum. */
function stoppedEarly(kernels: Kernels, tags: Taggings, trait: SumherTrait) {
  const { data, meanN } = selectStatistics(tags, trait, { scaling: false, intercept: false }, undefined);
  const problem = new SumherProblem(kernels, data);
  let here = problem.evaluate(new Float64Array(1))!;
  for (let gain = 1; gain >= 0.001; ) {
    const { gradient, hessians } = problem.differentiate(here);
    const next = problem.evaluate(Float64Array.of(here.point[0] - gradient[0] / hessians[0][0]))!;
    gain = here.value - next.value;
    here = next;
  }
  const scale = tags.contribution[0] / meanN;
  const [[curvature]] = problem.differentiate(here).hessians;
  return { h2: here.point[0] * scale, se: scale / Math.sqrt(curvature) };
}

/** Taggings of three overlapping categories, the last of them the base, as large as real ones. */
function madeUpTaggings(variants: number, seed: number): Taggings {
  const random = randomSource(seed);
  const tagging = Float64Array.from({ length: variants }, () => 0.8 + 8 * random() ** 2);
  const byCategory = new Float64Array(3 * variants);
  for (let j = 0; j < variants; j++) {
    byCategory[j] = tagging[j] * random();
    byCategory[variants + j] = random() < 0.5 ? 0 : tagging[j] * 0.5;
    byCategory[2 * variants + j] = tagging[j];
  }
  const contribution = Float64Array.of(400, 100, 400, 90, 300, 310, 400, 300, 1000);
  const sizes = Float64Array.of(0.4, 0.3, 1).map((share) => share * variants);
  return {
    kind: 'annotations',
    names: ['one', 'two', 'base'],
    variants,
    tagging,
    byCategory,
    contribution,
    sizes,
    reference: variants,
  };
}

const TAU = [2e-4, -5e-5, 3e-4];
const SCALING = 1.1;
const ADDED = 2e-5;

/** E[S] under {@link TAU}, with or without confounding, for sample sizes of 8,000 to 12,000. */
function expectedStatistics(tags: Taggings, { scaling, intercept }: Partial<SumherOptions>) {
  const random = randomSource(99);
  const n = Float64Array.from({ length: tags.variants }, () => 8000 + 4000 * random());
  const expected = n.map((size, j) => {
    const own = TAU.reduce((sum, tau, c) => sum + tau * tags.byCategory[c * tags.variants + j], 0);
    return (scaling ? SCALING : 1) * (1 + size * own * 0.01 + (intercept ? size * ADDED : 0));
  });
  return { n, expected };
}

describe('with categories and confounding', () => {
  const tags = madeUpTaggings(3000, 5);

  it.each([
    { scaling: false, intercept: false },
    { scaling: true, intercept: false },
    { scaling: false, intercept: true },
  ])('finds the parameters of statistics without noise: $scaling $intercept', (confounding) => {
    const { n, expected } = expectedStatistics(tags, confounding);
    const [estimate] = sumher(loadKernels('auto'), tags, [{ statistics: expected, n }], confounding);
    const parts = TAU.map((tau, c) => 0.01 * tau * tags.contribution[4 * c]);
    const total = parts.reduce((sum, part) => sum + part, 0);
    expect(estimate.h2.estimate).toBeCloseTo(total, 6);
    estimate.categories.forEach((category, c) => {
      const row = tags.contribution.subarray(3 * c, 3 * c + 3);
      const h2 = TAU.reduce((sum, tau, k) => sum + 0.01 * tau * row[k], 0);
      expect(category.tau).toBeCloseTo(0.01 * TAU[c], 9);
      expect(category.part.estimate).toBeCloseTo(parts[c], 6);
      expect(category.h2.estimate).toBeCloseTo(h2, 6);
      expect(category.enrichment.estimate).toBeCloseTo(h2 / total / [0.4, 0.3, 1][c], 4);
    });
    expect(estimate.scaling?.estimate ?? 1).toBeCloseTo(confounding.scaling ? SCALING : 1, 6);
    if (confounding.intercept)
      expect(estimate.intercept!.estimate).toBeCloseTo(1 + ADDED * estimate.meanN, 6);
    else expect(estimate.intercept).toBeNull();
    // the jackknife sees no difference between blocks
    expect(estimate.h2.jackknifeSe).toBeLessThan(1e-6);
  });

  it('is unbiased, with right standard errors', () => {
    const truth = 0.01 * TAU.reduce((sum, tau, c) => sum + tau * tags.contribution[4 * c], 0);
    const { n, expected } = expectedStatistics(tags, {});
    const replicates = 200;
    const traits = Array.from({ length: replicates }, (_, r) => {
      const noise = randomNormals(tags.variants, 1000 + r);
      return { n, statistics: expected.map((e, j) => e * noise[j] ** 2) };
    });
    // as many independent statistics as the weights say, so that the curvature is the sampling variance
    const independent = { ...tags, tagging: new Float64Array(tags.variants).fill(1) };
    const estimates = sumher(loadKernels('auto'), independent, traits);
    const h2 = estimates.map((estimate) => estimate.h2.estimate);
    const mean = h2.reduce((sum, value) => sum + value, 0) / replicates;
    const sd = Math.sqrt(h2.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1));
    expect(Math.abs(mean - truth)).toBeLessThan((3 * sd) / Math.sqrt(replicates));
    for (const key of ['se', 'jackknifeSe'] as const) {
      const errors = estimates.map((estimate) => estimate.h2[key]!);
      const average = errors.reduce((sum, value) => sum + value, 0) / replicates;
      expect(Math.abs(average / sd - 1)).toBeLessThan(0.15);
    }
  });

  it('leaves out what has no statistic or explains too much', () => {
    const { n, expected } = expectedStatistics(tags, {});
    const statistics = expected.slice();
    statistics[7] = Number.NaN;
    statistics[9] = 500;
    const [estimate] = sumher(loadKernels('auto'), tags, [{ statistics, n }], { cutoff: 0.01 });
    expect([estimate.variants, estimate.withoutStatistic, estimate.aboveCutoff]).toEqual([2998, 1, 1]);
    expect(estimate.categories[0].tau).toBeCloseTo(0.01 * TAU[0], 9);
  });

  it('refuses categories that repeat each other, and too few statistics', () => {
    const { n, expected } = expectedStatistics(tags, {});
    const repeated = { ...tags, byCategory: tags.byCategory.slice() };
    repeated.byCategory.copyWithin(0, 2 * tags.variants, 3 * tags.variants);
    const noise = randomNormals(tags.variants, 3);
    const statistics = expected.map((e, j) => e * noise[j] ** 2);
    const run = (t: Taggings, s: Float64Array) => () =>
      sumher(loadKernels('auto'), t, [{ statistics: s, n }]);
    expect(run(repeated, statistics)).toThrow('cannot be told apart');
    expect(run(tags, statistics.fill(Number.NaN, 5))).toThrow('too few test statistics');
  });
});

describeBackends((kernels) => {
  it('gives the same on every backend', () => {
    const tags = madeUpTaggings(500, 8);
    const { n, expected } = expectedStatistics(tags, {});
    const noise = randomNormals(500, 4);
    const traits = [{ n, statistics: expected.map((e, j) => e * noise[j] ** 2) }];
    const [own] = sumher(kernels, tags, traits);
    const [auto] = sumher(loadKernels('auto'), tags, traits);
    expect(own.h2.estimate).toBeCloseTo(auto.h2.estimate, 10);
    expect(own.h2.se).toBeCloseTo(auto.h2.se!, 10);
  });
});

it('is unbiased in sample, for traits of its own model', async () => {
  const [variants, samples, replicates, h2] = [300, 600, 60, 0.4];
  const genotypes = randomGenotypes(variants, samples, { seed: 11 });
  const x = genotypes.map((row) => standardised(row));
  const traits = Array.from({ length: replicates }, (_, r) => {
    const effects = randomNormals(variants, 50 + r);
    const y = randomNormals(samples, 5000 + r).map((e) => e * Math.sqrt(1 - h2));
    for (let v = 0; v < variants; v++)
      for (let i = 0; i < samples; i++) y[i] += x[v][i] * effects[v] * Math.sqrt(h2 / variants);
    return y;
  });
  const { pool, columns, tagsOf } = await inSample(genotypes, traits, [0]);
  const estimates = sumher(
    pool.kernels,
    await tagsOf(-1),
    columns.map((statistics) => ({ statistics, n: samples })),
  );
  const found = estimates.map((estimate) => estimate.h2.estimate);
  const mean = found.reduce((sum, value) => sum + value, 0) / replicates;
  const sd = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicates - 1));
  expect(Math.abs(mean - h2)).toBeLessThan((3 * sd) / Math.sqrt(replicates));
});
