import * as Plot from '@observablehq/plot';
import { formatCount } from '../estimate/number.js';
import { AXIS, COLOUR, draw, HEAD, pointedAt } from './chart.js';

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Counts of values by size; on a logarithmic scale rare large values stay visible beside a great many small ones. */
export function histogramChart(chart: {
  readonly bins: readonly HistogramBin[];
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly scale: 'linear' | 'log';
}): string {
  const isLog = chart.scale === 'log';
  const bars = chart.bins.filter(({ count }) => count > 0).map((bin) => ({ ...bin, least: isLog ? 0.5 : 0 }));
  const picture = {
    width: 640,
    height: HEAD + 260 + 52,
    marginLeft: 80,
    marginRight: 24,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true },
    y: {
      ...AXIS,
      type: chart.scale,
      label: chart.yLabel,
      labelOffset: 64,
      grid: true,
      ...(isLog && {
        tickFormat: (value: number) => (Number.isInteger(Math.log10(value)) ? String(value) : ''),
      }),
    },
    marks: [
      Plot.rect(bars, {
        x1: 'low',
        x2: 'high',
        y1: 'least',
        y2: 'count',
        fill: COLOUR.bar,
        insetRight: 0.3,
        title: ({ low, high, count }: HistogramBin) =>
          `${pointedAt(chart.xLabel, { from: [low, high] })}\n${formatCount(count)} ${chart.yLabel}`,
      }),
      Plot.ruleX([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, []);
}
