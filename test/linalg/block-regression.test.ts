import { describe, expect, it } from 'vitest';
import {
  jackknifedLeastSquares,
  leastSquares,
  weightedBlockSums,
} from '../../src/linalg/block-regression.js';
import { blockSeparators } from '../../src/linalg/jackknife.js';
import { ParkMiller } from '../fixture.js';
import { describeBackends } from '../kernels/backends.js';

function data(rows: number, order: number) {
  const random = new ParkMiller(7);
  const columns = Array.from({ length: order }, (_, c) =>
    Float64Array.from({ length: rows }, () => (c === 0 ? 1 : random.normal())),
  );
  const truth = Float64Array.from({ length: order }, (_, c) => c - 1);
  const y = Float64Array.from({ length: rows }, (_, i) =>
    columns.reduce((sum, column, c) => sum + truth[c] * column[i], 0),
  );
  const weights = Float64Array.from({ length: rows }, () => random.uniform());
  return { columns, truth, y, weights, random };
}

describe('weighted least squares over blocks', () => {
  it('finds exact coefficients, with no standard error', () => {
    const { columns, truth, y, weights } = data(200, 3);
    const sums = weightedBlockSums(columns, y, weights, blockSeparators(200, 20));
    const { estimate, se } = jackknifedLeastSquares(sums)!;
    for (const [c, value] of truth.entries()) {
      expect(estimate[c]).toBeCloseTo(value, 12);
      expect(se[c]).toBeLessThan(1e-12);
    }
  });

  it('without a block is the regression on the other rows', () => {
    const { columns, y, weights, random } = data(90, 3);
    for (let i = 0; i < y.length; i++) y[i] += random.normal();
    const separators = blockSeparators(90, 9);
    const whole = jackknifedLeastSquares(weightedBlockSums(columns, y, weights, separators))!;
    const without = weights.map((weight, i) => (i >= separators[4] && i < separators[5] ? 0 : weight));
    const direct = leastSquares(weightedBlockSums(columns, y, without, separators))!;
    for (const [c, value] of direct.entries()) expect(whole.deleted[4 * 3 + c]).toBeCloseTo(value, 11);
  });

  describeBackends((kernels) => {
    it('by the kernels is the same as by plain loops', () => {
      const { columns, y, weights, random } = data(333, 9);
      for (let i = 0; i < y.length; i++) y[i] += random.normal();
      const separators = blockSeparators(333, 7);
      const plain = weightedBlockSums(columns, y, weights, separators);
      const fast = weightedBlockSums(columns, y, weights, separators, kernels);
      for (const key of ['grams', 'moments'] as const)
        for (const [k, value] of plain[key].entries()) expect(fast[key][k]).toBeCloseTo(value, 10);
    });
  });

  it('says where columns are collinear', () => {
    const { columns, y, weights } = data(40, 2);
    const sums = weightedBlockSums([...columns, columns[0]], y, weights, blockSeparators(40, 4));
    expect(jackknifedLeastSquares(sums)).toBeUndefined();
  });
});
