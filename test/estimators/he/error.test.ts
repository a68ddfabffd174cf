import { describe, expect, it } from 'vitest';
import { analyticVariance } from '../../../src/estimators/he/analytic-error.js';
import { blocksInLd, combinedVariance } from '../../../src/estimators/he/error.js';
import { unevenness } from '../../../src/estimators/he/unevenness.js';

describe('analyticVariance', () => {
  // K with two eigenvalues, each n / 2 times: a trait's moments follow from its squared lengths in the two spaces
  const [n, low, high] = [200, 0.4, 1.6];
  const moments = (inHigh: number) => {
    const of = (power: number) => (n - inHigh) * low ** power + inHigh * high ** power;
    return { first: of(1), second: of(2), third: of(3) };
  };
  const trace = (n * (low + high)) / 2;
  const square = (n * (low ** 2 + high ** 2)) / 2;

  it('is that of a share of squared lengths, which is known', () => {
    // h² = (s - 1/2) (high - low) n² / (2 (T - b²/n)) n / n with s = |y in the high space|² / n, whose variance is exact for V = I: Beta(n/4, n/4)
    const slope = (n * (high - low)) / (square - trace ** 2 / n);
    const ofShare = 1 / 4 / (n / 2 + 1);
    const found = analyticVariance(moments(n / 2), [0, 1], trace, square, n);
    expect(found / (slope ** 2 * ofShare)).toBeCloseTo(1, 1);
  });

  it('is 0 where the trait is an eigenvector: scaled to its sample, it cannot vary', () => {
    expect(analyticVariance(moments(n), [0.8, 0.2], trace, square, n)).toBeCloseTo(0, 12);
  });
});

describe('blocksInLd', () => {
  // M variants of mean LD score l among n people: T = n² M l + b² / n
  const sums = (variants: number, n: number, score: number) => ({
    products: Float64Array.of(n ** 2 * variants * score + variants ** 2 * n),
    traces: Float64Array.of(variants * n),
  });

  it.each([
    [500_000, 100, 1], // blocks of 5,000 variants
    [4000, 7, 6], // of 40, where 210 are needed
    [4000, 1000, 10], // relatives: all is alike, and ten blocks are left
  ])('%i variants of LD score %f: %i of 100 blocks', (variants, score, reach) => {
    expect(blocksInLd(sums(variants, 2000, score), 100, variants, 2000)).toBe(reach);
  });

  it('leaves few blocks as they are', () => {
    expect(blocksInLd(sums(600, 2000, 7), 12, 600, 2000)).toBe(1);
  });
});

describe('combinedVariance', () => {
  it('is theory where the jackknife finds no more', () => {
    expect(combinedVariance(0.3, 0.01, 0.008, 0.5)).toBe(0.01);
  });

  it('adds what uneven effects move the estimate by', () => {
    expect(combinedVariance(0, 0.01, 0.03, 0.5)).toBeCloseTo(0.03, 12);
    // at h² = 1 more genetic variance of evenly tagged variants changes nothing
    expect(combinedVariance(1, 0.01, 0.03, 0)).toBeCloseTo(0.01, 12);
    expect(combinedVariance(0.5, 0.01, 0.03, 1)).toBeCloseTo(0.01 + (0.02 * 1.25) / 2, 12);
  });
});

describe('unevenness', () => {
  it('is the squared coefficient of variation of what chance leaves', () => {
    // LD scores 2 and 6 of four variants among 100 people: x'XX'x = n² l + n M
    const [n, variants] = [100, 4];
    const tagged = [2, 6, 2, 6].map((score) => n ** 2 * score + n * variants);
    const same = { weights: new Float64Array(4).fill(1), first: tagged, second: tagged, stride: 1 };
    expect(unevenness(same, Float64Array.of(n * variants), n)).toBeCloseTo(4 / 16, 10);
  });
});
