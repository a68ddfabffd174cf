import { afterAll, describe, expect, it } from 'vitest';
import { createDesign, type Trait } from '../../../src/association/design.js';
import { pairedDesign } from '../../../src/cohort/trait-pairs.js';
import type { Estimate } from '../../../src/estimate/estimate.js';
import type { TraitFacts } from '../../../src/estimate/trait-facts.js';
import { calibratedError } from '../../../src/estimators/gre/calibrated-error.js';
import { independentMoments } from '../../../src/estimators/gre/form-variance.js';
import { estimateGrePairs, GRE_DEFAULTS, type GreOptions } from '../../../src/estimators/gre/gre.js';
import { blockCovariance, geneticOf, pairErrors } from '../../../src/estimators/gre/pairs.js';
import type { BlockDefinition } from '../../../src/estimators/gre/result.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { cosine, dot, norm, orthonormalBasis, projectOut } from '../../../src/linalg/orthonormal-basis.js';
import { grePairs, pairsOf } from '../../../src/methods/gre/pairs.js';
import { operatorOf, ParkMiller, range } from '../../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';

const SAMPLES = 240;
const ENDS = [20, 42, 60];
const genotypes = randomGenotypes(60, SAMPLES, { seed: 9, missing: 0.03, copying: 0.85 });
const covariate = { name: 'c', values: randomNormals(SAMPLES, 3) };
const y1 = randomNormals(SAMPLES, 4).map((e, i) => e + genotypes[20][i] - genotypes[50][i]);
const y2 = randomNormals(SAMPLES, 5).map((e, i) => e + 0.3 * y1[i] + genotypes[21][i]);
const unit = (values: Float64Array) => {
  const { residuals } = createDesign([{ name: 't', values }], [covariate], SAMPLES).groups[0];
  return values.map((value) => value / norm(residuals[0]));
};
/** Both traits in units of their standard deviation, covariate removed, so that their sum's is that of vectors of one length. */
const both = [unit(y1), unit(y2)];
const total = both[0].map((value, i) => value + both[1][i]);
const traits: Trait[] = [
  { name: 'first', values: both[0] },
  { name: 'second', values: both[1] },
  { name: 'sum', values: total },
];
const design = createDesign(traits, [covariate], SAMPLES);
const pool = new KernelPool(loadKernels('auto'), 1);
afterAll(() => pool.close());

const OPTIONS: GreOptions = {
  ...GRE_DEFAULTS,
  probes: 4,
  seed: 3,
  memory: 1e9,
  pairs: [
    [0, 1],
    [0, 0],
  ],
};

async function pairsWith(options: Partial<GreOptions>, continues = false) {
  const blocks = ENDS.map(
    (end, k): BlockDefinition => ({
      id: `b${k}`,
      variants: range(ENDS[k - 1] ?? 0, end),
      breaks: [],
      continues: continues && k > 0,
    }),
  );
  const operator = await operatorOf(genotypes, pool, { memory: 0 });
  return estimateGrePairs(operator, blocks, design, { ...OPTIONS, ...options });
}

describe.each([
  ['the direct solver', { solver: 'direct' }, false, 10],
  ['conjugate gradients', { solver: 'iterative' }, false, 3],
  ['random values of each block', { crossBlock: true }, false, 4],
  ['blocks cut inside a chromosome', {}, true, 10],
] as const)('with %s', (_, options, continues, digits) => {
  it('is what the heritability of the sum of both traits says', async () => {
    const { traits: estimates, pairs } = await pairsWith(options, continues);
    const [first, second, sum] = estimates.map(({ h2, corrected }) => corrected?.h2 ?? h2);
    const [pair, same] = pairs;
    const { residuals } = design.groups[0];
    expect(pair.phenotypic).toBeCloseTo(cosine(residuals[0], residuals[1]), 12);
    expect(pair.covariance.value).toBeCloseTo(((2 + 2 * pair.phenotypic) * sum - first - second) / 2, digits);
    expect(pair.rg!.value).toBeCloseTo(pair.covariance.value / Math.sqrt(first * second), 10);
    expect(same.covariance.value).toBeCloseTo(first, digits);
    expect(same.rg!.value).toBeCloseTo(1, 2);
  });
});

it('is the product of both projections by plain arithmetic', async () => {
  const n = SAMPLES - 2;
  const { residuals } = design.groups[0];
  const [a, b] = [0, 1].map((t) => residuals[t].map((v) => (v * Math.sqrt(n)) / norm(residuals[t])));
  const covariates = orthonormalBasis([new Float64Array(SAMPLES).fill(1), covariate.values]).basis;
  const byHand = ENDS.reduce((sum, end, k) => {
    const own = genotypes.slice(ENDS[k - 1] ?? 0, end).map((row) => {
      const x = standardised(meanImputed(row));
      projectOut(x, covariates);
      return x;
    });
    const { basis } = orthonormalBasis(own);
    const product = basis.reduce(
      (total, q) => total + dot(q, a.subarray(0, SAMPLES)) * dot(q, b.subarray(0, SAMPLES)),
      0,
    );
    return sum + blockCovariance(product / n, basis.length, cosine(a, b), n);
  }, 0);
  const { pairs } = await pairsWith({});
  expect(pairs[0].covariance.value).toBeCloseTo(byHand, 10);
});

it('takes the people who have both traits, and no others', async () => {
  const without = (values: Float64Array, left: number) =>
    values.map((value, i) => (i % 9 === left ? Number.NaN : value));
  const some: Trait[] = [
    { name: 'first', values: without(both[0], 1) },
    { name: 'second', values: without(both[1], 4) },
    { name: 'nobody', values: both[0].map((value, i) => (i % 9 === 1 ? value : Number.NaN)) },
  ];
  const planned = pairedDesign(some, [covariate], SAMPLES, { above: 22, because: 'too few' });
  expect(planned.pairs.map(({ columns }) => columns !== undefined)).toEqual([true, false, true]);
  expect(planned.pairs[1].reason).toMatch(/nobody has both traits/);
  const common = some
    .slice(0, 2)
    .map(({ name, values }) => ({ name, values: without(without(values, 1), 4) }));
  const blocks: BlockDefinition[] = [{ id: 'b', variants: range(0, 20), breaks: [] }];
  const operator = await operatorOf(genotypes, pool, { memory: 0 });
  const [pair] = (
    await estimateGrePairs(operator, blocks, planned.design, { ...OPTIONS, pairs: pairsOf(planned) })
  ).pairs;
  const alone = createDesign(common, [covariate], SAMPLES);
  const [expected] = (await estimateGrePairs(operator, blocks, alone, { ...OPTIONS, pairs: [[0, 1]] })).pairs;
  expect(pair.n).toBe(alone.groups[0].people.count);
  expect(pair.covariance.value).toBeCloseTo(expected.covariance.value, 12);
});

it('takes the people of either trait where nobody has both: residuals of each trait, 0 for the others', async () => {
  const only = (values: Float64Array, isOwn: (i: number) => boolean) =>
    values.map((value, i) => (isOwn(i) ? value : Number.NaN));
  const some: Trait[] = [
    { name: 'first', values: only(both[0], (i) => i % 3 === 0) },
    { name: 'second', values: only(both[1], (i) => i % 3 === 1) },
  ];
  const planned = pairedDesign(some, [covariate], SAMPLES, { above: 22, because: '', eitherWay: true });
  expect(planned.pairs[0]).toMatchObject({ columns: [2, 3], apart: { counts: [80, 80], both: 0 } });
  const blocks: BlockDefinition[] = [{ id: 'b', variants: range(0, 20), breaks: [] }];
  const operator = await operatorOf(genotypes, pool, { memory: 0 });
  const options = { ...OPTIONS, pairs: pairsOf(planned) };
  const { traits: found, pairs } = await estimateGrePairs(operator, blocks, planned.design, options);
  // by hand: people of either, columns of either trait by itself
  const people = [...range(0, SAMPLES)].filter((i) => i % 3 !== 2);
  const pick = (values: ArrayLike<number>) => Float64Array.from(people, (i) => values[i]);
  const n = people.length - 2;
  const columns = some.map((trait) => {
    const [{ residuals }] = createDesign([trait], [covariate], SAMPLES).groups;
    const own = pick(residuals[0]);
    return own.map((value) => (value * Math.sqrt(n)) / norm(own));
  });
  const covariates = orthonormalBasis([
    new Float64Array(people.length).fill(1),
    pick(covariate.values),
  ]).basis;
  const { basis } = orthonormalBasis(
    genotypes.slice(0, 20).map((row) => {
      const x = pick(standardised(meanImputed(row)));
      projectOut(x, covariates);
      return x;
    }),
  );
  const product = basis.reduce((sum, q) => sum + dot(q, columns[0]) * dot(q, columns[1]), 0) / n;
  const byHand = (n * product) / (n - basis.length); // nobody in common: no correlation of the columns
  expect(pairs[0].covariance.value).toBeCloseTo(byHand, 10);
  const facts = some.map(({ name }) => ({ name })) as unknown as TraitFacts[];
  const estimates = found.map(() => ({ warnings: [] })) as unknown as Estimate[];
  const [pair] = grePairs(facts, planned.pairs, pairs, estimates, 'gre');
  // each has half of the people
  expect(pair.covariance.value).toBeCloseTo(2 * byHand, 10);
  expect(pair.rg.value).toBeCloseTo(pairs[0].rg!.value, 10);
  expect(Object.keys(pair.quantities)).not.toContain('environmental-covariance');
});

describe('standard errors', () => {
  it('of a trait with itself are those of its heritability', () => {
    const blocks = [
      { h2: 0.2, rank: 300 },
      { h2: 0.1, rank: 150 },
    ];
    const n = 1000;
    const moments = independentMoments([300, 150], n);
    const genetic = blocks.map(({ h2 }) => geneticOf({ h2: [h2, h2], covariance: h2, phenotypic: 1 }));
    const same = { h2: [0.3, 0.3] as const, covariance: 0.3, phenotypic: 1 };
    const errors = pairErrors(same, genetic, moments, n);
    expect(errors.covariance).toBeCloseTo(calibratedError(blocks, n), 12);
    expect(errors.rg).toBeCloseTo(0, 8);
  });

  // As for one trait: a block's projection is that of orthonormal random vectors.
  it.each([
    [0.5, 0.4, 0.6, -0.3],
    [0.5, 0.4, 0, 0.4],
  ])(
    'are the spread of simulated estimates around the values of the sample: h² %f and %f, r_g %f, r_e %f',
    (h1, h2, rg, re) => {
      const [n, count, rank, replicates] = [300, 3, 60, 500];
      const random = new ParkMiller(5);
      const bases = Array.from({ length: count }, () => orthonormal(random, n, rank));
      /** Orthonormal in each block, and of any direction. */
      const directions = () => {
        const [first, second] = [0, 1].map(() => new Float64Array(n));
        for (const basis of bases) {
          const [a, b] = [0, 1].map(() => Float64Array.from(basis, () => random.normal()));
          const along = dot(a, b) / dot(a, a);
          b.forEach((_, j) => {
            b[j] -= along * a[j];
          });
          for (const [target, weights] of [
            [first, a],
            [second, b],
          ] as const)
            for (const [j, vector] of basis.entries())
              for (let i = 0; i < n; i++)
                target[i] += (vector[i] * weights[j] * Math.sqrt(n / count)) / norm(weights);
        }
        return [first, second] as const;
      };
      const found: [number, number][] = [];
      for (let r = 0; r < replicates; r++) {
        const [g1, own] = directions();
        const genetic1 = g1.map((g) => Math.sqrt(h1) * g);
        const genetic2 = g1.map((g, i) => Math.sqrt(h2) * (rg * g + Math.sqrt(1 - rg ** 2) * own[i]));
        const e = Float64Array.from({ length: n }, () => random.normal());
        const trait1 = genetic1.map((g, i) => g + Math.sqrt(1 - h1) * e[i]);
        const trait2 = genetic2.map(
          (g, i) => g + Math.sqrt(1 - h2) * (re * e[i] + Math.sqrt(1 - re ** 2) * random.normal()),
        );
        const [a, b] = [trait1, trait2].map((y) => y.map((v) => (v * Math.sqrt(n)) / norm(y)));
        const phenotypic = cosine(a, b);
        const sums = [0, 0, 0];
        for (const basis of bases) {
          const scores = basis.map((vector) => [dot(vector, a), dot(vector, b)] as const);
          const products = [
            scores.reduce((s, [x]) => s + x * x, 0) / n,
            scores.reduce((s, [, x]) => s + x * x, 0) / n,
            scores.reduce((s, [x, z]) => s + x * z, 0) / n,
          ];
          for (let k = 0; k < 3; k++)
            sums[k] += blockCovariance(products[k], rank, k < 2 ? 1 : phenotypic, n);
        }
        const of = (u: Float64Array, v: Float64Array) => dot(u, v) / n;
        const variance1 = of(genetic1, genetic1) + 1 - h1;
        const variance2 = of(genetic2, genetic2) + 1 - h2;
        found.push([
          sums[2] - of(genetic1, genetic2) / Math.sqrt(variance1 * variance2),
          sums[2] / Math.sqrt(sums[0] * sums[1]) - cosine(genetic1, genetic2),
        ]);
      }
      const covariance = rg * Math.sqrt(h1 * h2);
      const phenotypic = covariance + re * Math.sqrt((1 - h1) * (1 - h2));
      const values = { h2: [h1, h2] as const, covariance, phenotypic };
      const even = bases.map(() => geneticOf(values).map((row) => row.map((value) => value / count)));
      const moments = independentMoments(new Array<number>(count).fill(rank), n);
      const errors = pairErrors(values, even, moments, n);
      for (const [k, error] of [errors.covariance, errors.rg!].entries()) {
        const own = found.map((pair) => pair[k]);
        const mean = own.reduce((a, x) => a + x, 0) / replicates;
        const sd = Math.sqrt(own.reduce((a, x) => a + (x - mean) ** 2, 0) / (replicates - 1));
        expect(sd / error).toBeGreaterThan(0.88);
        expect(sd / error).toBeLessThan(1.15);
      }
    },
  );
});

function orthonormal(random: ParkMiller, n: number, rank: number): Float64Array[] {
  return orthonormalBasis(
    Array.from({ length: rank }, () => Float64Array.from({ length: n }, () => random.normal())),
  ).basis;
}
