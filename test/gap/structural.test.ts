import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectionProbability, structural } from '../../src/gap/structural.js';
import { expectDigits, outputs } from './golden.js';

describe('structural variants and repeats (METHODS 10.5)', () => {
  it.each([
    [50, '0.997506'],
    [100, '0.990099'],
    [1000, '0.5'],
    [5000, '0.0384615'],
  ])('p_det(%d) with lambda 1000, kappa 2 is %s', (length, written) => {
    expectDigits(detectionProbability(length, 1000, 2), written);
  });

  it('reproduces the example', () => {
    const values = outputs(structural);
    expectDigits(values.observed, '0.2950261');
    expectDigits(0.12 - values.missedSv, '0.00138462');
    expectDigits(0.08 - values.missedStr, '0.02364148');
    expectDigits(0.3 - values.missedSnv, '0.27');
    expect(values.total).toBeCloseTo(0.5, 12);
  });

  it('is one half at lambda for any kappa, 1 at length 0, and falls with length', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 8, noNaN: true }),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (lambda, kappa, length) => {
          expect(detectionProbability(lambda, lambda, kappa)).toBe(0.5);
          expect(detectionProbability(0, lambda, kappa)).toBe(1);
          const p = detectionProbability(length, lambda, kappa);
          expect(detectionProbability(length * 2, lambda, kappa)).toBeLessThan(p + 1e-15);
        },
      ),
    );
  });

  it('refuses a negative kappa and more than all variance', () => {
    expect(() => outputs(structural, { svSteepness: -1 })).toThrow(
      /--sv-steepness is impossible.*at least 0/,
    );
    expect(() => outputs(structural, { svVariance: 0.9 })).toThrow(/impossible together/);
  });
});
