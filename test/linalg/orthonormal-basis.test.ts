import { expect, it } from 'vitest';
import { dot, norm, orthonormalBasis, projectOut } from '../../src/linalg/orthonormal-basis.js';
import { randomNormals } from '../genotype-data.js';

const one = new Float64Array(200).fill(1);
const age = Float64Array.from(one, (_, i) => 1e6 + 40 + (i % 37)); // far from its mean: cancellation
const noise = randomNormals(200, 3);

it('is orthonormal to rounding and spans the columns', () => {
  const columns = [one, age, noise];
  const { basis, dependent } = orthonormalBasis(columns);
  expect(dependent).toEqual([]);
  for (const [i, a] of basis.entries()) {
    for (const [j, b] of basis.entries()) expect(dot(a, b)).toBeCloseTo(Number(i === j), 14);
  }
  for (const column of columns) {
    const rest = column.slice();
    projectOut(rest, basis);
    expect(norm(rest)).toBeLessThan(1e-13 * norm(column));
  }
});

it('names the columns that add nothing: repeated, constant, a sum, and zero', () => {
  const sum = age.map((value, i) => 2 * value - 3 * noise[i] + 5);
  const columns = [one, age, one.map(() => 7), noise, age, sum, new Float64Array(200)];
  const before = columns.map((column) => column.slice());
  const { basis, dependent } = orthonormalBasis(columns);
  expect(basis).toHaveLength(3);
  expect(dependent).toEqual([2, 4, 5, 6]);
  expect(columns).toEqual(before);
});

it('keeps a column that differs by more than the tolerance', () => {
  const near = age.map((value, i) => value + 0.1 * noise[i]);
  expect(orthonormalBasis([one, age, near]).dependent).toEqual([]);
  expect(orthonormalBasis([one, age, near], 1e-4).dependent).toEqual([1, 2]); // a spread of 11 in a million
});
