import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rareVariantList } from '../../src/gap/rare-variant-list.js';
import { rareVariants, shareAboveFrequency } from '../../src/gap/rare-variants.js';
import { expectDigits, outputs } from './golden.js';

describe('rare variants under a power law (METHODS 10.3)', () => {
  it.each([
    [0, 1, '0.8702', '0.9976'],
    [0.25, 1, '0.6377', '0.9627'],
    [0.5, 1, '0.2311', '0.7129'],
    [0.75, 1, '0.0263', '0.3017'],
    [0.5, 0, '0.8702', '0.9976'],
  ])('g %d, d %d: array %s, sequencing %s', (g, d, array, sequencing) => {
    const values = outputs(rareVariants, { g, d });
    expectDigits(values.arrayShare, array);
    expectDigits(values.sequencingShare, sequencing);
    expect(values.alpha).toBe(-2 * g);
  });

  it('is 1 at the lowest frequency, falls with the threshold and with g', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.4, noNaN: true }),
        (g, d, t) => {
          expect(shareAboveFrequency(1e-5, 1e-4, g, d)).toBe(1);
          const share = shareAboveFrequency(t, 1e-4, g, d);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-12);
          expect(shareAboveFrequency(t * 1.1, 1e-4, g, d)).toBeLessThanOrEqual(share + 1e-12);
          expect(shareAboveFrequency(t, 1e-4, g + 0.1, d)).toBeLessThanOrEqual(share + 1e-9);
        },
      ),
    );
  });

  it('passes smoothly through exponents at which the integral is a logarithm', () => {
    const at = (g: number) => shareAboveFrequency(0.05, 1e-4, g, 1);
    expect(at(0.5 + 1e-9)).toBeCloseTo(at(0.5), 7);
    expect(at(0.5 - 1e-9)).toBeCloseTo(at(0.5), 7);
  });

  it('refuses thresholds out of order', () => {
    expect(() => outputs(rareVariants, { sequencingThreshold: 0.1 })).toThrow(/impossible together/);
    expect(() => outputs(rareVariants, { arrayThreshold: 0.6 })).toThrow(/--array-threshold is impossible/);
  });
});

describe('a list of rare variants (METHODS 10.3)', () => {
  it('reproduces the discrete check', () => {
    const values = outputs(rareVariantList);
    expectDigits(values.total, '0.11115');
    expectDigits(values.array, '0.032');
    expectDigits(values.sequencing, '0.09116');
    const { rows } = rareVariantList.evaluate({
      variants: [0.0005, 0.002, 0.01, 0.03, 0.1, 0.3].map((maf) => ({ maf })),
      k: 0.1,
      g: 0.5,
      arrayThreshold: 0.05,
      sequencingThreshold: 0.001,
    });
    ['0.01999', '0.01996', '0.0198', '0.0194', '0.018', '0.014'].forEach((written, j) => {
      expectDigits(rows![j].variance as number, written);
    });
  });

  it('counts a variant at the threshold as seen', () => {
    const seen = outputs(rareVariantList, { variants: [{ maf: 0.05 }], arrayThreshold: 0.05 });
    expect(seen.arrayShare).toBe(1);
  });

  it('approaches the continuous form for many variants with a uniform density', () => {
    const n = 20_000;
    const variants = Array.from({ length: n }, (_, j) => ({ maf: 1e-4 + ((j + 0.5) / n) * (0.5 - 1e-4) }));
    const listed = outputs(rareVariantList, { variants, g: 0.5, k: 0.001 });
    const continuous = outputs(rareVariants, { g: 0.5, d: 0 });
    expect(listed.arrayShare).toBeCloseTo(continuous.arrayShare, 3);
  });
});
