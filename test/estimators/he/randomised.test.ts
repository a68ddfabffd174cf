import { describe, expect, it } from 'vitest';
import { type Covariate, createDesign, type Trait } from '../../../src/association/design.js';
import {
  type GeneticComponents,
  labelledComponents,
  oneComponent,
} from '../../../src/estimators/components.js';
import { equalJackknifeBlocks } from '../../../src/estimators/he/data.js';
import { HE_DEFAULTS, type HeOptions, randomisedHe } from '../../../src/estimators/he/randomised.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { toSharedFloat64 } from '../../../src/kernels/memory.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { jackknife } from '../../../src/linalg/jackknife.js';
import { orthonormalBasis, projectOut } from '../../../src/linalg/orthonormal-basis.js';
import { methodsFixture, operatorOf, range } from '../../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { dot } from '../../regression.js';

const { genotypes, y } = methodsFixture();
const kernels = loadKernels('auto');

interface Run {
  readonly list?: readonly ArrayLike<number>[];
  readonly traits?: readonly Trait[];
  readonly covariates?: readonly Covariate[];
  readonly components?: GeneticComponents;
  readonly blocks?: number;
  readonly threads?: number;
  readonly tileBytes?: number;
}

async function he(options: Partial<HeOptions>, run: Run = {}) {
  const list = run.list ?? genotypes;
  const pool = new KernelPool(kernels, run.threads ?? 1);
  const operator = await operatorOf(list, pool, { tileBytes: run.tileBytes });
  const traits = run.traits ?? [{ name: 'y', values: y }];
  const design = createDesign(traits, run.covariates ?? [], list[0].length);
  const components = run.components ?? oneComponent(list.length);
  const jackknife = equalJackknifeBlocks(list.length, run.blocks ?? 10);
  try {
    const data = { genotypes: operator, design, components, jackknife };
    return await randomisedHe(data, { ...HE_DEFAULTS, ...options });
  } finally {
    await pool.close();
  }
}

describe('METHODS 12', () => {
  it('exact traces, intercept projected and as published', async () => {
    const [projected] = await he({ exact: true });
    expect(projected.h2).toBeCloseTo(0.61929537, 8);
    const [published] = await he({ exact: true, noiseTrace: 'people' });
    expect(published.h2).toBeCloseTo(0.62076353, 8);
  });

  it.each([false, true])('random vectors, without bias (controls: %s)', async (controls) => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const runs = [];
    for (const seed of seeds) runs.push((await he({ controls, seed, vectors: 60 }))[0]);
    const mean = runs.reduce((sum, { h2 }) => sum + h2, 0) / runs.length;
    const sd = Math.sqrt(runs.reduce((sum, { h2 }) => sum + (h2 - mean) ** 2, 0) / (runs.length - 1));
    expect(Math.abs(mean - 0.61929537)).toBeLessThan(3 * (sd / Math.sqrt(runs.length)));
    const stated = runs.reduce((sum, { monteCarloSe }) => sum + monteCarloSe, 0) / runs.length;
    expect(stated / sd).toBeGreaterThan(0.7);
    expect(stated / sd).toBeLessThan(1.4);
    if (controls) expect(sd).toBeLessThan(0.025); // a third of what it is without
  });
});

/** Missing genotypes, a covariate, traits of different people, and components that overlap, one of them with weights. */
const SAMPLES = 150;
const VARIANTS = 40;
const list = randomGenotypes(VARIANTS, SAMPLES, { seed: 4, missing: 0.03 });
const x = list.map((row) => standardised(meanImputed(row)));
const covariate = randomNormals(SAMPLES, 5);
const noise = randomNormals(SAMPLES, 6);
const complete = noise.map(
  (e, i) => e + covariate[i] + x.slice(0, 20).reduce((sum, row) => sum + row[i], 0) / 5,
);
const partial = complete.map((value, i) => (i % 7 === 0 ? Number.NaN : 3 * value));
const weightsOf = (j: number) => [1, j < 15 ? 1 : 0, j % 3 === 0 ? 0.5 + j / VARIANTS : 0];
const components: GeneticComponents = {
  names: ['all', 'first', 'weighted'],
  weights: toSharedFloat64(Array.from(range(0, VARIANTS), weightsOf).flat()),
};
const traits = [
  { name: 'complete', values: complete },
  { name: 'partial', values: partial },
];
const messy = { list, traits, covariates: [{ name: 'c', values: covariate }], components, blocks: 5 };

/** Genotypes and trait of the people who have it, covariates projected out, without the variants of one jackknife block, or of none (-1). */
function projectedData(values: Float64Array, omitted: number) {
  const people = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]));
  const pick = (column: Float64Array) => Float64Array.from(people, (i) => column[i]);
  const { basis } = orthonormalBasis([pick(covariate).fill(1), pick(covariate)]);
  const project = (column: Float64Array) => {
    const copy = pick(column);
    projectOut(copy, basis);
    return copy;
  };
  const blocks = equalJackknifeBlocks(VARIANTS, messy.blocks);
  const kept = Array.from(range(0, VARIANTS)).filter((j) => blocks[j] !== omitted);
  const rows = kept.map((j) => project(x[j]));
  const trait = project(values);
  const size = [0, 1, 2].map((k) => kept.reduce((sum, j) => sum + weightsOf(j)[k], 0));
  const n = people.length - basis.length;
  return { kept, rows, trait, size, n };
}

/** The same by dense matrices: variances. @param squares y'K_k y and y'y in place of the trait's. */
function dense(values: Float64Array, omitted: number, squares?: readonly number[]): number[] {
  const { kept, rows, trait, size, n } = projectedData(values, omitted);
  const moments = [0, 1, 2].map((k) => [
    ...[0, 1, 2].map((l) => {
      let sum = 0;
      for (const [a, j] of kept.entries())
        for (const [b, m] of kept.entries())
          sum += weightsOf(j)[k] * weightsOf(m)[l] * dot(rows[a], rows[b]) ** 2;
      return sum / size[k] / size[l];
    }),
    kept.reduce((sum, j, a) => sum + weightsOf(j)[k] * dot(rows[a], rows[a]), 0) / size[k],
    kept.reduce((sum, j, a) => sum + weightsOf(j)[k] * dot(rows[a], trait) ** 2, 0) / size[k],
  ]);
  moments.push([...moments.map((row) => row[3]), n, dot(trait, trait)]);
  if (squares) for (const [k, square] of squares.entries()) moments[k][4] = square;
  return eliminate(moments);
}

/** Theory's standard error of each component's share, of a trait scaled to y'y = n: 2 y'W_k V W_l y by matrices of people. */
function denseErrors(values: Float64Array): number[] {
  const { rows, trait, size, n } = projectedData(values, -1);
  const y = trait.map((value) => value * Math.sqrt(n / dot(trait, trait)));
  const relate = (k: number, v: Float64Array) =>
    rows.reduce((sum, row, j) => {
      const factor = (weightsOf(j)[k] * dot(row, v)) / size[k];
      return sum.map((value, i) => value + factor * row[i]);
    }, new Float64Array(v.length));
  const squares = [0, 1, 2].map((k) => dot(y, relate(k, y)));
  const variances = dense(values, -1, [...squares, n]);
  const turned = squares.map((square, k) => relate(k, y).map((value, i) => value - (square / n) * y[i]));
  const spread = (v: Float64Array) =>
    [0, 1, 2].reduce(
      (sum, k) => relate(k, v).map((value, i) => sum[i] + variances[k] * value),
      v.map((value) => variances[3] * value),
    );
  const total = variances.reduce((sum, value) => sum + value, 0);
  // the equations are linear: what a unit of y'K_k y does to the variances, and so to the shares
  const slopes = squares.map((_, k) => {
    const change = dense(
      values,
      -1,
      [0, 1, 2, 3].map((l) => Number(l === k)),
    );
    const ofTotal = change.reduce((sum, value) => sum + value, 0);
    return change.map((value, l) => (value - (variances[l] / total) * ofTotal) / total);
  });
  return [0, 1, 2].map((l) => {
    let variance = 0;
    for (const a of [0, 1, 2])
      for (const b of [0, 1, 2])
        variance += 2 * slopes[a][l] * slopes[b][l] * dot(turned[a], spread(turned[b]));
    return Math.sqrt(variance);
  });
}

function eliminate(rows: number[][]): number[] {
  for (const [k, pivot] of rows.entries())
    for (const [i, row] of rows.entries()) {
      if (i === k) continue;
      const factor = row[k] / pivot[k];
      for (let j = k; j < row.length; j++) row[j] -= factor * pivot[j];
    }
  return rows.map((row, k) => row.at(-1)! / row[k]);
}

const shareOf = (variances: number[]) => variances.map((v) => v / variances.reduce((sum, w) => sum + w, 0));

describe('against dense matrices', () => {
  it.each([0, 1])('exact traces, the jackknife and theory, trait %i', async (t) => {
    const estimate = (await he({ exact: true }, messy))[t];
    const expected = dense(traits[t].values, -1);
    const omitted = Array.from(range(0, messy.blocks));
    const shares = omitted.map((b) => shareOf(dense(traits[t].values, b)));
    const theory = denseErrors(traits[t].values);
    for (const [k, component] of estimate.components.entries()) {
      expect(component.variance.estimate).toBeCloseTo(expected[k], 8);
      expect(component.h2.estimate).toBeCloseTo(shareOf(expected)[k], 8);
      const mean = shares.reduce((sum, share) => sum + share[k], 0) / shares.length;
      const square = shares.reduce((sum, share) => sum + (share[k] - mean) ** 2, 0);
      const jackknifed = Math.sqrt((square * (messy.blocks - 1)) / messy.blocks);
      const error = theory[k] > jackknifed ? theory[k] : jackknifed;
      expect(component.h2.se / error).toBeCloseTo(1, theory[k] > jackknifed ? 5 : 7); // theory's products are in float32
    }
    expect(estimate.noise.estimate).toBeCloseTo(expected[3], 8);
    // what a category holds adds up over the components that its variants belong to
    expect(estimate.components[0].category.estimate).toBeCloseTo(estimate.h2, 8);
    expect(estimate.components[0].enrichment.estimate).toBeCloseTo(1, 8);
  });

  it('random vectors come to the same, whatever the tiles', async () => {
    const exact = await he({ exact: true }, messy);
    const random = await he({ vectors: 1000, seed: 7 }, messy);
    const tiled = await he({ vectors: 1000, seed: 7 }, { ...messy, tileBytes: 1 });
    for (const [t, { h2, se, components: own }] of random.entries()) {
      expect(Math.abs(h2 - exact[t].h2)).toBeLessThan(4 * random[t].monteCarloSe);
      expect(se / exact[t].se).toBeCloseTo(1, 1);
      for (const [k, { h2: share }] of own.entries())
        expect(tiled[t].components[k].h2.se).toBeCloseTo(share.se, 5);
    }
  });
});

it('gives the same bits on one thread and on two', async () => {
  const large = randomGenotypes(300, 3000, { seed: 9 });
  const values = randomNormals(3000, 10);
  const labels = large.map((_, j) => j % 2);
  const run = {
    list: large,
    traits: [{ name: 'y', values }],
    components: labelledComponents(['a', 'b'], labels),
  };
  const [one] = await he({}, { ...run, threads: 1 });
  const [two] = await he({}, { ...run, threads: 2 });
  expect(two).toEqual(one);
});

describe('refuses', () => {
  const all = genotypes.map(() => 0);
  const halves = genotypes.map((_, j) => Number(j < 30));
  const twice = (scale: number): GeneticComponents => ({
    names: ['a', 'b'],
    weights: toSharedFloat64(genotypes.flatMap(() => [1, scale])),
  });

  it.each([
    ['the same component twice', twice(1), /a and b have the same variants/],
    ['a multiple of another', twice(0.3), /a and b have the same variants/],
    ['an empty component', labelledComponents(['a', 'b'], all), /b has no variant/],
    ['a negative weight', twice(-1), /variant 1 has a weight in b/],
  ])('%s', async (_, components, message) => {
    await expect(he({}, { components })).rejects.toThrow(message);
  });

  it('components whose relationship matrices are multiples of each other', async () => {
    const copied = [...genotypes.slice(0, 30), ...genotypes.slice(0, 30)];
    const components = labelledComponents(['a', 'b'], halves);
    await expect(he({ exact: true }, { list: copied, components })).rejects.toThrow(/cannot be told apart/);
    await expect(he({}, { list: copied, components })).rejects.toThrow(/cannot be told apart/);
  });
});

it('the slope of two strata on their level is that of what their variants explain, with the same jackknife', async () => {
  const labels = genotypes.map((_, j) => (j % 3 === 0 ? 1 : 0));
  const levels = [0, 1].map((ld) => ({ frequency: 0, ld }));
  const components = labelledComponents(['low', 'high'], labels, levels);
  const [{ trends, components: parts, scaledVariances }] = await he({ exact: true }, { components });
  const slope = (variances: ArrayLike<number>, sizes: readonly number[]) =>
    ((variances[1] / sizes[1] - variances[0] / sizes[0]) * (sizes[0] + sizes[1])) /
    (variances[0] + variances[1]);
  const sizesWithout = (block: number) =>
    [0, 1].map((k) => labels.filter((label, j) => label === k && blocks[j] !== block).length);
  const blocks = equalJackknifeBlocks(genotypes.length, 10);
  const { estimate, deleted, reach } = scaledVariances;
  const whole = slope(
    estimate,
    parts.map(({ size }) => size),
  );
  const without = Array.from({ length: 10 }, (_, b) =>
    slope(deleted.subarray(3 * b, 3 * b + 2), sizesWithout(b)),
  );
  expect(trends!.frequency).toBeUndefined();
  expect(trends!.ld!.estimate).toBeCloseTo(whole, 9);
  expect(trends!.ld!.se).toBeCloseTo(
    jackknife(Float64Array.of(whole), Float64Array.from(without), reach).se[0],
    9,
  );
});
