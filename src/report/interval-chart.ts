import * as Plot from '@observablehq/plot';
import { AXIS, CHARACTER, COLOUR, draw, HEAD, longest } from './chart.js';

export interface IntervalRow {
  readonly label: string;
  readonly estimate: number;
  /** Ends of the interval, which need not be symmetric. */
  readonly low: number;
  readonly high: number;
}

/** One row an estimate: a dot and its interval. For intervals from standard errors, see forestPlot. */
export function intervalChart(chart: {
  readonly rows: readonly IntervalRow[];
  readonly title: string;
  readonly xLabel: string;
  /** @default '95 % profile-likelihood interval' */
  readonly intervals?: string;
}): string {
  const rows = chart.rows.map((row, position) => ({ ...row, position }));
  const marginLeft = 32 + CHARACTER * longest(rows.map((row) => row.label));
  const numbers = rows.map(({ estimate, low, high }) =>
    `${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`.replaceAll('-', '−'),
  );
  const marginRight = 30 + CHARACTER * longest(numbers);
  const picture = {
    width: Math.round(marginLeft + 420 + marginRight),
    height: HEAD + 28 * rows.length + 52,
    marginLeft,
    marginRight,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true, grid: true },
    y: {
      ...AXIS,
      // Two positions would pass for the ends of a continuous scale.
      type: 'point' as const,
      label: null,
      domain: rows.map((row) => row.position),
      tickFormat: (position: number) => rows[position].label,
      padding: 0.4,
    },
    marks: [
      Plot.ruleX([0], { stroke: COLOUR.quiet }),
      Plot.ruleY(rows, { y: 'position', x1: 'low', x2: 'high', stroke: COLOUR.estimate, strokeWidth: 2 }),
      Plot.dot(rows, { y: 'position', x: 'estimate', fill: COLOUR.estimate, r: 4.5 }),
      Plot.text(numbers, {
        y: (_, i) => i,
        text: (text) => text,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 14,
      }),
    ],
  };
  return draw(picture, chart.title, [
    {
      shape: 'dot',
      colour: COLOUR.estimate,
      text: `estimate with ${chart.intervals ?? '95 % profile-likelihood interval'}`,
    },
  ]);
}
