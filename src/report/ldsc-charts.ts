import * as Plot from '@observablehq/plot';
import type { ScoreBin } from '../estimators/ldsc/score-bins.js';
import { AXIS, CHARACTER, COLOUR, draw, HEAD, INTERVAL, longest, pointedAt } from './chart.js';

/** Mean χ² by LD score: a dot a bin, and what the regression expects. */
export function scoreBinChart(chart: { readonly bins: readonly ScoreBin[]; readonly title: string }): string {
  const bins = chart.bins.map((bin) => ({ ...bin, low: bin.meanChi2 - bin.se, high: bin.meanChi2 + bin.se }));
  const picture = {
    width: 720,
    height: HEAD + 360 + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: 'mean LD score of the bin', labelOffset: 40, grid: true, zero: true },
    y: { ...AXIS, label: 'mean χ²', labelOffset: 58, nice: true, grid: true },
    marks: [
      Plot.line(bins, { x: 'meanScore', y: 'expected', stroke: COLOUR.reference, strokeWidth: 2 }),
      Plot.ruleX(bins, {
        x: 'meanScore',
        y1: 'low',
        y2: 'high',
        stroke: COLOUR.estimate,
        strokeOpacity: 0.5,
      }),
      Plot.dot(bins, {
        x: 'meanScore',
        y: 'meanChi2',
        fill: COLOUR.estimate,
        r: 3.5,
        title: ({ meanScore, meanChi2, se, expected }) =>
          pointedAt('SNPs with similar LD scores', {
            'mean LD score': meanScore,
            'mean χ²': meanChi2,
            SE: se,
            fitted: expected,
          }),
      }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'SNPs with similar LD scores, ± one standard error' },
    { shape: 'dash', colour: COLOUR.reference, text: 'fitted' },
  ]);
}

export interface HeatMapCell {
  readonly row: string;
  readonly column: string;
  /** From -1 to 1, and a little beyond; null where there is none. */
  readonly value: number | null;
  readonly text: string;
}

/** Correlations of all pairs: orange below 0, blue above. */
export function correlationHeatMap(chart: {
  readonly names: readonly string[];
  readonly cells: readonly HeatMapCell[];
  readonly title: string;
}): string {
  const label = CHARACTER * longest(chart.names);
  const widest = CHARACTER * longest(chart.cells.map(({ text }) => text));
  const size = widest === 0 ? 14 : Math.max(64, widest + 12);
  const marginLeft = 28 + label;
  const marginBottom = 28 + label;
  const picture = {
    width: Math.max(420, Math.round(marginLeft + size * chart.names.length + 24)),
    height: Math.round(HEAD + 8 + (widest === 0 ? 14 : 44) * chart.names.length + marginBottom),
    marginLeft,
    marginBottom,
    marginRight: 24,
    marginTop: HEAD + 8,
    x: { ...AXIS, label: null, domain: chart.names, tickRotate: -90 },
    y: { ...AXIS, label: null, domain: chart.names },
    color: {
      type: 'linear' as const,
      domain: [-1, 0, 1],
      range: CORRELATION_COLOURS,
      clamp: true,
      unknown: '#e3e7eb',
    },
    marks: [
      Plot.cell(chart.cells, {
        x: 'column',
        y: 'row',
        // what is no correlation stands apart from one of 0
        fill: ({ value }) => value ?? Number.NaN,
        inset: 1,
        stroke: '#d5dae0',
        title: ({ row, column, text }: HeatMapCell) =>
          row === column ? `${row}\n${text}` : `${row} and ${column}\nr_g ${text}`,
      }),
      Plot.text(chart.cells, {
        x: 'column',
        y: 'row',
        text: 'text',
        fill: ({ value }) => (Math.abs(value ?? 0) > 0.6 ? '#fefefe' : '#101418'),
      }),
    ],
  };
  return draw(picture, chart.title, [], {
    colours: CORRELATION_COLOURS,
    ticks: [-1, -0.5, 0, 0.5, 1].map((r) => ({ at: (r + 1) / 2, text: String(r).replace('-', '−') })),
  });
}

/** Of correlations of -1, 0 and 1; between them colours go over into each other. */
const CORRELATION_COLOURS = [COLOUR.reference, '#ffffff', COLOUR.estimate];

export interface EnrichmentRow {
  readonly label: string;
  readonly enrichment: number;
  readonly se: number;
}

/** Enrichment of each category with its 95 % interval; 1 is none. */
export function enrichmentChart(chart: {
  readonly rows: readonly EnrichmentRow[];
  readonly title: string;
}): string {
  const rows = chart.rows.map((row, position) => ({
    ...row,
    position,
    low: row.enrichment - 1.959963984540054 * row.se,
    high: row.enrichment + 1.959963984540054 * row.se,
  }));
  const marginLeft = 32 + CHARACTER * longest(rows.map((row) => row.label));
  const picture = {
    width: Math.round(marginLeft + 520),
    height: HEAD + 24 * rows.length + 52,
    marginLeft,
    marginRight: 24,
    x: {
      ...AXIS,
      label: 'enrichment: share of h² over share of SNPs',
      labelOffset: 40,
      nice: true,
      grid: true,
    },
    y: {
      ...AXIS,
      type: 'point' as const,
      label: null,
      domain: rows.map((row) => row.position),
      tickFormat: (position: number) => rows[position].label,
      padding: 0.4,
    },
    marks: [
      Plot.ruleX([1], { stroke: COLOUR.reference, strokeWidth: 1.5 }),
      Plot.ruleY(rows, { y: 'position', x1: 'low', x2: 'high', stroke: COLOUR.estimate, strokeWidth: 2 }),
      Plot.dot(rows, {
        y: 'position',
        x: 'enrichment',
        fill: COLOUR.estimate,
        r: 4,
        title: ({ label, enrichment, se, low, high }) =>
          pointedAt(label, { enrichment, SE: se, [INTERVAL]: [low, high] }),
      }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'enrichment with 95 % confidence interval' },
    { shape: 'tick', colour: COLOUR.reference, text: 'none' },
  ]);
}
