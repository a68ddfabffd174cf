import { expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../src/linalg/symmetric-eigenvalues.js';
import { randomNormals } from '../genotype-data.js';

it('finds the eigenvalues of the second difference matrix, 2 - 2 cos(k pi / (n + 1))', () => {
  const order = 12;
  const matrix = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    matrix[i * order + i] = 2;
    if (i > 0) matrix[i * order + i - 1] = matrix[(i - 1) * order + i] = -1;
  }
  const before = matrix.slice();
  const values = symmetricEigenvalues(matrix, order);
  expect(matrix).toEqual(before);
  for (const [k, value] of values.entries()) {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (order + 1)), 13);
  }
});

it('keeps trace and Frobenius norm of any symmetric matrix, ascending, negative ones first', () => {
  const order = 9;
  const half = randomNormals(order * order, 5);
  const matrix = half.map((x, k) => x + half[(k % order) * order + Math.floor(k / order)]);
  const values = symmetricEigenvalues(matrix, order);
  const trace = values.reduce((sum, x) => sum + x, 0);
  expect(trace).toBeCloseTo(
    Array.from({ length: order }, (_, i) => matrix[i * order + i]).reduce((a, b) => a + b),
    11,
  );
  expect(values.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(
    matrix.reduce((sum, x) => sum + x * x, 0),
    10,
  );
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values[0]).toBeLessThan(0);
});

it('counts the zeros of a rank-deficient Gram matrix, and takes empty and single ones', () => {
  const rows = [randomNormals(5, 1), randomNormals(5, 2)];
  const gram = Float64Array.from({ length: 25 }, (_, k) =>
    rows.reduce((sum, row) => sum + row[Math.floor(k / 5)] * row[k % 5], 0),
  );
  expect(symmetricEigenvalues(gram, 5).filter((value) => value > 1e-12)).toHaveLength(2);
  expect(symmetricEigenvalues(Float64Array.of(3), 1)).toEqual([3]);
  expect(symmetricEigenvalues(new Float64Array(0), 0)).toEqual([]);
  expect(symmetricEigenvalues(new Float64Array(4), 2)).toEqual([0, 0]);
});
