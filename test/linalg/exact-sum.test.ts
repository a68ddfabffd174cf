import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExactUnits } from '../../src/linalg/exact-sum.js';

const BOUND = 1000;
const terms = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 900 });

it('gives the same sum in any order and by any grouping, near the true one', () => {
  fc.assert(
    fc.property(terms, fc.integer({ min: 1, max: 40 }), (values, size) => {
      const units = new ExactUnits(BOUND);
      const sumOf = (list: readonly number[], sum = new Float64Array(1)) => {
        for (const value of list) units.add(sum, Float64Array.of(value));
        return sum;
      };
      const inOrder = sumOf(values);
      expect(sumOf([...values].reverse())).toEqual(inOrder);
      const grouped = new Float64Array(1);
      for (let at = 0; at < values.length; at += size) units.add(grouped, sumOf(values.slice(at, at + size)));
      expect(grouped).toEqual(inOrder);
      const plain = values.reduce((sum, value) => sum + value, 0);
      // each term is off by half a unit of at most 2^-49 of the bound; the plain sum by its own rounding
      const allowed = values.length * (BOUND * 2 ** -49 + values.length * Number.EPSILON);
      expect(Math.abs(inOrder[0] - plain)).toBeLessThanOrEqual(allowed);
    }),
  );
});

it('keeps zeros, and takes a bound of 0', () => {
  const sum = new Float64Array(3);
  new ExactUnits(0).add(sum, new Float64Array(3));
  expect([...sum]).toEqual([0, 0, 0]);
});
