import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseCounts } from '../../../src/estimators/twin/analysis.js';
import { quadrantChances } from '../../../src/estimators/twin/bivariate-normal.js';
import { tetrachoric } from '../../../src/estimators/twin/liability.js';
import { fitLiabilityModel } from '../../../src/estimators/twin/liability-models.js';
import { RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { normalCdf } from '../../../src/linalg/distributions.js';

/** BMI above 22 in the younger women of shared/data/twins/oz-twins.csv. */
const OVERWEIGHT = [
  {
    label: 'MZ',
    relationship: RELATIONSHIPS.mz,
    both: 53,
    one: 81,
    neither: 400,
    singleAffected: 10,
    singleUnaffected: 22,
  },
  {
    label: 'DZ',
    relationship: RELATIONSHIPS.dz,
    both: 27,
    one: 81,
    neither: 220,
    singleAffected: 6,
    singleUnaffected: 15,
  },
];

describe('quadrantChances', () => {
  it.each([
    [0, 0.5, 1 / 4 + Math.asin(0.5) / (2 * Math.PI)],
    [0, -0.999, 1 / 4 + Math.asin(-0.999) / (2 * Math.PI)],
    [1.3, 0, normalCdf(-1.3) ** 2],
  ])('P(both above %d | r %d)', (threshold, r, expected) => {
    expect(quadrantChances(threshold, r).both).toBeCloseTo(expected, 12);
  });

  it('are chances, rise with the correlation, and keep the marginal', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: -0.999, max: 0.99, noNaN: true }),
        (threshold, r) => {
          const { both, one, neither } = quadrantChances(threshold, r);
          for (const chance of [both, one, neither]) {
            expect(chance).toBeGreaterThan(-1e-12);
            expect(chance).toBeLessThan(1);
          }
          expect(both + one + neither).toBeCloseTo(1, 12);
          expect(both + one / 2).toBeCloseTo(normalCdf(-threshold), 12);
          expect(quadrantChances(threshold, r + 0.009).both).toBeGreaterThan(both - 1e-12);
        },
      ),
    );
  });
});

describe('tetrachoric correlations', () => {
  it('agree with SciPy', () => {
    const fit = tetrachoric(OVERWEIGHT);
    expect(fit.correlations[0]).toBeCloseTo(0.73180253, 6);
    expect(fit.correlations[1]).toBeCloseTo(0.42624636, 6);
    expect(fit.thresholds[0]).toBeCloseTo(0.91184269, 6);
    expect(fit.minus2lnL).toBeCloseTo(936.9714516 + 675.2862946, 6);
  });

  it('return the correlation that made the counts', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.double({ min: -0.6, max: 0.95, noNaN: true }),
        (threshold, r) => {
          const { both, one, neither } = quadrantChances(threshold, r);
          const n = 1e9;
          const counts = [both, one, neither].map((chance) => Math.round(n * chance));
          const [group] = [{ ...OVERWEIGHT[0], both: counts[0], one: counts[1], neither: counts[2] }];
          const fit = tetrachoric([{ ...group, singleAffected: 0, singleUnaffected: 0 }]);
          expect(fit.correlations[0]).toBeCloseTo(r, 4);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    [{ one: 0 }, /at its limit/],
    [{ both: 0, neither: 0 }, /at its limit/],
    [{ both: 0, one: 0, neither: 10, singleAffected: 0 }, /at its limit/],
    [{ both: 1.5 }, /count of MZ pairs is impossible/],
    [{ neither: -1 }, /count of MZ pairs is impossible/],
  ])('refuse counts without information (%#)', (change, message) => {
    expect(() => tetrachoric([{ ...OVERWEIGHT[0], ...change }])).toThrow(message);
  });
});

describe('ACE of a liability', () => {
  it('agrees with SciPy', () => {
    const ace = fitLiabilityModel('ACE', OVERWEIGHT, 'equal');
    expect(ace.minus2lnL).toBeCloseTo(1613.8384833, 6);
    expect(ace.a2).toBeCloseTo(0.63190013, 5);
    expect(ace.c2).toBeCloseTo(0.10530552, 5);
    expect(ace.means[0]).toMatchObject({ name: 'threshold', value: expect.closeTo(0.86773043, 6) });
    expect(ace.parameters).toBe(3);
    const [low, high] = ace.ci95.a2!;
    expect(low).toBeGreaterThan(0.1);
    expect(low).toBeLessThan(ace.a2);
    expect(high).toBeGreaterThan(ace.a2);
    expect(high).toBeLessThan(1);
    expect(ace.ci95.c2![0]).toBe(0);
  });

  it('with thresholds by group it is the saturated model, and solves like Falconer', () => {
    const { correlations, minus2lnL } = tetrachoric(OVERWEIGHT);
    const ace = fitLiabilityModel('ACE', OVERWEIGHT, 'by-group', { intervals: false });
    expect(ace.minus2lnL).toBeCloseTo(minus2lnL, 7);
    expect(ace.a2).toBeCloseTo(2 * (correlations[0] - correlations[1]), 6);
    expect(ace.parameters).toBe(4);
  });

  it('is compared with its submodels and the saturated model', () => {
    const analysis = analyseCounts(OVERWEIGHT);
    const find = (model: string, against: string) =>
      analysis.comparisons.find((row) => row.model === model && row.against === against)!;
    expect(find('ACE', 'saturated')).toMatchObject({ df: 1, lrt: expect.closeTo(1.5807, 3) });
    expect(find('AE', 'ACE').p).toBeGreaterThan(0.05);
    expect(find('E', 'ACE').p).toBeLessThan(1e-10);
    const weights = find('E', 'ACE').mixture.map(({ weight }) => weight);
    expect(weights[1]).toBe(0.5);
    expect(weights[2]).toBeGreaterThan(0);
    expect(weights[2]).toBeLessThan(0.25);
    expect(analysis.falconer!.a2).toBeCloseTo(2 * (0.73180253 - 0.42624636), 6);
  });

  it('holds a component at the bound where it would be negative', () => {
    const rare = [
      { ...OVERWEIGHT[0], both: 60, one: 60, neither: 400 },
      { ...OVERWEIGHT[1], both: 10, one: 100, neither: 300 },
    ];
    const ace = fitLiabilityModel('ACE', rare, 'equal');
    expect(ace.c2).toBe(0);
    expect(ace.atBound).toEqual(['C']);
    expect(fitLiabilityModel('ACE', rare, 'equal', { bounds: 'free', intervals: false }).c2).toBeLessThan(0);
  });
});
