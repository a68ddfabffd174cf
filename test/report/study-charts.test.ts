import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHARACTER } from '../../src/report/chart.js';
import { biasChart, errorChart, panelAxis } from '../../src/report/study-charts.js';

describe('the axis of panels side by side', () => {
  it('has labels that never touch, neither within a panel nor across its edge', () => {
    const end = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 6 }), fc.integer({ min: 130, max: 250 }), (ends, facet) => {
        const { domain, ticks, tickFormat } = panelAxis(ends, facet);
        const at = (value: number) => ((value - domain[0]) / (domain[1] - domain[0])) * facet;
        const spans = ticks.map((tick) => {
          const half = (CHARACTER * tickFormat(tick).length) / 2;
          return [at(tick) - half, at(tick) + half] as const;
        });
        for (const [k, [left, right]] of spans.entries()) {
          expect(left).toBeGreaterThan(-13);
          expect(right).toBeLessThan(facet + 13);
          if (k > 0) expect(left).toBeGreaterThan(spans[k - 1][1]);
        }
        for (const value of ends) expect(value >= domain[0] && value <= domain[1]).toBe(true);
      }),
      { numRuns: 300, seed: 20 },
    );
  });
});

const row = (h2: number, architecture: string, estimator = 'GRE') => ({
  h2,
  architecture,
  estimator,
  relativeBias: 0.01,
  relativeBiasSem: 0.02,
  errors: { min: -0.1, q05: -0.05, q25: -0.02, median: 0, q75: 0.02, q95: 0.05, max: 0.1 },
});

it('a cell that a panel has not is said not to be in the study', () => {
  const rows = [row(0.1, 'all causal'), row(0.5, 'all causal'), row(0.5, 'few causal')];
  expect(biasChart(rows)!.match(/not in the study/g)).toHaveLength(1);
  expect(errorChart(rows)!.match(/not in the study/g)).toHaveLength(1);
  expect(biasChart(rows.slice(0, 2))).not.toContain('not in the study');
});
