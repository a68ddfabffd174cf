import { describe, expect, it } from 'vitest';
import { comparePaper } from '../../src/study/compare.js';
import { namedGrid } from '../../src/study/grids.js';
import { PAPER_CELLS, PAPER_LD_SCORE_CELLS, PAPER_RESULTS } from '../../src/study/paper.js';
import { aggregateStudy, summariseCell } from '../../src/study/summary.js';

const result = (estimator: string, setting: string) =>
  PAPER_RESULTS.find((row) => row.estimator === estimator && row.setting === setting)!;

describe('the paper’s values', () => {
  it('have one number a cell', () => {
    expect([PAPER_CELLS.length, PAPER_LD_SCORE_CELLS.length]).toEqual([16, 14]);
    for (const { bias, sem, ldScore } of PAPER_RESULTS) {
      expect([bias.length, sem.length]).toEqual([16, 16]);
      if (ldScore) expect(ldScore.bias).toHaveLength(14);
    }
  });

  it('are those of METHODS 2.3', () => {
    const rounded = (estimator: string, setting: string) => {
      const { meanRelativeBias, minRelativeBias, maxRelativeBias } = result(estimator, setting);
      return [meanRelativeBias, minRelativeBias, maxRelativeBias];
    };
    const expected: [string, string, number, number, number][] = [
      ['gre', 'genome', 0.0096, -0.0005, 0.0209],
      ['ldsc', 'genome', -0.0216, -0.713, 0.698],
      ['sldsc-maf', 'genome', -0.221, -0.619, 0.087],
      ['sldsc-maf-lld', 'genome', -0.294, -0.885, 0.09],
      ['sumher', 'genome', 0.0281, -0.268, 0.278],
      ['gre', 'small', 0.0009, -0.0487, 0.0636],
      ['greml', 'small', -0.0289, -0.271, 0.153],
      ['reml-mc', 'small', -0.0177, -0.249, 0.176],
      ['ldak-reml', 'small', -0.0817, -0.438, 0.127],
      ['ldms-mc', 'small', -0.0062, -0.0593, 0.0228],
      ['gre', 'chr22', 2e-6, -0.0023, 0.0018],
    ];
    for (const [estimator, setting, ...values] of expected) {
      for (const [k, value] of rounded(estimator, setting).entries())
        expect(Math.abs(value - values[k]), `${estimator} ${setting}`).toBeLessThan(6e-4);
    }
    // infinitesimal cells at h² = .25: LDSC .250 .395 .092 .239
    const ldsc = result('ldsc', 'genome').bias.slice(0, 4);
    for (const [k, mean] of [0.25, 0.395, 0.092, 0.239].entries())
      expect(0.25 + ldsc[k]).toBeCloseTo(mean, 2);
  });
});

it('a comparison lays cells and aggregates side by side and says how settings differ', () => {
  const cells = namedGrid('64')!.cells.filter(({ h2 }) => h2 === 0.25);
  const paper = result('ldsc', 'genome');
  const summaries = cells.map((cell) => {
    const bias = 0.5 * paper.bias[PAPER_CELLS.indexOf(cell.id)];
    const h2 = [-0.01, 0.01].map((error) => 0.25 + bias + error);
    return { samples: 1000, cell: cell.id, estimator: 'ldsc', ...summariseCell(0.25, h2, [null, null])! };
  });
  const study = { variants: 500, blocks: 1, scaling: 'expected', replicates: 2, cells, summaries };
  const comparison = comparePaper({ ...study, aggregates: aggregateStudy(cells, summaries) });
  expect(comparison.cells).toHaveLength(16);
  for (const { relativeBias, paperRelativeBias } of comparison.cells)
    expect(relativeBias).toBeCloseTo(paperRelativeBias / 2, 10);
  const [agreement] = comparison.agreement;
  expect(agreement.correlation).toBeCloseTo(1, 10);
  expect(agreement.sameSign).toBe(agreement.biased);
  expect(agreement.biased).toBeGreaterThan(8);
  expect(comparison.aggregates[0]).toMatchObject({
    estimator: 'ldsc',
    setting: 'genome',
    table: 12,
    paperCells: 112,
  });
  expect(comparison.differences).toHaveLength(1);
  expect(comparison.differences[0]).toMatch(/people 1,000, paper 337,205; variants 500, paper 593,300/);
  expect(comparison.differences[0]).toMatch(/variances as expected, where the paper rescaled/);
});
