import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median, selectedQuantile } from '../../src/linalg/median.js';
import { quantile } from '../../src/linalg/quantile.js';

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
