import type { Findings } from '../../src/estimate/estimate.js';
import { methodTitle } from '../../src/methods/facts.js';
import { forestChart, forestRow } from '../../src/report/forest-chart.js';

/** Estimates of simulated traits by method, beside the heritability that was simulated. */
export function accuracyChart(
  findings: Findings,
  truth: Readonly<Record<string, number>>,
): string | undefined {
  const rows = findings.estimates
    .filter(({ h2 }) => h2.value !== null)
    .map(({ trait, method, h2 }) => ({
      ...forestRow(trait, h2),
      series: methodTitle(method),
      truth: truth[trait],
    }));
  return forestChart({ rows, title: 'Estimates beside the truth', xLabel: 'h², share of variance' });
}
