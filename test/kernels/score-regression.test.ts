import { expect, it } from 'vitest';
import { WEIGHTED_SUMS } from '../../src/kernels/score-regression.js';
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

  it('agrees with the plain kernels to the bit', () => {
    const of = (kernels: typeof k) => {
      const [weights, scaled] = [new Float64Array(COUNT), new Float64Array(COUNT)];
      const sums = new Float64Array(WEIGHTED_SUMS);
      kernels.chi2Weights(scores, weightScores, n, chi2, COUNT, 3e-7, 1.02, 30, weights);
      kernels.scaledScores(scores, n, COUNT, 51234.5, scaled);
      kernels.weightedSums(scaled, weightScores, chi2, 1.02, weights, COUNT, sums);
      return [weights, scaled, sums];
    };
    expect(of(k)).toEqual(of(oracle));
  });
});
