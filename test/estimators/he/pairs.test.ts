import { afterAll, describe, expect, it } from 'vitest';
import { pairRegressions } from '../../../src/estimators/he/pairs.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { KernelPool } from '../../../src/kernels/pool.js';
import { GCTA_MODEL, relationshipMatrix } from '../../../src/relatedness/grm.js';
import { methodsFixture, moments, operatorOf, range } from '../../fixture.js';
import { ols } from '../../regression.js';

const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());
const fixture = methodsFixture();

async function grm(first: number, end: number) {
  const operator = await operatorOf(fixture.genotypes.slice(first, end), pool);
  return (await relationshipMatrix(operator, GCTA_MODEL)).matrix;
}

describe('Haseman-Elston regression over pairs', () => {
  it('gives the values of METHODS 12', async () => {
    const [estimate] = pairRegressions([await grm(0, 60)], [fixture.y], []);
    expect(estimate!.crossProduct.components[0].estimate).toBeCloseTo(0.61881384, 6);
    expect(estimate!.crossProduct.intercept.estimate).toBeCloseTo(-0.00189212, 7);
    expect(estimate!.squaredDifference.components[0].estimate).toBeCloseTo(0.63357723, 6);
    // −½(yᵢ − yⱼ)² is −1 on average whatever the heritability (docs/he.md)
    expect(estimate!.squaredDifference.intercept.estimate).toBeCloseTo(-1, 1);
  });

  it('is least squares over pairs, with the jackknife over people', async () => {
    const matrices = [await grm(0, 30), await grm(30, 60)];
    const people = range(0, 200).filter((i) => i % 4 > 0);
    const y = fixture.y.map((value, i) => (i % 4 > 0 ? value : Number.NaN));
    const [estimate] = pairRegressions(matrices, [y], []);
    expect(estimate!.n).toBe(150);
    const { mean, sd } = moments(Array.from(people, (i) => y[i]));
    const scaled = y.map((value) => (value - mean) / (sd * Math.sqrt(150 / 149)));
    const explicit = (left: number, response: (i: number, k: number) => number) => {
      const rows: number[][] = [];
      const values: number[] = [];
      for (const i of people)
        for (const k of people) {
          if (k >= i || i === left || k === left) continue;
          rows.push([1, ...matrices.map((m) => m.panels[0].values[i * m.panels[0].width + k])]);
          values.push(response(i, k));
        }
      return ols(
        values,
        [0, 1, 2].map((column) => rows.map((row) => row[column])),
      );
    };
    for (const [found, response] of [
      [estimate!.crossProduct, (i: number, k: number) => scaled[i] * scaled[k]],
      [estimate!.squaredDifference, (i: number, k: number) => -((scaled[i] - scaled[k]) ** 2) / 2],
    ] as const) {
      const { beta, se } = explicit(-1, response);
      const ours = [found.intercept, ...found.components];
      for (const [c, coefficient] of ours.entries()) {
        expect(coefficient.estimate).toBeCloseTo(beta[c], 9);
        expect(coefficient.olsSe).toBeCloseTo(se[c], 9);
      }
      expect(found.total.estimate).toBeCloseTo(beta[1] + beta[2], 9);
    }
    const left = Array.from(people, (i) => explicit(i, (a, b) => scaled[a] * scaled[b]).beta[1]);
    const { sd: spread } = moments(left);
    expect(estimate!.crossProduct.components[0].jackknifeSe).toBeCloseTo(spread * Math.sqrt(149), 8);
  });

  it('has no answer for a matrix that is there twice', async () => {
    const matrix = await grm(0, 60);
    expect(pairRegressions([matrix, matrix], [fixture.y], [])).toEqual([undefined]);
  });
});
