import { describe, expect, it } from 'vitest';
import { typescriptKernels as kernels } from '../../src/kernels/typescript.js';
import {
  type FounderHaplotypes,
  type FounderOptions,
  simulateFounders,
} from '../../src/simulation/founders.js';

const OPTIONS: FounderOptions = {
  seed: 1,
  chromosome: 1,
  variants: 1200,
  founders: 400,
  minFrequency: 0.02,
  spacing: 5000,
};

const carriers = ({ founders, stride, alleles }: FounderHaplotypes, v: number): number[] =>
  Array.from({ length: founders }, (_, h) => (alleles[h * stride + (v >> 3)] >> (v & 7)) & 1);

describe('simulateFounders', () => {
  const made = simulateFounders(kernels, OPTIONS);
  const frequencies = Array.from(
    { length: made.variants },
    (_, v) => carriers(made, v).reduce((a, b) => a + b, 0) / made.founders,
  );

  it('makes minor alleles with frequencies spread evenly from the smallest to one half', () => {
    expect(Math.min(...frequencies)).toBeGreaterThanOrEqual(0.02);
    expect(Math.max(...frequencies)).toBeLessThanOrEqual(0.5);
    const sorted = frequencies.toSorted((a, b) => a - b);
    for (const p of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      expect(Math.abs(sorted[Math.floor(p * sorted.length)] - (0.02 + 0.48 * p))).toBeLessThan(0.06);
    }
  });

  it('makes no two variants alike', () => {
    const patterns = new Set(frequencies.map((_, v) => carriers(made, v).join('')));
    const mirrored = new Set(
      frequencies.map((_, v) =>
        carriers(made, v)
          .map((bit) => 1 - bit)
          .join(''),
      ),
    );
    expect(patterns.size).toBe(made.variants);
    for (const pattern of mirrored) expect(patterns.has(pattern)).toBe(false);
  });

  it('makes positions about the spacing apart and a map of about 1 centimorgan per megabase', () => {
    const { position, map, variants } = made;
    for (let v = 1; v < variants; v++) {
      expect(position[v]).toBeGreaterThan(position[v - 1]);
      expect(map[v]).toBeGreaterThanOrEqual(map[v - 1]);
    }
    expect(map[0]).toBe(0);
    const span = position.at(-1)! - position[0];
    expect(span / (variants - 1) / 5000).toBeCloseTo(1, 0);
    expect(Math.abs(Math.log(map.at(-1)! / (span / 1e6)))).toBeLessThan(Math.log(2.5));
  });

  it('is a function of seed and chromosome', () => {
    expect(simulateFounders(kernels, OPTIONS)).toEqual(made);
    expect(simulateFounders(kernels, { ...OPTIONS, seed: 2 }).alleles).not.toEqual(made.alleles);
    expect(simulateFounders(kernels, { ...OPTIONS, chromosome: 2 }).alleles).not.toEqual(made.alleles);
  });

  it('does not change earlier variants when there are more of them', () => {
    const shorter = simulateFounders(kernels, { ...OPTIONS, variants: 300 });
    for (const v of [0, 7, 150, 299]) expect(carriers(shorter, v)).toEqual(carriers(made, v));
    expect(shorter.position).toEqual(made.position.slice(0, 300));
  });

  it('refuses a frequency that so few founders cannot have', () => {
    for (const few of [
      { founders: 5, minFrequency: 0.45 },
      { founders: 6, minFrequency: 0.2 },
    ]) {
      expect(() => simulateFounders(kernels, { ...OPTIONS, ...few })).toThrow(
        /Raise --founders or lower --maf/,
      );
    }
  });

  it('moves on to new genealogies where recombination is rare', () => {
    const dense = simulateFounders(kernels, {
      ...OPTIONS,
      variants: 400,
      founders: 60,
      minFrequency: 0.2,
      spacing: 10,
    });
    expect(new Set(Array.from({ length: 400 }, (_, v) => carriers(dense, v).join(''))).size).toBe(400);
  });
});
