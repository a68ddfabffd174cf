import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysePairs } from '../../../src/estimators/twin/analysis.js';
import { fitModel } from '../../../src/estimators/twin/models.js';
import { fitSaturated } from '../../../src/estimators/twin/saturated.js';
import { sumPairs } from '../../../src/estimators/twin/strata.js';
import { twinWarnings } from '../../../src/methods/twin/warnings.js';
import { SHARED, sharedFile } from '../../shared.js';
import { ozGroup, readOzTwins } from './oz-twins.js';

describe.skipIf(SHARED === undefined)('3,808 Australian twin pairs', () => {
  const rows = SHARED === undefined ? [] : readOzTwins();
  const groups = (trait: string, cohort: string, mz: string, dz: string, age = false) => [
    ozGroup(rows, { kind: 'mz', zygosity: mz, cohort, trait, age }),
    ozGroup(rows, { kind: 'dz', zygosity: dz, cohort, trait, age }),
  ];

  describe('ACE agrees with OpenMx', () => {
    const expected =
      SHARED === undefined
        ? []
        : readFileSync(sharedFile('expected/twins/openmx-ace.txt'), 'utf8').trim().split('\n');

    it.each(expected)('%s', (line) => {
      const [trait, cohort, mz, dz, ...named] = line.trim().split(/\s+/);
      const openmx: Record<string, number> = {};
      for (let i = 0; i < named.length; i += 2) openmx[named[i]] = Number(named[i + 1]);
      const pairs = groups(trait, cohort, mz, dz);
      const { correlations, models } = analysePairs(pairs, { models: ['ACE'], intervals: false });
      const [ace] = models;
      expect(correlations.MZ).toMatchObject({ pairs: openmx.nMZ, r: expect.closeTo(openmx.rMZ, 4) });
      expect(correlations.DZ).toMatchObject({ pairs: openmx.nDZ, r: expect.closeTo(openmx.rDZ, 4) });
      for (const [key, value] of [
        ['VA', openmx.A],
        ['VC', openmx.C],
        ['VE', openmx.E],
        ['a2', openmx.h2],
        ['c2', openmx.c2],
        ['e2', openmx.e2],
      ] as const) {
        expect(Math.abs(ace[key] - value)).toBeLessThan(1e-4);
      }
      expect(Math.abs(ace.minus2lnL - openmx['-2LL'])).toBeLessThan(1e-3);
    });
  });

  it('profile intervals of the components agree with those in the OpenMx test suite', () => {
    // inst/models/passing/SimpleConfidenceIntervals.R: BMI of young women. OpenMx states .556 (to .01) as the lower end
    // of A: with paths squared it stays at C = 0; the interval that lets C rise, here and below, ends lower.
    const ace = fitModel('ACE', sumPairs(groups('bmi', 'younger', 'MZFF', 'DZFF')));
    expect(Math.abs(ace.ci95.VA![0] - 0.556)).toBeLessThan(0.01);
    expect(Math.abs(ace.ci95.VA![1] - 0.683)).toBeLessThan(1e-3);
    // SciPy, as for the shares below.
    expect(ace.ci95.VA![0]).toBeCloseTo(0.5483965, 6);
    expect(ace.ci95.VA![1]).toBeCloseTo(0.6838811, 6);
    expect(ace.ci95.VC![0]).toBe(0);
    expect(Math.abs(ace.ci95.VC![1] - 0.052)).toBeLessThan(1e-3);
    expect(Math.abs(ace.ci95.VE![0] - 0.1537)).toBeLessThan(1e-4);
    expect(Math.abs(ace.ci95.VE![1] - 0.1956)).toBeLessThan(1e-4);
    const ae = fitModel('AE', sumPairs(groups('bmi', 'younger', 'MZFF', 'DZFF')));
    expect(Math.abs(ae.ci95.VA![0] - 0.556)).toBeLessThan(1e-3);
  });

  // SciPy: the pair likelihood written out, minimised over (V, other shares, mean) with the share held, brentq for the ends.
  it.each([
    [
      'bmi',
      'younger',
      'MZFF',
      'DZFF',
      { a2: [0.710462, 0.809654], c2: [0, 0.065441], e2: [0.190346, 0.252081] },
    ],
    ['ht', 'older', 'MZMM', 'DZMM', { a2: [0.47071, 0.904882], c2: [0, 0.432908], e2: [0.080204, 0.119226] }],
    [
      'bmi',
      'older',
      'MZMM',
      'DZMM',
      { a2: [0.424714, 0.754765], c2: [0, 0.265506], e2: [0.245235, 0.356539] },
    ],
  ] as const)('profile intervals of shares agree with SciPy: %s %s %s', (trait, cohort, mz, dz, expected) => {
    const ace = fitModel('ACE', sumPairs(groups(trait, cohort, mz, dz)));
    for (const key of ['a2', 'c2', 'e2'] as const) {
      expect(ace.ci95[key]![0]).toBeCloseTo(expected[key][0], 5);
      expect(ace.ci95[key]![1]).toBeCloseTo(expected[key][1], 5);
    }
  });

  // SciPy, same likelihood: Nelder-Mead over all 10 or 11 parameters.
  it('the saturated model agrees with SciPy, with and without age', () => {
    const saturated = fitSaturated(groups('bmi', 'younger', 'MZFF', 'DZFF'))!;
    expect(saturated.minus2lnL).toBeCloseTo(4055.9346062, 6);
    expect(saturated.parameters).toBe(10);
    const [mz, dz] = saturated.groups;
    expect(mz.means[0]).toBeCloseTo(21.34437831, 6);
    expect(dz.variances[1]).toBeCloseTo(0.82163123, 6);
    expect(dz.covariance).toBeCloseTo(0.24003996, 6);
    const withAge = fitSaturated(groups('bmi', 'younger', 'MZFF', 'DZFF', true), ['age'])!;
    expect(withAge.minus2lnL).toBeCloseTo(4015.1184574, 6);
    expect(withAge.parameters).toBe(11);
    expect(withAge.groups[0].variances[0]).toBeCloseTo(0.72136142, 6);
  });

  it('ACE with age as a covariate and means by zygosity agrees with SciPy', () => {
    const sums = sumPairs(groups('bmi', 'younger', 'MZFF', 'DZFF', true), 'by-group', ['age']);
    const ace = fitModel('ACE', sums, { intervals: false });
    expect(ace.minus2lnL).toBeCloseTo(4021.4277598, 6);
    expect(ace.parameters).toBe(6);
    expect(ace.VA).toBeCloseTo(0.59503281, 6);
    expect(ace.VE).toBeCloseTo(0.17199991, 6);
    expect(ace.means.map(({ name, value }) => [name, value])).toEqual([
      ['mean MZ', expect.closeTo(20.68937, 4)],
      ['mean DZ', expect.closeTo(20.79447, 4)],
      ['age', expect.closeTo(0.02759291, 6)],
    ]);
  });

  it('says that dominance is likely where r_MZ is more than twice r_DZ, and tests ADE', () => {
    const analysis = analysePairs(groups('bmi', 'younger', 'MZFF', 'DZFF'), { intervals: false });
    expect(
      twinWarnings(analysis)
        .map(({ text }) => text)
        .join('\n'),
    ).toMatch(/more than twice r_DZ/);
    expect(analysis.preferred).toBe('ADE');
    const test = analysis.comparisons.find(({ model, against }) => model === 'AE' && against === 'ADE')!;
    expect(test).toMatchObject({
      df: 1,
      mixture: [
        { df: 0, weight: 0.5 },
        { df: 1, weight: 0.5 },
      ],
    });
    expect(test.lrt).toBeCloseTo(4067.6629 - 4063.4496, 3);
    const fit = analysis.comparisons.find(
      ({ model, against }) => model === 'ACE' && against === 'saturated',
    )!;
    expect(fit.df).toBe(6);
  });
});
