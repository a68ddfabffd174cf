import { describe, expect, it } from 'vitest';
import { type Covariate, createDesign, type Trait } from '../../src/association/design.js';
import {
  associate,
  ERROR_CODES,
  type MissingGenotypes,
  type TileAssociation,
} from '../../src/association/linear.js';
import type { Kernels } from '../../src/kernels/kernels.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { methodsFixture, operatorOf } from '../fixture.js';
import { type Genotypes, meanImputed, randomGenotypes, randomNormals } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { ols } from '../regression.js';

interface Options {
  readonly covariates?: readonly Covariate[];
  readonly missing?: MissingGenotypes;
  readonly threads?: number;
  readonly resident?: boolean;
}

/** Results of each trait over all variants, tiles of 256 variants put together. */
async function scan(
  kernels: Kernels,
  genotypes: Genotypes,
  traits: readonly Trait[],
  { covariates = [], missing = 'casewise', threads = 1, resident = false }: Options = {},
) {
  const pool = new KernelPool(kernels, threads);
  const operator = await operatorOf(genotypes, pool, { memory: resident ? 1e9 : 0, tileBytes: 1 });
  const design = createDesign(traits, covariates, genotypes[0].length);
  const parts: TileAssociation[][] = traits.map(() => []);
  for await (const tile of associate(operator, design, missing)) {
    expect(tile.map(({ trait }) => trait).toSorted()).toEqual(traits.map((_, t) => t));
    for (const result of tile) parts[result.trait].push(result);
  }
  await pool.close();
  const join = (list: readonly TileAssociation[], pick: (tile: TileAssociation) => ArrayLike<number>) =>
    list.flatMap((tile) => Array.from(pick(tile)));
  return parts.map((list) => ({
    first: list.map(({ first }) => first),
    error: join(list, ({ error }) => error).map((code) => ERROR_CODES[code]),
    beta: join(list, ({ beta }) => beta),
    se: join(list, ({ se }) => se),
    samples: join(list, ({ samples }) => samples),
    frequency: join(list, ({ frequency }) => frequency),
    degreesOfFreedom: join(list, ({ degreesOfFreedom }) => degreesOfFreedom),
  }));
}

/** The same from a design matrix written out: intercept, allele count, covariates. */
function expected(
  row: ArrayLike<number>,
  trait: Trait,
  covariates: readonly Covariate[],
  missing: MissingGenotypes,
) {
  const column = missing === 'mean' ? meanImputed(row) : Float64Array.from(row);
  const people = [...trait.values.keys()].filter((i) => !Number.isNaN(trait.values[i]) && column[i] >= 0);
  const pick = (values: ArrayLike<number>) => people.map((i) => values[i]);
  const present = pick(row).filter((copies) => copies >= 0);
  const { beta, se, degreesOfFreedom } = ols(pick(trait.values), [
    pick(column),
    people.map(() => 1),
    ...covariates.map(({ values }) => pick(values)),
  ]);
  return {
    beta: beta[0],
    se: se[0],
    degreesOfFreedom,
    samples: people.length,
    frequency: present.reduce((sum, copies) => sum + copies, 0) / (2 * present.length),
  };
}

const SAMPLES = 90;
const normal = randomNormals(SAMPLES, 3);
const age: Covariate = { name: 'age', values: normal.map((value) => 50 + 10 * value) };
const sex: Covariate = { name: 'sex', values: normal.map((_, i) => 1 + ((i * 7) % 2)) };
const trait = (name: string, seed: number, isMissing: (i: number) => boolean = () => false): Trait => ({
  name,
  values: randomNormals(SAMPLES, seed).map((value, i) =>
    isMissing(i) ? Number.NaN : 3 + value + 0.02 * age.values[i],
  ),
});
const traits = [
  trait('complete', 11),
  trait('some', 12, (i) => i % 9 === 4),
  trait('same people', 13, (i) => i % 9 === 4),
  trait('half', 14, (i) => i >= 45),
];

describeBackends((kernels) => {
  it('gives the golden rows of METHODS 12', async () => {
    const { genotypes, y } = methodsFixture();
    const [plain] = await scan(kernels, genotypes.slice(0, 2), [{ name: 'y', values: y }]);
    expect(plain.beta[0]).toBeCloseTo(0.37698957, 8);
    expect(plain.se[0]).toBeCloseTo(0.18152708, 8);
    expect(plain.beta[0] / plain.se[0]).toBeCloseTo(2.0767676, 7);
    const covariate = { name: 'i', values: y.map((_, i) => i / 200) };
    const [adjusted] = await scan(kernels, genotypes.slice(0, 2), [{ name: 'y', values: y }], {
      covariates: [covariate],
    });
    expect(adjusted.beta[0]).toBeCloseTo(0.37784418, 8);
    expect(adjusted.se[0]).toBeCloseTo(0.18214488, 8);
    expect(adjusted.degreesOfFreedom[0]).toBe(197);
  });

  const genotypes = randomGenotypes(kernels.backend === 'typescript' ? 40 : 300, SAMPLES, {
    seed: 6,
    missing: 0.06,
  });
  it.each([
    ['casewise', [] as Covariate[]],
    ['casewise', [age, sex]],
    ['mean', [] as Covariate[]],
    ['mean', [age, sex]],
  ] as const)('agrees with explicit design matrices, missing %s', async (missing, covariates) => {
    const results = await scan(kernels, genotypes, traits, { covariates, missing });
    for (const [t, result] of results.entries()) {
      for (const [v, row] of genotypes.entries()) {
        const wanted = expected(row, traits[t], covariates, missing);
        expect(result.error[v]).toBe('.');
        expect(result.degreesOfFreedom[v]).toBe(wanted.degreesOfFreedom);
        expect(result.samples[v]).toBe(wanted.samples);
        expect(result.frequency[v]).toBeCloseTo(wanted.frequency, 13);
        expect(Math.abs(result.beta[v] - wanted.beta)).toBeLessThan(1e-10 * wanted.se);
        expect(Math.abs(result.se[v] / wanted.se - 1)).toBeLessThan(1e-10);
      }
    }
  });
});

describe('a variant without an estimate', () => {
  const kernels = loadKernels();

  it('has the code of its reason, and others are none the worse', async () => {
    const genotypes = randomGenotypes(6, SAMPLES, { seed: 8 });
    genotypes[1].fill(1); // all heterozygous
    genotypes[2].fill(-1).fill(2, 0, 40).fill(0, 60, 64); // varies, but not among the people of "half"
    genotypes[3].fill(-1).set([0, 1, 2, 1], 10); // four people for four columns
    const snp = { name: 'snp', values: Float64Array.from(genotypes[4]) };
    const results = await scan(kernels, genotypes, traits, { covariates: [age, snp] });
    const codes = results.map(({ error }) => error);
    const bad = 'SAMPLE_CT<=PREDICTOR_CT';
    expect(codes[0]).toEqual(['.', 'CONST_ALLELE', '.', bad, 'VIF_TOO_HIGH', '.']);
    expect(codes[3]).toEqual(['.', 'CONST_ALLELE', 'CONST_ALLELE', bad, 'VIF_TOO_HIGH', '.']);
    for (const [t, result] of results.entries()) {
      for (const [v, code] of result.error.entries()) {
        if (code === '.') {
          const wanted = expected(genotypes[v], traits[t], [age, snp], 'casewise');
          expect(result.beta[v]).toBeCloseTo(wanted.beta, 10);
          expect(result.se[v]).toBeCloseTo(wanted.se, 10);
        } else {
          expect([result.beta[v], result.se[v]]).toEqual([Number.NaN, Number.NaN]);
        }
      }
    }
  });

  it('is refused at a variance inflation of 50, as in plink2', async () => {
    const [row] = randomGenotypes(1, SAMPLES, { seed: 21 });
    const noise = randomNormals(SAMPLES, 4);
    for (const spread of [0.05, 0.09, 0.1, 0.2]) {
      const near = {
        name: 'near',
        values: Float64Array.from(row, (copies, i) => copies + spread * noise[i]),
      };
      const mean = row.reduce((sum, copies) => sum + copies, 0) / SAMPLES;
      const total = row.reduce((sum, copies) => sum + (copies - mean) ** 2, 0);
      const { se, degreesOfFreedom } = ols(Float64Array.from(row), [near.values, near.values.map(() => 1)]);
      const slopeVariance = se[0] ** 2 * degreesOfFreedom;
      const nearMean = near.values.reduce((sum, x) => sum + x, 0) / SAMPLES;
      const residual = slopeVariance * near.values.reduce((sum, x) => sum + (x - nearMean) ** 2, 0);
      const [result] = await scan(kernels, [row], [traits[0]], { covariates: [near] });
      expect(result.error[0]).toBe(total / residual > 50 ? 'VIF_TOO_HIGH' : '.');
    }
  });

  it('is one whose carriers leave the covariates collinear', async () => {
    const genotypes = randomGenotypes(1, SAMPLES, { seed: 3 });
    const rare = { name: 'rare', values: Float64Array.from({ length: SAMPLES }, (_, i) => (i < 5 ? 1 : 0)) };
    genotypes[0].fill(-1, 0, 5); // all five are missing: the covariate is constant among the rest
    const [result] = await scan(kernels, genotypes, [traits[0]], { covariates: [rare] });
    expect(result.error).toEqual(['VIF_TOO_HIGH']);
    const [imputed] = await scan(kernels, genotypes, [traits[0]], { covariates: [rare], missing: 'mean' });
    expect(imputed.error).toEqual(['.']);
  });
});

describe('tiles', () => {
  const kernels = loadKernels();
  const genotypes = randomGenotypes(700, SAMPLES, { seed: 16, missing: 0.02 });

  it('follow each other, and results do not depend on streaming or threads', async () => {
    const streamed = await scan(kernels, genotypes, traits, { covariates: [age] });
    expect(streamed[0].first).toEqual([0, 256, 512]);
    expect(await scan(kernels, genotypes, traits, { covariates: [age], resident: true })).toEqual(streamed);
    expect(await scan(kernels, genotypes, traits, { covariates: [age], threads: 3 })).toEqual(streamed);
  });

  it('give each trait what it gets alone', async () => {
    const together = await scan(kernels, genotypes, traits, { covariates: [age] });
    for (const [t, own] of traits.entries()) {
      const [alone] = await scan(kernels, genotypes, [own], { covariates: [age] });
      for (const v of [0, 255, 256, 699]) {
        expect(together[t].beta[v]).toBeCloseTo(alone.beta[v], 11);
        expect(together[t].se[v]).toBeCloseTo(alone.se[v], 12);
      }
    }
  });
});
