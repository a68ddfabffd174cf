import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectedDiscoveries,
  gwasPower,
  gwasPowerModel,
  significanceThreshold,
} from '../../src/gap/gwas-power.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { expectDigits, outputs } from './golden.js';

describe('polygenicity and GWAS power (METHODS 10.12)', () => {
  it('has the thresholds of genome-wide significance', () => {
    const values = outputs(gwasPowerModel);
    expectDigits(values.threshold, '5.4513');
    expectDigits(values.chiSquare, '29.7168');
  });

  it('power is the significance level without an effect, one half near the threshold, and rises', () => {
    const z = significanceThreshold(5e-8);
    expect(gwasPower(0, 1e5, z) / 5e-8).toBeCloseTo(1, 9);
    // Noncentrality z^2: half of the normal lies above.
    const v = z ** 2 / (1e5 + z ** 2);
    expect(gwasPower(v, 1e5, z)).toBeCloseTo(0.5, 9);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        fc.integer({ min: 100, max: 1e6 }),
        (w, n) => {
          expect(gwasPower(w, 2 * n, z)).toBeGreaterThanOrEqual(gwasPower(w, n, z) * (1 - 1e-9));
        },
      ),
    );
  });

  it('hits explain less than all SNPs, all of it with endless samples, nearly nothing with few', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e3, max: 1e6 }),
        fc.constantFrom('equal', 'normal'),
        (samples, effects) => {
          const values = outputs(gwasPowerModel, { samples, effects });
          expect(values.h2Hits).toBeGreaterThanOrEqual(0);
          expect(values.h2Hits).toBeLessThanOrEqual(0.31 + 1e-9);
        },
      ),
    );
    expect(outputs(gwasPowerModel, { samples: 1e12 }).hitShare).toBeCloseTo(1, 3);
    expect(outputs(gwasPowerModel, { samples: 1000 }).hitShare).toBeLessThan(1e-3);
  });

  it('with equal effects is causal x power', () => {
    const values = outputs(gwasPowerModel, { effects: 'equal', causal: 1000, samples: 100_000 });
    expect(values.hits).toBeCloseTo(1000 * values.power, 9);
    expect(values.h2Hits).toBeCloseTo(0.31 * values.power, 12);
  });

  it('with normal effects agrees with drawing them', () => {
    const draws = 200_000;
    const z = new Float64Array(draws);
    typescriptKernels.normal(5, 0, 0, z);
    const [mean, samples, threshold] = [2e-5, 1e6, significanceThreshold(5e-8)];
    const values = z.map((effect) => mean * effect * effect);
    const average = (f: (v: number) => number) => values.reduce((sum, v) => sum + f(v), 0) / draws;
    const expected = expectedDiscoveries(mean, samples, threshold, 'normal');
    expect(expected.power / average((v) => gwasPower(v, samples, threshold))).toBeCloseTo(1, 1);
    expect(expected.variance / average((v) => v * gwasPower(v, samples, threshold))).toBeCloseTo(1, 1);
  });

  it('refuses one variant that explains everything', () => {
    expect(() => outputs(gwasPowerModel, { h2: 1, causal: 1 })).toThrow(/one variant cannot explain all/);
  });
});
