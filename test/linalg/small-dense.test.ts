import { describe, expect, it } from 'vitest';
import {
  choleskyFactor,
  choleskyInverse,
  choleskySolve,
  quadraticForm,
} from '../../src/linalg/small-dense.js';

const A = Float64Array.of(4, 2, 1, 2, 5, 3, 1, 3, 6);

describe('small Cholesky', () => {
  it('solves and inverts a positive definite matrix', () => {
    const l = choleskyFactor(A, 3)!;
    const x = choleskySolve(l, 3, [1, -2, 3]);
    [1, -2, 3].forEach((b, i) => {
      expect(A[3 * i] * x[0] + A[3 * i + 1] * x[1] + A[3 * i + 2] * x[2]).toBeCloseTo(b, 12);
    });
    // det A = 67, cofactor of (0, 0) = 21.
    expect(choleskyInverse(l, 3)[0]).toBeCloseTo(21 / 67, 13);
  });

  it('returns undefined where the matrix is singular or indefinite', () => {
    expect(choleskyFactor(Float64Array.of(1, 1, 1, 1), 2)).toBeUndefined();
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  });

  it('has a quadratic form', () => {
    expect(quadraticForm(A, 3, [1, 1, 1])).toBe(27);
    expect(quadraticForm(new Float64Array(0), 0, [])).toBe(0);
  });
});
