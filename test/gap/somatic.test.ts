import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageCohort, meanSomaticVariance } from '../../src/gap/age-cohort.js';
import { somatic, somaticVariance } from '../../src/gap/somatic.js';
import { integrate } from '../../src/linalg/quadrature.js';
import { expectDigits, outputs } from './golden.js';

const PROCESS = {
  rate: 0.5,
  effectMean: 0,
  effectVariance: 1,
  initialFraction: 0.01,
  growth: 0.05,
  capped: false,
};

describe('somatic mosaicism (METHODS 10.10)', () => {
  it.each([
    [20, '0.00319453', '0.498408'],
    [40, '0.0267991', '0.486950'],
    [60, '0.2012144', '0.416245'],
    [80, '1.4899790', '0.200805'],
  ])('at age %d: V_s %s, h2 %s', (age, variance, h2) => {
    const values = outputs(somatic, { age });
    expectDigits(values.somaticVariance, variance);
    expectDigits(values.h2, h2);
  });

  it('tends to lambda sigma^2 f0^2 t as s tends to 0, from both sides', () => {
    for (const growth of [0, 1e-12, -1e-12]) {
      expect(somaticVariance(60, { ...PROCESS, growth })).toBeCloseTo(0.5 * 1e-4 * 60, 10);
    }
  });

  it('saturates where clones shrink', () => {
    expect(somaticVariance(1e6, { ...PROCESS, growth: -0.1 })).toBeCloseTo((0.5 * 1e-4) / 0.2, 12);
  });

  it('a mean effect counts with its square', () => {
    const both = somaticVariance(50, { ...PROCESS, effectMean: 2 });
    expect(both).toBeCloseTo(5 * somaticVariance(50, PROCESS), 12);
  });

  it('with a cap is the numerical integral of the capped clone fraction', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 150, noNaN: true }),
        fc.double({ min: -0.1, max: 0.3, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (age, growth, initialFraction) => {
          const process = { ...PROCESS, growth, initialFraction, capped: true };
          // V = lambda sigma^2 int_0^t min(1, f0 e^(s (t - u)))^2 du
          const integrand = (u: number) => Math.min(1, initialFraction * Math.exp(growth * (age - u))) ** 2;
          const kink = growth > 0 ? Math.max(0, age - Math.log(1 / initialFraction) / growth) : 0;
          const integral = integrate(integrand, 0, kink) + integrate(integrand, kink, age);
          expect(somaticVariance(age, process)).toBeCloseTo(0.5 * integral, 9);
        },
      ),
    );
  });

  it('never exceeds the formula without a cap, and rises with age', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 140, noNaN: true }), (age) => {
        const capped = { ...PROCESS, capped: true };
        expect(somaticVariance(age, capped)).toBeLessThanOrEqual(somaticVariance(age, PROCESS) * (1 + 1e-12));
        expect(somaticVariance(age + 5, PROCESS)).toBeGreaterThan(somaticVariance(age, PROCESS));
        expect(outputs(somatic, { age: age + 5 }).h2).toBeLessThan(outputs(somatic, { age }).h2);
      }),
    );
  });
});

describe('a cohort of many ages (METHODS 10.11)', () => {
  it('averages the variance over ages', () => {
    // int of (e^(2 s t) - 1) / (2 s) over [a, b] in closed form.
    const [a, b, s] = [40, 70, 0.05];
    const closed =
      (0.5 * 1e-4 * ((Math.exp(2 * s * b) - Math.exp(2 * s * a)) / (2 * s) - (b - a))) / (2 * s) / (b - a);
    expect(meanSomaticVariance(a, b, PROCESS)).toBeCloseTo(closed, 12);
    expect(outputs(ageCohort).h2Cohort).toBeCloseTo(0.5 / (1 + closed), 12);
  });

  it('is the heritability of one age where all are that old', () => {
    const one = outputs(ageCohort, { youngest: 60, oldest: 60 });
    expectDigits(one.h2Cohort, '0.416245');
    expect(meanSomaticVariance(60, 60, PROCESS)).toBe(somaticVariance(60, PROCESS));
  });

  it('refuses ages out of order', () => {
    expect(() => outputs(ageCohort, { youngest: 80 })).toThrow(/--youngest is above --oldest/);
  });
});
