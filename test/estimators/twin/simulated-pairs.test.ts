import { describe, expect, it } from 'vitest';
import { compareModels, droppedCorrelation } from '../../../src/estimators/twin/comparisons.js';
import type { Bounds } from '../../../src/estimators/twin/components.js';
import { fitModel } from '../../../src/estimators/twin/models.js';
import { RELATIONSHIPS, type Relationship } from '../../../src/estimators/twin/relatives.js';
import { type PairSums, sumPairs } from '../../../src/estimators/twin/strata.js';
import { typescriptKernels } from '../../../src/kernels/typescript.js';

const REPLICATES = 1000;
const PAIRS = 150;

/** MZ and DZ pairs with these components and an eighth of the second twins missing. */
function simulate(seed: number, components: { A: number; C: number; E: number }): PairSums {
  const group = (label: string, relationship: Relationship, stream: number) => {
    const normal = new Float64Array(2 * PAIRS);
    typescriptKernels.normal(seed, stream, 0, normal);
    const total = components.A + components.C + components.E;
    const r = (relationship.additive * components.A + components.C) / total;
    const first = normal.slice(0, PAIRS).map((z) => 10 + Math.sqrt(total) * z);
    const second = normal.slice(PAIRS).map((z, i) => {
      return i % 8 === 0 ? Number.NaN : 10 + Math.sqrt(total) * (r * normal[i] + Math.sqrt(1 - r * r) * z);
    });
    return { label, relationship, first, second };
  };
  return sumPairs([group('MZ', RELATIONSHIPS.mz, 1), group('DZ', RELATIONSHIPS.dz, 2)]);
}

/** Share of replicates in which the test of `model` against ACE has P below 0.05. */
function testSize(model: string, components: { A: number; C: number; E: number }, bounds: Bounds): number {
  let rejected = 0;
  for (let seed = 0; seed < REPLICATES; seed++) {
    const sums = simulate(seed, components);
    const models = ['ACE', model].map((name) => fitModel(name, sums, { bounds, intervals: false }));
    const [test] = compareModels(models, undefined, bounds, droppedCorrelation(sums));
    if (test.p < 0.05) rejected++;
  }
  return rejected / REPLICATES;
}

/** Four standard errors of a share of 0.05 among the replicates. */
const MARGIN = 4 * Math.sqrt((0.05 * 0.95) / REPLICATES);

describe('1,000 simulated studies of 150 MZ and 150 DZ pairs', () => {
  it('free ACE estimates are unbiased, and their standard errors are right', () => {
    const truth = { VA: 1, VC: 0.4, VE: 0.6 };
    const keys = ['VA', 'VC', 'VE'] as const;
    const sums = { VA: 0, VC: 0, VE: 0 };
    const squares = { VA: 0, VC: 0, VE: 0 };
    const errors = { VA: 0, VC: 0, VE: 0 };
    for (let seed = 0; seed < REPLICATES; seed++) {
      const fit = fitModel('ACE', simulate(seed, { A: 1, C: 0.4, E: 0.6 }), {
        bounds: 'free',
        intervals: false,
      });
      for (const key of keys) {
        sums[key] += fit[key];
        squares[key] += fit[key] ** 2;
        errors[key] += fit.se[key]!;
      }
    }
    for (const key of keys) {
      const mean = sums[key] / REPLICATES;
      const sd = Math.sqrt(squares[key] / REPLICATES - mean ** 2);
      // Maximum likelihood with an estimated mean is biased by about V / pairs, below a third of the margin.
      expect(Math.abs(mean - truth[key])).toBeLessThan((4 * sd) / Math.sqrt(REPLICATES));
      expect(errors[key] / REPLICATES / sd).toBeCloseTo(1, 1);
    }
  });

  it.each([
    ['AE', { A: 0.5, C: 0, E: 0.5 }, 'bounded'],
    ['CE', { A: 0, C: 0.4, E: 0.6 }, 'bounded'],
    ['E', { A: 0, C: 0, E: 1 }, 'bounded'],
    ['AE', { A: 0.5, C: 0, E: 0.5 }, 'free'],
    ['E', { A: 0, C: 0, E: 1 }, 'free'],
  ] as const)(
    'the test of %s against ACE at the boundary rejects 5 %% of the time (%o, %s)',
    (model, truth, bounds) => {
      expect(Math.abs(testSize(model, truth, bounds) - 0.05)).toBeLessThan(MARGIN);
    },
  );

  it('the conventional chi-squares would be conservative: half the mixture P at the bound', () => {
    const sums = simulate(3, { A: 0.5, C: 0.3, E: 0.2 });
    const models = (bounds: Bounds) =>
      ['ACE', 'AE'].map((name) => fitModel(name, sums, { bounds, intervals: false }));
    const [bounded] = compareModels(models('bounded'), undefined, 'bounded', droppedCorrelation(sums));
    const [free] = compareModels(models('free'), undefined, 'free', droppedCorrelation(sums));
    expect(bounded.lrt).toBeGreaterThan(0.1);
    expect(bounded.p).toBeCloseTo(free.p / 2, 9);
  });
});
