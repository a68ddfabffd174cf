import type { Findings } from '../../src/estimate/estimate.js';
import { methodTitle } from '../../src/methods/facts.js';
import { forestChart, forestRow } from '../../src/report/forest-chart.js';
import { figure } from '../../src/report/html/figure.js';
import { html } from '../../src/report/html/markup.js';
import { htmlTable } from '../../src/report/html/table.js';
import { estimateColumns } from '../../src/report/result-text.js';

/**
 * Estimates of simulated traits by method, beside the heritability that was simulated.
 * @param truth by trait. @returns HTML.
 */
export function accuracy(findings: Findings, truth: Readonly<Record<string, number>>): string {
  const { estimates } = findings;
  const rows = estimates
    .filter(({ h2 }) => h2.value !== null)
    .map(({ trait, method, h2 }) => ({
      ...forestRow(trait, h2),
      series: methodTitle(method),
      truth: truth[trait],
    }));
  const svg = forestChart({ rows, title: 'Estimates beside the truth', xLabel: 'h², share of variance' });
  return html`${svg ? figure(svg, html`Points are estimates, lines 95 % intervals; the tick is what was simulated.`) : null}
${htmlTable(estimateColumns(estimates), estimates, 'Estimates of every trait and method')}`.text;
}
