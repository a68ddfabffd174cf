import { afterAll, describe, expect, it } from 'vitest';
import { createDesign } from '../../../src/association/design.js';
import { oneComponent } from '../../../src/estimators/components.js';
import { ascertainedProbit } from '../../../src/estimators/he/ascertained-probit.js';
import { pcgc } from '../../../src/estimators/he/pcgc.js';
import { ascertainmentShrinkage } from '../../../src/estimators/liability.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { normalCdf, normalDensity, normalQuantile } from '../../../src/linalg/distributions.js';
import { operatorOf } from '../../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const [K, P] = [0.05, 0.5];

describe('probit regression of an ascertained sample', () => {
  it('of a covariate of two values has the shares of cases of both, and their prevalences by the odds of being kept', () => {
    // 40 people without, 30 of them controls; 60 people with, 20 of them controls
    const covariate = Float64Array.from({ length: 100 }, (_, i) => (i < 40 ? 0 : 1));
    const status = Float64Array.from({ length: 100 }, (_, i) => (i < 30 || i >= 80 ? 0 : 1));
    const columns = [new Float64Array(100).fill(1), covariate];
    const { share, prevalence, liability } = ascertainedProbit(status, columns, K, P);
    for (const [i, own] of [
      [0, 10 / 40],
      [99, 40 / 60],
    ]) {
      expect(share[i]).toBeCloseTo(own, 7);
      const odds = (own / (1 - own)) * (K / (1 - K)) * ((1 - P) / P);
      expect(prevalence[i]).toBeCloseTo(odds / (1 + odds), 7);
      expect(normalCdf(liability[i])).toBeCloseTo(prevalence[i], 12);
    }
  });

  it('says so where a covariate tells cases from controls', () => {
    const status = Float64Array.from({ length: 20 }, (_, i) => i % 2);
    const columns = [new Float64Array(20).fill(1), status];
    expect(() => ascertainedProbit(status, columns, K, P)).toThrow('tell cases from controls');
  });
});

describe('PCGC', () => {
  const people = 120;
  const variants = 60;
  const genotypes = randomGenotypes(variants, people, { seed: 4 });
  const noise = randomNormals(people, 7);
  // people 100 and on are not in the trait; half of the others are cases
  const status = Float64Array.from(noise, (_, i) => (i < 100 ? i % 2 : Number.NaN));
  const covariate = { name: 'age', values: noise };

  /** Over all pairs of people, from the matrices as they are defined. */
  function byPairs(columns: readonly Float64Array[]) {
    const kept = Array.from({ length: 100 }, (_, i) => i);
    const own = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]);
    const { liability, prevalence, share } = ascertainedProbit(own(status), columns.map(own), K, P);
    const x = genotypes.map((row) => own(standardised(meanImputed(row))));
    // C x for the projection C off the columns, by least squares with two columns
    const centred = x.map((row) => residual(row, columns.map(own)));
    const c = share.map(
      (p, i) =>
        (normalDensity(liability[i]) * Math.sqrt(p * (1 - p))) / (prevalence[i] * (1 - prevalence[i])),
    );
    const z = share.map((p, i) => (status[i] - p) / Math.sqrt(p * (1 - p)));
    let [quadratic, square] = [0, 0];
    for (const i of kept)
      for (const j of kept) {
        if (i === j) continue;
        const a = (c[i] * c[j] * centred.reduce((sum, row) => sum + row[i] * row[j], 0)) / variants;
        quadratic += z[i] * z[j] * a;
        square += a * a;
      }
    return quadratic / square;
  }

  it.each([
    ['without', []],
    ['with', [covariate]],
  ])('is the regression over pairs of people %s covariates', async (_, covariates) => {
    const operator = await operatorOf(genotypes, pool);
    const design = createDesign([{ name: 'disease', values: status }], covariates, people);
    const data = { genotypes: operator, design, components: oneComponent(variants) };
    const trait = { index: 0, status, prevalence: K, ascertainment: P };
    const found = await pcgc(data, trait, { vectors: 400, seed: 1 });
    const columns = [new Float64Array(people).fill(1), ...covariates.map(({ values }) => values)];
    expect(found.n).toBe(100);
    expect(Math.abs(found.h2 - byPairs(columns))).toBeLessThan(4 * found.monteCarloSe);
    expect(found.monteCarloSe).toBeLessThan(0.1 * Math.abs(found.h2) + 0.02);
    expect(found.explained > 1e-9).toBe(covariates.length > 0);
  });
});

function residual(row: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const [one, z] = columns;
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  if (!z) return row.map((value) => value - mean * one[0]);
  const zMean = z.reduce((sum, value) => sum + value, 0) / z.length;
  const slope =
    row.reduce((sum, value, i) => sum + (value - mean) * (z[i] - zMean), 0) /
    z.reduce((sum, value) => sum + (value - zMean) ** 2, 0);
  return row.map((value, i) => value - mean - slope * (z[i] - zMean));
}

describe('what selection takes from a regression on genotypes', () => {
  it('is nothing where cases have their share of the population', () => {
    for (const share of [0.01, 0.05, 0.5]) expect(ascertainmentShrinkage(share, share)).toBeCloseTo(0, 12);
  });

  it('is what truncated normal distributions give by numbers', () => {
    // E and Var of the genetic liability among cases and controls, by integration over the liability
    const h2 = 0.5;
    const t = normalQuantile(1 - K);
    const among = (from: number, to: number) => {
      let [mass, first, second] = [0, 0, 0];
      const step = 1e-4;
      for (let l = from + step / 2; l < to; l += step) {
        const density = normalDensity(l) * step;
        mass += density;
        first += density * h2 * l;
        second += density * ((h2 * l) ** 2 + h2 * (1 - h2));
      }
      return { mean: first / mass, variance: second / mass - (first / mass) ** 2 };
    };
    const [cases, controls] = [among(t, 9), among(-9, t)];
    const between = P * (1 - P) * (cases.mean - controls.mean) ** 2;

    const genetic = P * cases.variance + (1 - P) * controls.variance + between;
    const observed = between / genetic; // squared correlation of genetic liability and status
    const factor = (K * (1 - K)) ** 2 / (P * (1 - P) * normalDensity(t) ** 2);
    expect(observed * factor).toBeCloseTo(h2 / (1 + ascertainmentShrinkage(K, P) * h2), 5);
  });
});
