import { describe, expect, it } from 'vitest';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { simulateFounders } from '../../src/simulation/founders.js';
import { empiricalSpectrum, type FrequencySpectrum, neutralSpectrum } from '../../src/simulation/spectrum.js';

function minorFrequencies(spectrum: FrequencySpectrum, minFrequency: number, maxFrequency = 0.5): number[] {
  const { alleles, stride, founders, variants } = simulateFounders(typescriptKernels, {
    seed: 1,
    chromosome: 1,
    variants: 2000,
    founders: 400,
    minFrequency,
    maxFrequency,
    spacing: 20_000,
    spectrum,
  });
  return Array.from({ length: variants }, (_, v) => {
    let carriers = 0;
    for (let h = 0; h < founders; h++) carriers += (alleles[h * stride + (v >> 3)] >> (v & 7)) & 1;
    return Math.min(carriers, founders - carriers) / founders;
  });
}

const share = (values: readonly number[], limit: number) =>
  values.filter((value) => value <= limit).length / values.length;

describe('frequency spectra', () => {
  it('neutral: new alleles in proportion to 1 / f', () => {
    const found = minorFrequencies(neutralSpectrum, 0.02);
    const upTo = (limit: number) => {
      let sum = 0;
      for (let s = 8; s <= 400 * limit; s++) sum += (1 / s + 1 / (400 - s)) / (s === 200 ? 2 : 1);
      return sum;
    };
    for (const limit of [0.05, 0.1, 0.2, 0.3])
      expect(Math.abs(share(found, limit) - upTo(limit) / upTo(0.5))).toBeLessThan(0.05);
  });

  it('of given variants', () => {
    // density in proportion to f: the opposite of a neutral one
    const given = Float64Array.from({ length: 5000 }, (_, k) => 0.5 * Math.sqrt((k + 0.5) / 5000));
    const found = minorFrequencies(empiricalSpectrum(given), 0.01);
    for (const limit of [0.1, 0.2, 0.3, 0.4])
      expect(Math.abs(share(found, limit) - (2 * limit) ** 2)).toBeLessThan(0.05);
  });

  it('of given variants only', () => {
    const given = Float64Array.of(0.11, 0.115, 0.88, 1, 0, Number.NaN);
    for (const f of minorFrequencies(empiricalSpectrum(given), 0.01)) {
      expect(f).toBeGreaterThanOrEqual(0.11);
      expect(f).toBeLessThan(0.13);
    }
    expect(() => empiricalSpectrum(Float64Array.of(0, 1))).toThrow(
      /no variant of the frequencies given varies/,
    );
  });

  it('within limits', () => {
    const found = minorFrequencies(() => 1, 0.05, 0.1);
    expect(Math.min(...found)).toBe(0.05);
    expect(Math.max(...found)).toBe(0.1);
  });
});
