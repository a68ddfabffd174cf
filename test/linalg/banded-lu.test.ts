import { expect, it } from 'vitest';
import { BandedLu } from '../../src/linalg/banded-lu.js';
import { solveLinear } from '../../src/linalg/linear-solve.js';
import { randomNormals } from '../genotype-data.js';

it.each([
  [1, 1],
  [7, 1],
  [30, 4],
  [12, 20],
])('solves as Gaussian elimination does, with rows to exchange (order %i, reach %i)', (order, reach) => {
  const numbers = randomNormals(order * order + order, order);
  const dense = new Float64Array(order * order);
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++)
      if (Math.abs(i - j) <= reach) dense[i * order + j] = numbers[i * order + j];
  const b = numbers.slice(order * order);
  const expected = solveLinear(dense, order, b)!;
  const found = new BandedLu(order, reach, (i, j) => dense[i * order + j]).solve(b);
  for (let i = 0; i < order; i++) expect(found[i]).toBeCloseTo(expected[i], 9);
});

it('refuses a singular matrix', () => {
  expect(() => new BandedLu(3, 1, () => 0)).toThrow(RangeError);
});
