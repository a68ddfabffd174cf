import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, bestFace, fitComponents } from '../../../src/estimators/twin/components.js';
import { type Component, RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { sumsFromCorrelations } from '../../../src/estimators/twin/strata.js';

const twins = (mz: number, dz: number, pairs = 1000) =>
  sumsFromCorrelations([
    { label: 'MZ', relationship: RELATIONSHIPS.mz, r: mz, pairs },
    { label: 'DZ', relationship: RELATIONSHIPS.dz, r: dz, pairs },
  ]);
const fit = (sums: ReturnType<typeof twins>, name: string, bounds: Bounds = 'bounded') =>
  fitComponents(sums, [...name] as Component[], bounds)!;

describe('the golden case of METHODS 9.2', () => {
  const sums = twins(0.62, 0.36);

  it.each([
    ['ACE', [0.52, 0.1, 0.38], 10727.547986],
    ['AE', [0.624017, 0.371436], 10730.706488],
    ['CE', [0.49, 0.51], 10802.371399],
    ['E', [1], 11351.508266],
  ])('%s', (name, estimates, minus2lnL) => {
    const { variances, minus2lnL: found } = fit(sums, name);
    expect(found).toBeCloseTo(minus2lnL, 6);
    [...variances.values()].forEach((variance, i) => {
      expect(variance).toBeCloseTo(estimates[i], 6);
    });
  });
});

describe('bounds', () => {
  it('free components are Falconer exactly, negative ones included', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.3, max: 0.95, noNaN: true }),
        fc.double({ min: -0.3, max: 0.95, noNaN: true }),
        (mz, dz) => {
          const { variances } = fit(twins(mz, dz, 200), 'ACE', 'free');
          expect(variances.get('A')).toBeCloseTo(2 * (mz - dz), 6);
          expect(variances.get('C')).toBeCloseTo(2 * dz - mz, 6);
          expect(variances.get('E')).toBeCloseTo(1 - mz, 6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('bounded components are never below 0, and never fit better than free ones', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.5, max: 0.95, noNaN: true }),
        fc.double({ min: -0.5, max: 0.95, noNaN: true }),
        fc.constantFrom('ACE', 'ADE', 'AE', 'CE'),
        (mz, dz, name) => {
          const sums = twins(mz, dz, 300);
          const [bounded, free] = [fit(sums, name), fit(sums, name, 'free')];
          for (const value of bounded.variances.values()) expect(value).toBeGreaterThanOrEqual(0);
          expect(bounded.minus2lnL).toBeGreaterThanOrEqual(free.minus2lnL - 1e-7);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a component that would be negative is at the bound, and the fit is that of the model without it', () => {
    const sums = twins(0.7778, 0.305);
    const ace = fit(sums, 'ACE');
    expect(ace.interior).toEqual(['A', 'E']);
    expect(ace.minus2lnL).toBe(fit(sums, 'AE').minus2lnL);
  });
});

describe('held components', () => {
  it('at its estimate the profile is the fit itself', () => {
    const sums = twins(0.62, 0.36);
    const best = fit(sums, 'ACE').minus2lnL;
    const at = (held: Parameters<typeof fitComponents>[3]) =>
      fitComponents(sums, ['A', 'C', 'E'], 'bounded', held)!;
    expect(at({ component: 'A', share: 0.52 }).minus2lnL).toBeCloseTo(best, 8);
    expect(at({ component: 'C', variance: 0.1 }).minus2lnL).toBeCloseTo(best, 8);
    expect(at({ component: 'A', share: 0 }).minus2lnL).toBeCloseTo(fit(sums, 'CE').minus2lnL, 8);
    const half = at({ component: 'A', share: 0.6 }).variances;
    expect(half.get('A')! / (half.get('A')! + half.get('C')! + half.get('E')!)).toBeCloseTo(0.6, 12);
  });
});

describe('bestFace', () => {
  it('finds the least squares fit with coefficients of at least 0 among faces', () => {
    // minimise |x - (-1, 2)|^2 over x >= 0: (0, 2).
    const target = [-1, 2];
    const fitFace = (face: readonly number[]) => ({
      values: face.map((i) => target[i]),
      minus2lnL: target.reduce((sum, t, i) => sum + (face.includes(i) ? 0 : t * t), 0),
      face,
    });
    expect(bestFace([0, 1], fitFace, ({ values }) => values)!.face).toEqual([1]);
  });
});
