import { describe, expect, it } from 'vitest';
import { integrate } from '../../src/linalg/quadrature.js';

describe('integrate', () => {
  it('is exact for polynomials up to degree 39 with one panel', () => {
    expect(integrate((x) => x ** 39 + x ** 38, -1, 1, 1)).toBeCloseTo(2 / 39, 14);
    expect(integrate((x) => 3 * x * x, 1, 3, 1)).toBeCloseTo(26, 12);
  });

  it('integrates smooth functions, in either direction', () => {
    expect(integrate(Math.exp, 0, 5)).toBeCloseTo(Math.expm1(5), 11);
    expect(integrate(Math.sin, Math.PI, 0)).toBeCloseTo(-2, 13);
  });
});
