import * as Plot from '@observablehq/plot';
import { AXIS, COLOUR, draw, HEAD, pointedAt } from './chart.js';
import type { QuantilePicture } from './quantile-picture.js';

/** Quantiles that were observed by those that are expected, with the line on which they would be equal. */
export function qqChart(chart: QuantilePicture): string {
  const pairs = chart.expected.map((expected, k) => ({ expected, observed: chart.observed[k] }));
  const last = pairs.reduce((most, { expected }) => Math.max(most, expected), 0);
  const line = [
    { x: 0, y: 0 },
    { x: last, y: last },
  ];
  const picture = {
    width: 560,
    height: HEAD + 420 + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true, grid: true, zero: true },
    y: { ...AXIS, label: chart.yLabel, labelOffset: 58, nice: true, grid: true, zero: true },
    marks: [
      Plot.line(line, { x: 'x', y: 'y', stroke: COLOUR.reference, strokeWidth: 2 }),
      Plot.dot(pairs, {
        x: 'expected',
        y: 'observed',
        fill: COLOUR.estimate,
        r: 2.5,
        title: ({ expected, observed }: (typeof pairs)[number]) =>
          pointedAt('variants', { expected, observed }),
      }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'variants' },
    { shape: 'dash', colour: COLOUR.reference, text: 'no effect at all' },
  ]);
}
