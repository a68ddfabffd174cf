import { expect, it } from 'vitest';
import { quantile } from '../../src/linalg/quantile.js';

it('lies between the neighbours in proportion', () => {
  const sorted = Float64Array.of(0, 1, 2, 10);
  expect([0, 0.5, 1].map((p) => quantile(sorted, p))).toEqual([0, 1.5, 10]);
  expect(quantile(sorted, 0.75)).toBeCloseTo(4, 12);
  expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
});
