import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capturedByTags, tagging } from '../../src/gap/tagging.js';
import { taggingVariants } from '../../src/gap/tagging-variants.js';
import { expectDigits, outputs } from './golden.js';

const r2 = fc.double({ min: 0, max: 1, noNaN: true });

describe('imperfect tagging (METHODS 10.2)', () => {
  it('reproduces the worked example', () => {
    const values = outputs(tagging);
    expectDigits(values.captured, '0.2550');
    expectDigits(values.capturedShare, '0.51');
    expect(values.missedCommon).toBeCloseTo(0.02, 12);
    expect(values.missedLowFrequency).toBeCloseTo(0.225, 12);
  });

  it('captures all with perfect tags, nothing without, and never more than there is', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ h2: r2, r2 })), (classes) => {
        const total = classes.reduce((sum, { h2 }) => sum + h2, 0);
        expect(capturedByTags(classes)).toBeLessThanOrEqual(total + 1e-12);
        expect(capturedByTags(classes.map(({ h2 }) => ({ h2, r2: 1 })))).toBeCloseTo(total, 10);
        expect(capturedByTags(classes.map(({ h2 }) => ({ h2, r2: 0 })))).toBe(0);
      }),
    );
  });

  it('refuses more heritability than variance', () => {
    expect(() => outputs(tagging, { h2Common: 0.6, h2LowFrequency: 0.6 })).toThrow(
      /impossible together.*1\.2/,
    );
  });
});

describe('tagging by variant (METHODS 10.2)', () => {
  const variants = [
    { variant: 'a', maf: 0.5, effect: 1, r2: 0.8 },
    { variant: 'b', maf: 0.1, effect: -1, r2: 0.3 },
  ];

  it('sums r2 2 p (1 - p) a^2 over V_P', () => {
    const values = outputs(taggingVariants, { variants, phenotypicVariance: 2 });
    expect(values.total).toBeCloseTo((0.5 + 0.18) / 2, 12);
    expect(values.captured).toBeCloseTo((0.8 * 0.5 + 0.3 * 0.18) / 2, 12);
    expect(values.missedCommon + values.missedLowFrequency).toBeCloseTo(values.total - values.captured, 12);
  });

  it('is the class form where all variants of a class have one r2', () => {
    const classed = outputs(tagging, {
      h2Common: 0.25,
      r2Common: 0.8,
      h2LowFrequency: 0.09,
      r2LowFrequency: 0.3,
    });
    expect(outputs(taggingVariants, { variants, phenotypicVariance: 2 }).captured).toBeCloseTo(
      classed.captured,
      12,
    );
  });

  it('a filter on r2 loses the badly tagged', () => {
    expect(outputs(taggingVariants, { variants, phenotypicVariance: 2, lowestR2: 0.5 }).captured).toBeCloseTo(
      0.2,
      12,
    );
    expect(outputs(taggingVariants, { variants, phenotypicVariance: 2, lowestR2: 0.9 }).captured).toBe(0);
  });

  it('refuses variants that explain more than the variance', () => {
    expect(() => outputs(taggingVariants, { variants, phenotypicVariance: 0.5 })).toThrow(/same units/i);
  });
});
