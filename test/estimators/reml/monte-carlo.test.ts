import { describe, expect, it } from 'vitest';
import { type Covariate, createDesign, type Trait } from '../../../src/association/design.js';
import {
  type GeneticComponents,
  labelledComponents,
  oneComponent,
} from '../../../src/estimators/components.js';
import { monteCarloReml } from '../../../src/estimators/reml/monte-carlo/monte-carlo-reml.js';
import {
  MONTE_CARLO_DEFAULTS,
  type MonteCarloOptions,
  vectorsFor,
} from '../../../src/estimators/reml/monte-carlo/options.js';
import { leastCalibrated } from '../../../src/estimators/reml/monte-carlo/probe-weights.js';
import {
  SpectralLikelihood,
  Spectrum,
} from '../../../src/estimators/reml/monte-carlo/spectral-likelihood.js';
import { expectedStandardised } from '../../../src/genotypes/standardise.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { methodsFixture, operatorOf } from '../../fixture.js';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { dot, eigen } from '../../regression.js';

const { genotypes, y, samples } = methodsFixture();
const kernels = loadKernels('auto');

interface Run {
  readonly list?: readonly ArrayLike<number>[];
  readonly traits?: readonly Trait[];
  readonly covariates?: readonly Covariate[];
  readonly components?: GeneticComponents;
  readonly threads?: number;
}

/** GCTA's relationship matrix, which METHODS 12 has: genotypes scaled by their expected variance. */
async function reml(options: Partial<MonteCarloOptions>, run: Run = {}) {
  const list = run.list ?? genotypes;
  const pool = new KernelPool(kernels, run.threads ?? 1);
  const operator = await operatorOf(list, pool, { standardise: expectedStandardised });
  const traits = run.traits ?? [{ name: 'y', values: y }];
  const design = createDesign(traits, run.covariates ?? [], list[0].length);
  const components = run.components ?? oneComponent(list.length);
  try {
    return await monteCarloReml(
      { genotypes: operator, design, components },
      { ...MONTE_CARLO_DEFAULTS, ...options },
    );
  } finally {
    await pool.close();
  }
}

const halves = labelledComponents(
  ['first', 'second'],
  genotypes.map((_, j) => Number(j >= 30)),
);
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed + 1);
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
const deviation = (list: readonly number[]) =>
  Math.sqrt(list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0) / (list.length - 1));

describe('the likelihood of one component', () => {
  it('is that of METHODS 12 where the spectrum is exact', () => {
    const x = genotypes.map((row) => {
      const frequency = mean(Array.from(row)) / 2;
      return Float64Array.from(
        row,
        (copies) => (copies - 2 * frequency) / Math.sqrt(2 * frequency * (1 - frequency)),
      );
    });
    // K = X X' / M has the eigenvalues of X'X / M, and 0 for all other directions that the intercept leaves
    const { values, vectors } = eigen(x.map((a) => Float64Array.from(x, (b) => dot(a, b) / x.length)));
    const center = mean(Array.from(y));
    const residual = y.map((value) => value - center);
    const n = samples - 1;
    const unit = dot(residual, residual) / n;
    const scores = x.map((row) => dot(row, residual));
    const shares = values.map((value, k) => dot(vectors[k], scores) ** 2 / value / x.length / unit / n);
    const nodes = Float64Array.from([...values, 0]);
    const trait = {
      nodes,
      weights: Float64Array.from([...shares, 1 - shares.reduce((sum, w) => sum + w, 0)]),
    };
    const all = { nodes, weights: Float64Array.from(nodes, (_, k) => (k < x.length ? 1 : n - x.length) / n) };
    const average = values.reduce((sum, value) => sum + value, 0) / n;
    const likelihood = new SpectralLikelihood(trait, new Spectrum([all], average), n);
    const h = likelihood.maximise(0, 1 - 1e-6);
    expect(h).toBeCloseTo(0.535586, 5);
    expect(likelihood.standardError(h)).toBeCloseTo(0.077844, 5);
    const scale = likelihood.scale(h) * unit;
    expect(scale * h).toBeCloseTo(0.489983, 5);
    expect(scale * (1 - h)).toBeCloseTo(0.424871, 5);
    const covariance = likelihood.covariance(h).map((value) => Math.sqrt(Math.abs(value)) * unit);
    expect(covariance[0]).toBeCloseTo(0.132349, 5);
    expect(covariance[3]).toBeCloseTo(0.050114, 5);
    expect(2 * (likelihood.value(h) - likelihood.value(0))).toBeCloseTo(86.0738, 3);
  });
});

describe('METHODS 12', () => {
  it('one component', async () => {
    const [estimate] = await reml({ vectors: 1000 });
    expect(Math.abs(estimate.h2 - 0.535586)).toBeLessThan(3 * estimate.monteCarloSe);
    expect(estimate.se).toBeCloseTo(0.077844, 3);
    expect(Math.abs(estimate.components[0].variance - 0.489983)).toBeLessThan(0.005);
    expect(estimate.residual.variance).toBeCloseTo(0.424871, 2);
    expect(estimate.lrt).toBeCloseTo(86.07, 0);
  });

  it('two components', async () => {
    const [estimate] = await reml({ vectors: 600 }, { components: halves });
    for (const [k, [h2, se]] of [
      [0.289076, 0.085281],
      [0.247158, 0.079691],
    ].entries()) {
      expect(estimate.components[k].h2).toBeCloseTo(h2, 2);
      expect(estimate.components[k].h2Se).toBeCloseTo(se, 2);
    }
    expect(Math.abs(estimate.h2 - 0.536234)).toBeLessThan(4 * estimate.monteCarloSe);
    expect(estimate.lrt).toBeCloseTo(2 * (98.5683 - 55.4907), -0.5);
    expect(estimate.df).toBe(2);
  });
});

describe('random vectors where none are asked for', () => {
  it('are enough for averages of several components to be corrected by their known traces', async () => {
    const [one] = await reml({});
    const [two] = await reml({}, { components: halves });
    expect([one.vectors, two.vectors]).toEqual([30, 30]);
    for (const components of [7, 8, 16]) expect(leastCalibrated(components)).toBe(vectorsFor(components));
    expect(vectorsFor(8)).toBe(36);
    const [asked] = await reml({ vectors: 12 });
    expect(asked.vectors).toBe(12);
  });
});

describe('random error', () => {
  it('falls as one over the root of the number of vectors, is what is stated, and is no bias', async () => {
    const [few, many] = [10, 90];
    const runs = async (vectors: number) =>
      Promise.all(seeds(40).map(async (seed) => (await reml({ vectors, seed }))[0]));
    const [small, large] = [await runs(few), await runs(many)];
    const [sdSmall, sdLarge] = [small, large].map((list) => deviation(list.map(({ h2 }) => h2)));
    expect(sdSmall / sdLarge).toBeGreaterThan(2);
    expect(sdSmall / sdLarge).toBeLessThan(4.5);
    for (const [list, sd] of [
      [small, sdSmall],
      [large, sdLarge],
    ] as const) {
      const stated = mean(list.map(({ monteCarloSe }) => monteCarloSe));
      expect(stated / sd).toBeGreaterThan(0.7);
      expect(stated / sd).toBeLessThan(1.45);
    }
    const bias = mean(large.map(({ h2 }) => h2)) - 0.535586;
    expect(Math.abs(bias)).toBeLessThan(3 * (sdLarge / Math.sqrt(large.length)));
  });

  it('is what is stated with two components too', async () => {
    const runs = [];
    for (const seed of seeds(24)) runs.push((await reml({ vectors: 40, seed }, { components: halves }))[0]);
    const sd = deviation(runs.map(({ h2 }) => h2));
    expect(mean(runs.map(({ monteCarloSe }) => monteCarloSe)) / sd).toBeGreaterThan(0.6);
    expect(mean(runs.map(({ monteCarloSe }) => monteCarloSe)) / sd).toBeLessThan(1.6);
    expect(Math.abs(mean(runs.map(({ h2 }) => h2)) - 0.536234)).toBeLessThan(
      (3.5 * sd) / Math.sqrt(runs.length),
    );
  });
});

/** Many people and fewer variants than people, so that a trait may be free of noise. */
const LARGE = 1200;
const list = randomGenotypes(300, LARGE, { seed: 3, missing: 0.01 });
const genetic = standardised(
  randomNormals(300, 4).reduce(
    (sum, effect, j) => sum.map((value, i) => value + effect * Math.max(0, list[j][i])),
    new Float64Array(LARGE),
  ),
);
const noise = randomNormals(LARGE, 5);

it('shares one run between traits of other people and covariates, as each on its own', async () => {
  const both = genetic.map((g, i) => g + noise[i]);
  const partial = both.map((value, i) => (i % 5 === 0 ? Number.NaN : value + noise[(i * 7) % LARGE]));
  const traits = [
    { name: 'both', values: both },
    { name: 'partial', values: partial },
    { name: 'scaled', values: both.map((value) => 1e6 * value) },
  ];
  const covariates = [{ name: 'c', values: randomNormals(LARGE, 6) }];
  const together = await reml({}, { list, traits, covariates });
  expect(together[0].h2).toBeGreaterThan(0.35);
  expect(together[0].h2).toBeLessThan(0.65);
  expect(together[2].h2).toBeCloseTo(together[0].h2, 4);
  expect(together[2].residual.variance / together[0].residual.variance / 1e12).toBeCloseTo(1, 3);
  for (const [t, trait] of traits.entries()) {
    const [alone] = await reml({}, { list, traits: [trait], covariates });
    expect(alone.n).toBe(together[t].n);
    expect(Math.abs(alone.h2 - together[t].h2)).toBeLessThan(0.02 * alone.se);
  }
});

it('gives the same bits on one thread and on two', async () => {
  const components = labelledComponents(
    ['a', 'b'],
    list.map((_, j) => j % 2),
  );
  const traits = [{ name: 'y', values: genetic.map((g, i) => g + noise[i]) }];
  for (const run of [
    { list, traits },
    { list, traits, components },
  ]) {
    const one = await reml({ vectors: 20 }, { ...run, threads: 1 });
    const two = await reml({ vectors: 20 }, { ...run, threads: 2 });
    expect(two).toEqual(one);
  }
});

describe('at the ends', () => {
  const traits = [
    { name: 'noise', values: noise },
    { name: 'genetic', values: genetic },
  ];

  it('stops at a heritability of 0, or goes below it where it may', async () => {
    const bounded = await reml({}, { list, traits: [traits[0]] });
    const free = await reml(
      { oneComponent: { ...MONTE_CARLO_DEFAULTS.oneComponent, constrain: false } },
      { list, traits: [traits[0]] },
    );
    if (free[0].h2 < 0) expect(bounded[0]).toMatchObject({ h2: 0, isAtBound: true, lrt: 0, p: 0.5 });
    expect(Math.abs(free[0].h2)).toBeLessThan(3 * free[0].se);
  });

  it('finds a heritability of 1', async () => {
    const [estimate] = await reml({}, { list, traits: [traits[1]] });
    expect(estimate.h2).toBeGreaterThan(0.95);
    for (const value of [estimate.se, estimate.logL, estimate.p]) expect(Number.isFinite(value)).toBe(true);
  });

  it('takes people twice', async () => {
    const doubled = list.map((row) => Int8Array.from([...row, ...row]));
    const values = Float64Array.from([...genetic, ...genetic], (g, i) => g + randomValue(i));
    const [estimate] = await reml({}, { list: doubled, traits: [{ name: 'y', values }] });
    expect(estimate.h2).toBeGreaterThan(0.3);
    expect(estimate.h2).toBeLessThan(0.7);
  });
});

const doubledNoise = randomNormals(2 * LARGE, 8);
const randomValue = (i: number) => doubledNoise[i];

describe('refuses', () => {
  it('components whose relationship matrices are the same', async () => {
    const copied = [...genotypes.slice(0, 30), ...genotypes.slice(0, 30)];
    await expect(reml({}, { list: copied, components: halves })).rejects.toThrow(/cannot be told apart/);
  });
});
