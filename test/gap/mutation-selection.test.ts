import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equilibriumFrequency, locusVariance, mutationSelection } from '../../src/gap/mutation-selection.js';
import { expectDigits, outputs } from './golden.js';

describe('mutation-selection balance (METHODS 10.4)', () => {
  it.each([
    [1e-5, 0.1, 0.5, '1.999980e-4'],
    [1e-5, 0.1, 0, '0.01'],
    [1e-6, 0.01, 0.25, '3.99680e-4'],
  ])('u %d, s %d, h %d: q = %s', (u, s, h, written) => {
    expectDigits(equilibriumFrequency(u, s, h), written);
  });

  it('solves the quadratic, and is near u / (hs) where selection is strong', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-8, max: 1e-5, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (u, s, h) => {
          const q = equilibriumFrequency(u, s, h);
          const rest = s * (1 - 2 * h) * q * q + h * s * (1 + u) * q - u;
          expect(Math.abs(rest)).toBeLessThan(1e-9 * u);
          expect(q).toBeLessThanOrEqual(
            1.001 * (h === 0 ? Math.sqrt(u / s) : u / (h * s)) + (h > 0.5 ? 1e-2 : 0),
          );
          expect(equilibriumFrequency(u, s * 0.9, h)).toBeGreaterThanOrEqual(q);
        },
      ),
    );
  });

  it('is the recessive limit without loss of digits', () => {
    expect(equilibriumFrequency(1e-8, 0.04, 0)).toBeCloseTo(5e-4, 12);
  });

  it('an additive locus contributes about 2 u a^2 / (hs), and a^(2 - tau) with selection on the effect', () => {
    const q = equilibriumFrequency(1e-6, 0.1, 0.5);
    expect(locusVariance(q, 0.3, 0) / ((2 * 1e-6 * 0.09) / (0.5 * 0.1))).toBeCloseTo(1, 3);
    const at = (effect: number) =>
      outputs(mutationSelection, { mutationRate: 1e-7, effect, tau: 1 }).locusVariance;
    expect(at(0.4) / at(0.2)).toBeCloseTo(2 ** (2 - 1), 3);
  });

  it('sums over loci, and hides what is below the frequency that the array sees', () => {
    const values = outputs(mutationSelection, { loci: 500 });
    expect(values.totalVariance).toBeCloseTo(500 * values.locusVariance, 12);
    expect(values.missedByArray).toBe(values.totalVariance);
    expect(outputs(mutationSelection, { arrayThreshold: 1e-5 }).missedByArray).toBe(0);
  });

  it('says so where mutation outweighs selection', () => {
    expect(() => outputs(mutationSelection, { mutationRate: 0.05, selection: 0.001 })).toThrow(
      /no equilibrium/,
    );
    expect(() => outputs(mutationSelection, { effect: 0, tau: 1 })).toThrow(
      /the selection --selection .* is impossible/,
    );
  });
});
