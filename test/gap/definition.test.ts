import { describe, expect, it } from 'vitest';
import { definition, missingShare } from '../../src/gap/definition.js';
import { expectDigits, outputs } from './golden.js';

describe('the definition gap (METHODS 9.1, 10.1)', () => {
  it('reproduces the worked example of the chapter', () => {
    const values = outputs(definition);
    expectDigits(values.twinH2, '0.52');
    expectDigits(values.c2, '0.10');
    expectDigits(values.e2, '0.38');
    expectDigits(values.gap, '0.21');
    expectDigits(values.missing, '0.4038');
    expectDigits(values.twinSe, '0.06743');
  });

  it('has a standard error by the delta method', () => {
    // d m = -d s / h + s d h / h^2
    const { missing, se } = missingShare({ h2: 0.5, se: 0.05 }, { h2: 0.25, se: 0.02 });
    expect(missing).toBe(0.5);
    expect(se).toBeCloseTo(Math.hypot(0.02 / 0.5, (0.25 * 0.05) / 0.25), 12);
  });

  it('is 0 where SNPs explain all, and negative where they explain more', () => {
    expect(outputs(definition, { snpH2: 0.52 }).missing).toBeCloseTo(0, 12);
    expect(outputs(definition, { snpH2: 0.6 }).missing).toBeLessThan(0);
  });

  it('refuses twins without heritability', () => {
    expect(() => outputs(definition, { rmz: 0.3, rdz: 0.36 })).toThrow(/not above 0.*r_MZ above r_DZ/);
    expect(() => outputs(definition, { rmz: 1.2 })).toThrow(/rmz is impossible/);
  });
});
