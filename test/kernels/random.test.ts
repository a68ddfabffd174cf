import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naturalLog, normalQuantile, philox } from '../../src/kernels/typescript/random.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';

const numbers = (fill: (out: Float64Array) => void, count: number): Float64Array => {
  const out = new Float64Array(count);
  fill(out);
  return out;
};

describe('philox', () => {
  // The known-answer vectors of the authors' Random123 library.
  it.each([
    [
      [0, 0],
      [0, 0, 0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0xa4093822, 0x299f31d0],
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words for key %j', (key, counter, words) => {
    expect([...philox(key, counter)]).toEqual(words);
  });
});

describe('naturalLog', () => {
  it('agrees with Math.log to 2 units in the last place', () => {
    for (let e = -300; e <= 300; e += 7) {
      for (const m of [1, 1.1, 1.41, 1.42, 1.9999]) {
        const x = m * 10 ** e;
        expect(Math.abs(naturalLog(x) / Math.log(x) - 1)).toBeLessThan(4.5e-16);
      }
    }
    expect(naturalLog(1)).toBe(0);
    expect(naturalLog(1 - 2 ** -53)).toBe(-(2 ** -53) - 2 ** -107);
  });
});

describe('normalQuantile', () => {
  // Quantiles computed with 50 digits (mpmath's erfinv).
  it.each([
    [0.6, 0.2533471031357998],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167814],
    [1e-9, -5.997807015007687],
    [2 ** -53, -8.209536151601387],
  ])('is exact at %d', (u, x) => {
    expect(Math.abs(normalQuantile(u) / x - 1)).toBeLessThan(1e-15);
  });

  it('is odd about one half', () => {
    for (const u of [0.01, 0.06, 0.3, 0.49])
      expect(normalQuantile(1 - u) / normalQuantile(u)).toBeCloseTo(-1, 13);
    expect(normalQuantile(0.5)).toBe(0);
  });
});

describeBackends((kernels) => {
  it('turns the first known-answer block into the first two numbers', () => {
    const expected = [0xe169c58d * 2 ** 20 + (0x6627e8d5 >>> 12), 0x9b00dbd8 * 2 ** 20 + (0xbc57ac4c >>> 12)];
    const out = numbers((o) => kernels.uniform(0, 0, 0, o), 2);
    expect([...out]).toEqual(expected.map((bits) => (bits + 0.5) * 2 ** -52));
  });

  it('gives the bits of the oracle for any seed, stream, index and count', () => {
    const integer = fc.maxSafeNat();
    fc.assert(
      fc.property(
        integer,
        integer,
        fc.nat({ max: 2 ** 52 }),
        fc.nat({ max: 300 }),
        (seed, stream, first, count) => {
          for (const kind of ['uniform', 'normal'] as const) {
            const ours = numbers((o) => kernels[kind](seed, stream, first, o), count);
            const theirs = numbers((o) => oracle[kind](seed, stream, first, o), count);
            expect(ours).toEqual(theirs);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the same numbers however they are cut', () => {
    const whole = numbers((o) => kernels.normal(7, 3, 0, o), 1001);
    const cut = new Float64Array(1001);
    for (let first = 0, size = 1; first < 1001; first += size, size = (size * 5) % 67) {
      kernels.normal(7, 3, first, cut.subarray(first, Math.min(first + size, 1001)));
    }
    expect(cut).toEqual(whole);
  });
});

// Every backend gives the same bits, so one stands for all.
describe('a million numbers', () => {
  const COUNT = 1_000_000;

  it('are uniform: moments, distribution, no correlation of neighbours', () => {
    const u = numbers((o) => oracle.uniform(20, 1, 0, o), COUNT);
    let lagged = 0;
    for (let i = 1; i < COUNT; i++) lagged += (u[i] - 0.5) * (u[i - 1] - 0.5);
    const { mean, variance } = moments(u);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / COUNT));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / COUNT));
    expect(Math.abs(lagged / COUNT)).toBeLessThan(4 / 12 / Math.sqrt(COUNT));
    expect(kolmogorovSmirnov(u, (x) => x)).toBeLessThan(2.2); // P = 1e-4
    expect(u.every((x) => x > 0 && x < 1)).toBe(true);
  });

  it('are standard normal: moments, distribution, no correlation of streams', () => {
    const x = numbers((o) => oracle.normal(20, 2, 0, o), COUNT);
    const y = numbers((o) => oracle.normal(20, 3, 0, o), COUNT);
    const { mean, variance, skewness, kurtosis } = moments(x);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
    expect(Math.abs(skewness)).toBeLessThan(4 * Math.sqrt(6 / COUNT));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / COUNT));
    const product = x.reduce((sum, value, i) => sum + value * y[i], 0);
    expect(Math.abs(product / COUNT)).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(kolmogorovSmirnov(x, normalDistribution)).toBeLessThan(2.2);
  });
});

function moments(x: Float64Array) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const central = (k: number) => x.reduce((sum, value) => sum + (value - mean) ** k, 0) / x.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** sqrt(n) times the largest distance between the empirical and the given distribution function. */
function kolmogorovSmirnov(x: Float64Array, distribution: (x: number) => number): number {
  const sorted = x.slice().sort();
  let largest = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = distribution(sorted[i]);
    largest = Math.max(largest, p - i / sorted.length, (i + 1) / sorted.length - p);
  }
  return largest * Math.sqrt(sorted.length);
}

/** Distribution function of N(0, 1) to 1e-7 (Abramowitz and Stegun 26.2.17). */
function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}
