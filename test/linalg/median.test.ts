import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median, selectedQuantile, weightedMedian } from '../../src/linalg/median.js';
import { quantile } from '../../src/linalg/quantile.js';
import { ParkMiller } from '../fixture.js';

it('is the middle value of the sorted ones, or the mean of two', () => {
  const values = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(values, (list) => {
      const sorted = Float64Array.from(list).sort();
      const half = sorted.length >> 1;
      const expected = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
      expect(median(Float64Array.from(list)) + 0).toBe(expected + 0);
    }),
  );
  expect(median(new Float64Array())).toBeNaN();
});

it('any quantile is that of the sorted values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, p) => {
        const expected = quantile(Float64Array.from(list).sort(), p);
        expect(selectedQuantile(Float64Array.from(list), p)).toBeCloseTo(expected, 10);
      },
    ),
  );
  expect(selectedQuantile(new Float64Array(), 0.5)).toBeNaN();
});

it.each([
  ['float64', Float64Array],
  ['float32', Float32Array as unknown as Float64ArrayConstructor],
])('of many, of either sign and any size, too: %s', (_, Numbers) => {
  const random = new ParkMiller(3);
  for (const count of [5000, 5001]) {
    const values = Numbers.from({ length: count }, (_, j) =>
      j % 7 === 0 ? (j % 3) - 1 : (random.uniform() - 0.4) * 10 ** ((j % 9) - 4),
    );
    const sorted = values.toSorted();
    const middle = count >> 1;
    expect(median(values)).toBe(count % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    // all but a few are alike in their first bits
    const near = values.map((value, j) => (j < 9 ? value : 1 + Math.abs(value) * 1e-6));
    const ordered = near.toSorted();
    expect(median(near.subarray(1))).toBe(median(Float64Array.from(near.subarray(1))));
    expect(median(near)).toBe(count % 2 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2);
  }
});

it('with weights it is the value at which half of the weight is passed', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const half = list.reduce((sum, [, weight]) => sum + weight, 0) / 2;
      const sorted = list.toSorted(([a], [b]) => a - b);
      let passed = 0;
      const [expected] = sorted.find(([, weight]) => (passed += weight) >= half)!;
      const column = (k: 0 | 1) => Float64Array.from(list, (pair) => pair[k]);
      expect(weightedMedian(column(0), column(1))).toBe(expected);
    }),
  );
  expect(weightedMedian(new Float64Array(), new Float64Array())).toBeNaN();
});
