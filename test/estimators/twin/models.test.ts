import { describe, expect, it } from 'vitest';
import { fitModel } from '../../../src/estimators/twin/models.js';
import { RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { sumsFromCorrelations } from '../../../src/estimators/twin/strata.js';

const golden = sumsFromCorrelations([
  { label: 'MZ', relationship: RELATIONSHIPS.mz, r: 0.62, pairs: 1000 },
  { label: 'DZ', relationship: RELATIONSHIPS.dz, r: 0.36, pairs: 1000 },
]);

describe('fitModel on the golden case (METHODS 9.2)', () => {
  const ace = fitModel('ACE', golden);

  it('has the raw and standardised standard errors', () => {
    expect(ace.se.VA).toBeCloseTo(0.062799, 6);
    expect(ace.se.VC).toBeCloseTo(0.055189, 6);
    expect(ace.se.VE).toBeCloseTo(0.016748, 6);
    expect(ace.se.a2).toBeCloseTo(0.061463, 6);
    expect(ace.se.c2).toBeCloseTo(0.054817, 6);
    expect(ace.se.e2).toBeCloseTo(0.017917, 6);
  });

  it('has the profile interval of a2, and 0 where the bound is hit', () => {
    expect(ace.ci95.a2![0]).toBeCloseTo(0.40112, 5);
    expect(ace.ci95.a2![1]).toBeCloseTo(0.64055, 5);
    expect(ace.ci95.c2![0]).toBe(0);
  });

  it('counts parameters and information criteria', () => {
    expect(ace.parameters).toBe(3);
    expect(ace.aic).toBeCloseTo(ace.minus2lnL + 6, 10);
    expect(ace.bic).toBeCloseTo(ace.minus2lnL + 3 * Math.log(2000), 10);
  });

  it('intervals of free components go below 0', () => {
    const free = fitModel('ACE', golden, { bounds: 'free' });
    expect(free.ci95.c2![0]).toBeLessThan(0);
    expect(free.ci95.c2![0]).toBeGreaterThan(-0.05);
    expect(free.ci95.a2![1]).toBeGreaterThan(ace.ci95.a2![1]);
  });

  it('leaves intervals out where they are not wanted', () => {
    expect(fitModel('AE', golden, { intervals: false }).ci95).toEqual({});
  });
});

describe('fitModel on other relatives', () => {
  it('recovers components from half and full siblings', () => {
    const sums = sumsFromCorrelations([
      { label: 'FS', relationship: RELATIONSHIPS['full-siblings'], r: 0.35, pairs: 800 },
      { label: 'HS', relationship: RELATIONSHIPS['half-siblings'], r: 0.25, pairs: 800 },
    ]);
    const ace = fitModel('ACE', sums);
    expect(ace.a2).toBeCloseTo(0.4, 8);
    expect(ace.c2).toBeCloseTo(0.15, 8);
  });

  it('separates A, C, D and E with twins reared apart', () => {
    const [A, C, D] = [0.3, 0.1, 0.2];
    const sums = sumsFromCorrelations([
      { label: 'MZ', relationship: RELATIONSHIPS.mz, r: A + C + D, pairs: 500 },
      { label: 'DZ', relationship: RELATIONSHIPS.dz, r: A / 2 + C + D / 4, pairs: 500 },
      { label: 'MZA', relationship: RELATIONSHIPS['mz-apart'], r: A + D, pairs: 500 },
    ]);
    const fit = fitModel('ACDE', sums, { intervals: false });
    expect([fit.a2, fit.c2, fit.d2, fit.e2]).toEqual(
      [A, C, D, 1 - A - C - D].map((v) => expect.closeTo(v, 7)),
    );
  });

  it('says so where the relatives do not identify the model', () => {
    expect(() => fitModel('ACDE', golden)).toThrow(/cannot tell the components of the model apart/);
  });

  it('says so where relatives do not differ at all', () => {
    const same = sumsFromCorrelations([
      { label: 'MZ', relationship: RELATIONSHIPS.mz, r: 1, pairs: 100 },
      { label: 'DZ', relationship: RELATIONSHIPS.dz, r: 0.5, pairs: 100 },
    ]);
    expect(() => fitModel('ACE', same)).toThrow(/do not differ at all/);
  });
});
