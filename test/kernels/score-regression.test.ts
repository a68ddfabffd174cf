import { expect, it } from 'vitest';
import { CELL_SUMS, WEIGHTED_SUMS } from '../../src/kernels/score-regression.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { randomSource } from './packed.js';

const COUNT = 1003;
const random = randomSource(3);
const column = (make: () => number) => Float64Array.from({ length: COUNT }, make);
const scores = column(() => 40 * random() - 2);
const weightScores = column(() => 10 * random());
const n = column(() => 1e5 * random());
const chi2 = column(() => 60 * random());

describeBackends((k) => {
  it('weights by hand: scores count as 1 at least, a high χ² not at all', () => {
    const weights = new Float64Array(3);
    const [score, own, size, statistic] = [
      [0.5, 4, 4],
      [3, 0, 2],
      [10, 10, 20],
      [5, 29, 30],
    ].map((values) => Float64Array.from(values));
    k.chi2Weights(score, own, size, statistic, 3, 0.05, 1.5, 30, weights);
    // e = 1.5 + 0.05 * 10 * 1 = 2, w = 3; e = 1.5 + 0.05 * 10 * 4 = 3.5, w = 1; at the limit
    expect([...weights]).toEqual([1 / 24, 1 / 24.5, 0]);
  });

  it('sums by hand', () => {
    const sums = new Float64Array(WEIGHTED_SUMS);
    const [x, z, y, weights] = [
      [1, 2],
      [3, -1],
      [6, 7],
      [1, 0.5],
    ].map((values) => Float64Array.from(values));
    k.weightedSums(x, z, y, 5, weights, 2, sums);
    expect([...sums]).toEqual([1 + 2, 3 - 1, 9 + 0.5, 1 + 2, 3 - 1]);
  });

  it('sums of columns by hand, on what was there', () => {
    const [y, size, score] = [
      [1, 4],
      [10, 20],
      [2, 3],
    ].map((values) => Float64Array.from(values));
    const sums = Float64Array.of(100, 0, 0, 3, 15);
    k.columnSums(y, size, score, 2, sums);
    expect([...sums]).toEqual([105, 30, 80, 4, 20]);
    k.columnSums(y, size, score, 1, sums);
    expect([...sums]).toEqual([106, 40, 100, 4, 20]);
    expect([5, 4, 1, Number.POSITIVE_INFINITY].map((below) => k.countBelow(y, 2, below))).toEqual([
      2, 1, 0, 2,
    ]);
    expect(k.countBelow(y, 1, 5)).toBe(1);
  });

  it('cells of scores by hand: below the first, at its start, in the last and beyond it, and a χ² at the limit', () => {
    const [score, expected, size, statistic] = [
      [0.5, 1, 2.9, 3, 2],
      [1, 2, 3, 4, 5],
      [10, 10, 10, 10, 10],
      [1, 2, 3, 4, 30],
    ].map((values) => Float64Array.from(values));
    const sums = new Float64Array(CELL_SUMS * 6);
    k.scoreCells(score, expected, size, statistic, 5, 1, 2, 4, 30, sums);
    const cells = Array.from({ length: 6 }, (_, c) => [...sums.subarray(CELL_SUMS * c, CELL_SUMS * (c + 1))]);
    const none = [0, 0, 0, 0, 0];
    expect(cells).toEqual([
      [1, 0.5, 1, 1, 10],
      [1, 1, 2, 4, 20],
      none,
      none,
      [1, 2.9, 3, 9, 30],
      [1, 3, 4, 16, 40],
    ]);
  });

  it('agrees with the plain kernels to the bit', () => {
    const of = (kernels: typeof k) => {
      const [weights, scaled] = [new Float64Array(COUNT), new Float64Array(COUNT)];
      const sums = new Float64Array(WEIGHTED_SUMS);
      kernels.chi2Weights(scores, weightScores, n, chi2, COUNT, 3e-7, 1.02, 30, weights);
      kernels.scaledScores(scores, n, COUNT, 51234.5, scaled);
      kernels.weightedSums(scaled, weightScores, chi2, 1.02, weights, COUNT, sums);
      const columns = Float64Array.of(0, 0, 0, -Infinity, -Infinity);
      kernels.columnSums(chi2, n, scores, COUNT, columns);
      const cells = new Float64Array(CELL_SUMS * 9);
      kernels.scoreCells(scores, weightScores, n, chi2, COUNT, 3, 0.25, 7, 50, cells);
      return [weights, scaled, sums, columns, cells, kernels.countBelow(chi2, COUNT, 30)];
    };
    expect(of(k)).toEqual(of(oracle));
  });
});
