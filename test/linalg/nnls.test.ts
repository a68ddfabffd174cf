import { expect, it } from 'vitest';
import { nonNegativeLeastSquares, type SymmetricBand } from '../../src/linalg/nnls.js';
import { randomGenotypes, standardised } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { randomSource } from '../kernels/packed.js';

/** The band of a full symmetric matrix, from `first` on. */
function bandOf(c: readonly (readonly number[])[], first: (row: number) => number = () => 0): SymmetricBand {
  const order = c.length;
  const start = new Float64Array(order + 1);
  for (let i = 0; i < order; i++) start[i + 1] = start[i] + i - first(i) + 1;
  return {
    order,
    first: Int32Array.from(c, (_, i) => first(i)),
    start,
    values: Float64Array.from(c.flatMap((row, i) => row.slice(first(i), i + 1))),
  };
}

/** Squared correlations of autoregressive variables, zero beyond `reach`; `repeat` makes some of them equal. */
function autoregressive(order: number, reach: number, seed: number, repeat = 0): SymmetricBand {
  const random = randomSource(seed);
  const place = new Float64Array(order);
  for (let i = 1; i < order; i++) place[i] = place[i - 1] + (random() < repeat ? 0 : 0.6 * random() ** 3);
  const c = Array.from({ length: order }, (_, i) =>
    Array.from({ length: order }, (_, j) => Math.exp(-2 * Math.abs(place[i] - place[j]))),
  );
  return bandOf(c, (i) => Math.max(0, i - reach));
}

/** Largest violation of the conditions for a minimum (Karush, Kuhn, Tucker). */
function violation(band: SymmetricBand, w: Float64Array): number {
  const times = (x: ArrayLike<number>) => {
    const out = new Float64Array(band.order);
    for (let i = 0; i < band.order; i++) {
      for (let j = band.first[i]; j <= i; j++) {
        const value = band.values[band.start[i] + j - band.first[i]];
        out[i] += value * x[j];
        if (j < i) out[j] += value * x[i];
      }
    }
    return out;
  };
  const gradient = times(times(w).map((value) => value - 1));
  return gradient.reduce((worst, g, j) => Math.max(worst, w[j] > 0 ? Math.abs(g) : -g, -w[j]), 0);
}

describeBackends((kernels) => {
  const solve = (c: number[][]) => Array.from(nonNegativeLeastSquares(kernels, bandOf(c)));

  it("gives METHODS 8.1's values", () => {
    const near = (found: number[], expected: number[]) =>
      expected.forEach((value, j) => {
        expect(found[j]).toBeCloseTo(value, 6);
      });
    near(
      solve([
        [1, 0.5, 0],
        [0.5, 1, 0.5],
        [0, 0.5, 1],
      ]),
      [1, 0, 1],
    );
    near(
      solve([
        [1, 0.9],
        [0.9, 1],
      ]),
      [0.526316, 0.526316],
    );
    near(
      solve([
        [1, 0.8, 0],
        [0.8, 1, 0.8],
        [0, 0.8, 1],
      ]),
      [0, 1.140351, 0],
    );
    near(solve([[1]]), [1]);
  });

  it.each([
    { order: 1, reach: 0 },
    { order: 63, reach: 5 },
    { order: 200, reach: 20 },
    { order: 130, reach: 130 },
  ])('meets the conditions for a minimum: order $order, reach $reach', ({ order, reach }) => {
    for (const seed of [1, 2, 3]) {
      const band = autoregressive(order, reach, seed);
      expect(violation(band, nonNegativeLeastSquares(kernels, band))).toBeLessThan(1e-10);
    }
  });

  it('meets them where C is all but singular and exchanges go in circles', () => {
    // squared correlations of few people in strong LD: rank far below the order
    for (const { people, copying, reach } of [
      { people: 24, copying: 0.97, reach: 40 },
      { people: 40, copying: 0.99, reach: 60 },
    ]) {
      const x = randomGenotypes(120, people, { seed: 6, copying }).map((row) => standardised(row));
      const varying = x.filter((row) => Number.isFinite(row[0]));
      const r2 = (a: Float64Array, b: Float64Array) =>
        (a.reduce((sum, value, i) => sum + value * b[i], 0) / people) ** 2;
      const band = bandOf(
        varying.map((a) => varying.map((b) => r2(a, b))),
        (i) => Math.max(0, i - reach),
      );
      expect(violation(band, nonNegativeLeastSquares(kernels, band))).toBeLessThan(1e-7);
    }
  });

  it('gives one of several equal variables their joint weight', () => {
    const band = autoregressive(150, 30, 4, 0.3);
    expect(violation(band, nonNegativeLeastSquares(kernels, band))).toBeLessThan(1e-10);
    expect(
      solve([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual([1, 0]);
  });
});
