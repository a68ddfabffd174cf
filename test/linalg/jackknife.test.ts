import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockLabels,
  blockSeparators,
  jackknife,
  jackknifeRatio,
  leaveOneOutError,
  transformCovariance,
} from '../../src/linalg/jackknife.js';

describe('the block jackknife', () => {
  it('of a mean over single rows is the textbook standard error', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const total = values.reduce((a, b) => a + b, 0);
    const mean = total / 8;
    const deleted = Float64Array.from(values, (value) => (total - value) / 7);
    const { se, biasCorrected, blocks } = jackknife(Float64Array.of(mean), deleted);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
    expect(se[0]).toBeCloseTo(Math.sqrt(variance / 8), 12);
    expect(biasCorrected[0]).toBeCloseTo(mean, 12);
    expect(blocks).toBe(8);
  });

  it('gives covariances that agree with the variances of sums and differences', () => {
    const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(numbers, (raw) => {
        const deleted = Float64Array.from(raw.slice(0, 2 * Math.floor(raw.length / 2)));
        const both = jackknife(Float64Array.of(1, -2), deleted);
        const sum = jackknife(
          Float64Array.of(-1),
          Float64Array.from({ length: both.blocks }, (_, b) => deleted[2 * b] + deleted[2 * b + 1]),
        );
        const [transformed] = transformCovariance(Float64Array.of(1, 1), both.covariance, 2);
        expect(transformed).toBeCloseTo(sum.covariance[0], 6);
      }),
    );
  });

  it('counts what blocks beside each other share, as far as its reach', () => {
    // a mean over rows that come in equal pairs: twice the variance of single rows, by moving blocks of two
    const values = [5, 5, -1, -1, 2, 2, -4, -4, 3, 3];
    const mean = 1;
    const deleted = Float64Array.from(values, (value) => (10 * mean - value) / 9);
    const moving = values.slice(1).map((value, b) => value + values[b] - 2 * mean);
    const ends = (values[0] - mean) ** 2 + (values[9] - mean) ** 2;
    const expected = (moving.reduce((sum, value) => sum + value ** 2, 0) + ends) / 2 / 8 / 10;
    const { se } = jackknife(Float64Array.of(mean), deleted, 2);
    expect(se[0] ** 2).toBeCloseTo(expected, 12);
  });

  it('of a ratio takes one denominator a block, or one a number', () => {
    const ratio = Float64Array.of(0.5, 2);
    const numerators = Float64Array.of(1, 4, 1.1, 4.4, 0.9, 3.9);
    const denominators = Float64Array.of(2, 2.1, 1.8);
    const each = Float64Array.of(2, 2, 2.1, 2.1, 1.8, 1.8);
    const shared = jackknifeRatio(ratio, numerators, denominators);
    expect(shared.deleted[2]).toBeCloseTo(1.1 / 2.1, 14);
    expect(shared).toEqual(jackknifeRatio(ratio, numerators, each));
  });

  it('cuts rows where NumPy does', () => {
    expect(Array.from(blockSeparators(10, 4))).toEqual([0, 2, 5, 7, 10]);
    expect(Array.from(blockSeparators(3, 3))).toEqual([0, 1, 2, 3]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 1, max: 400 }),
        (count, blocks) => {
          const cuts = blockSeparators(count, Math.min(blocks, count));
          expect([cuts[0], cuts.at(-1)]).toEqual([0, count]);
          for (let b = 1; b < cuts.length; b++) expect(cuts[b]).toBeGreaterThan(cuts[b - 1]);
        },
      ),
    );
  });
});

it.each([
  [60, 10],
  [199, 100],
  [7, 10],
  [1_000_003, 200],
])('labels %i rows by blocks whose sizes differ by one at most', (count, blocks) => {
  const labels = blockLabels(count, blocks);
  const sizes = new Array<number>(Math.min(count, blocks)).fill(0);
  for (const [j, label] of labels.entries()) {
    sizes[label]++;
    if (j > 0 && label !== labels[j - 1]) expect(label).toBe(labels[j - 1] + 1);
  }
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

it('leaves out one draw at a time: for a mean, the textbook standard error', () => {
  const values = [3, 1, 4, 1, 5, 9];
  const deleted = values.map((value) => (23 - value) / 5);
  const variance = values.reduce((sum, value) => sum + (value - 23 / 6) ** 2, 0) / 5;
  expect(leaveOneOutError(deleted)).toBeCloseTo(Math.sqrt(variance / 6), 12);
});
