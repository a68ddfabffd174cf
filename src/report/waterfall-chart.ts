import * as Plot from '@observablehq/plot';
import { AXIS, CHARACTER, COLOUR, draw, HEAD, INTERVAL, longest, pointedAt } from './chart.js';

export interface WaterfallRow {
  readonly label: string;
  /** A total stands on 0; a step takes off from, or adds to, where the last row ended. */
  readonly kind: 'total' | 'step' | 'rest';
  /** Height of a total; what a step takes off (negative where it adds). */
  readonly amount: number;
  /** Interval of the amount. */
  readonly low: number;
  readonly high: number;
}

/** Totals and the steps between them, from left to right a row each, with 95 % intervals of every amount. */
export function waterfallChart(chart: {
  readonly rows: readonly WaterfallRow[];
  readonly title: string;
  readonly xLabel: string;
}): string {
  let level = 0;
  const rows = chart.rows.map((row, position) => {
    const before = row.kind === 'total' ? 0 : level;
    const after = row.kind === 'total' ? row.amount : level - row.amount;
    level = after;
    // The interval is drawn around the end of the bar that the amount moves.
    const sign = row.kind === 'total' ? 1 : -1;
    const ends = [row.low, row.high].map((end) => before + sign * end);
    return { ...row, position, before, after, left: Math.min(...ends), right: Math.max(...ends) };
  });
  const marginLeft = 32 + CHARACTER * longest(rows.map((row) => row.label));
  const numbers = rows.map((row) => row.amount.toFixed(3).replace('-', '−'));
  const colours = { total: COLOUR.estimate, step: COLOUR.bar, rest: COLOUR.reference };
  const picture = {
    width: Math.round(marginLeft + 460 + 90),
    height: HEAD + 34 * rows.length + 52,
    marginLeft,
    marginRight: 90,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true, grid: true },
    y: {
      ...AXIS,
      type: 'band' as const,
      label: null,
      domain: rows.map((row) => row.position),
      tickFormat: (position: number) => rows[position].label,
      padding: 0.35,
    },
    marks: [
      Plot.barX(rows, {
        y: 'position',
        x1: 'before',
        x2: 'after',
        fill: ({ kind }: WaterfallRow) => colours[kind],
        title: ({ label, amount, low, high }: WaterfallRow) =>
          pointedAt(label, { 'share of variance': amount, [INTERVAL]: [low, high] }),
      }),
      Plot.ruleY(rows, { y: 'position', x1: 'left', x2: 'right', stroke: COLOUR.text, strokeWidth: 1.3 }),
      Plot.text(numbers, {
        y: (_, i) => i,
        text: (text) => text,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 14,
      }),
      Plot.ruleX([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'bar', colour: colours.total, text: 'estimate' },
    { shape: 'bar', colour: colours.step, text: 'mechanism' },
    { shape: 'bar', colour: colours.rest, text: 'unexplained' },
    { shape: 'dash', colour: COLOUR.text, text: '95 % interval' },
  ]);
}
