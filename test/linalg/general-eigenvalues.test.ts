import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestEigenvalue } from '../../src/linalg/general-eigenvalues.js';

const entry = fc.double({ min: -1, max: 1, noNaN: true });

describe('largest eigenvalue of a general matrix', () => {
  it.each([
    ['one number', [-3], 1, 3],
    ['a rotation', [0, -0.8, 0.8, 0], 2, 0.8],
    ['both signs', [0, 0.7, 0.7, 0], 2, 0.7],
    ['a cycle of three', [0, 0.5, 0, 0, 0, 0.5, 0.5, 0, 0], 3, 0.5],
    ['a cycle of four', [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0], 4, 1],
    ['nothing', [0, 0, 0, 0], 2, 0],
    ['a triangle', [0.1, 5, 7, 0, -0.4, 3, 0, 0, 0.2], 3, 0.4],
  ])('of %s', (_, matrix, order, expected) => {
    expect(largestEigenvalue(matrix, order)).toBeCloseTo(expected, 12);
  });

  it('is the largest diagonal element in any basis of a triangular matrix', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }).chain((n) =>
          fc.record({
            n: fc.constant(n),
            upper: fc.array(entry, { minLength: n * n, maxLength: n * n }),
            turns: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), entry), { maxLength: 12 }),
          }),
        ),
        ({ n, upper, turns }) => {
          // Eigenvalues well apart, so that they are well conditioned: 1, .8, .64, ... with any signs.
          const a = Array.from({ length: n }, (_, i) =>
            Array.from({ length: n }, (_, j) =>
              i === j ? 0.8 ** i * (upper[i * n] < 0 ? -1 : 1) : i < j ? 0.3 * upper[i * n + j] : 0,
            ),
          );
          for (const [i, j, angle] of turns) {
            if (i === j) continue;
            const [c, s] = [Math.cos(3 * angle), Math.sin(3 * angle)];
            for (const row of a) [row[i], row[j]] = [c * row[i] + s * row[j], c * row[j] - s * row[i]];
            const [x, y] = [a[i], a[j]];
            a[i] = x.map((value, k) => c * value + s * y[k]);
            a[j] = y.map((value, k) => c * value - s * x[k]);
          }
          expect(largestEigenvalue(a.flat(), n)).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 200 },
    );
  });
});
