import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chiSquareTail,
  normalCdf,
  normalDensity,
  normalQuantile,
  normalTailQuantile,
} from '../../src/linalg/distributions.js';

describe('normal distribution', () => {
  it.each([
    // R: pnorm
    [0, 0.5],
    [1.959963984540054, 0.975],
    [-3, 1.349898031630095e-3],
    [-10, 7.619853024160527e-24],
  ])('P(Z <= %d) = %d', (x, p) => {
    expect(normalCdf(x) / p).toBeCloseTo(1, 12);
  });

  it('has the density of the standard normal', () => {
    expect(normalDensity(0)).toBeCloseTo(0.3989422804014327, 15);
    expect(normalDensity(2)).toBeCloseTo(0.05399096651318806, 15);
  });

  it('inverts to 13 digits anywhere', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 11);
      }),
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    // roots of SciPy's log_ndtr: log10 of the tail, and its quantile
    [300.5, 37.09681314312761],
    [500, 47.89983732050095],
    [1000, 67.79590817078778],
    [2000, 95.92060013585176],
    [100_000, 678.604101767715],
  ])('inverts a tail of 2 x 10^-%d', (digits, x) => {
    expect(normalTailQuantile(-digits * Math.LN10 - Math.LN2) / x).toBeCloseTo(1, 14);
  });

  it('inverts tails from their logarithm as from themselves', () => {
    for (const p of [0.4, 1e-3, 1e-50, 1e-299, 2e-300])
      expect(normalTailQuantile(Math.log(p)) / normalQuantile(p)).toBeCloseTo(-1, 13);
    expect(normalQuantile(0.9e-300) / normalQuantile(1.1e-300)).toBeCloseTo(1, 3);
  });

  it('knows the threshold of genome-wide significance', () => {
    expect(-normalQuantile(2.5e-8)).toBeCloseTo(5.4513, 4); // METHODS 10.12
  });
});

describe('chi-square tail', () => {
  it.each([
    // R: pchisq(x, df, lower.tail = FALSE)
    [3.841458820694124, 1, 0.05],
    [5.991464547107979, 2, 0.05],
    [12.591587243743977, 6, 0.05],
    [24.99579013972863, 15, 0.05],
    [29.7168, 1, 5.0e-8],
    [0, 3, 1],
  ])('P(X > %d) with %d df = %d', (x, df, p) => {
    expect(chiSquareTail(x, df) / p).toBeCloseTo(1, 4);
  });

  it('is a point at 0 without degrees of freedom', () => {
    expect(chiSquareTail(0, 0)).toBe(1);
    expect(chiSquareTail(1e-3, 0)).toBe(0);
  });
});
