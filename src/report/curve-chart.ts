import * as Plot from '@observablehq/plot';
import { AXIS, COLOUR, draw, HEAD, type LegendItem, pointedAt } from './chart.js';

export interface CurveSeries {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Colours of curves, told apart by every kind of colour vision (Okabe and Ito). */
const SERIES = [COLOUR.estimate, COLOUR.reference, '#009e73', '#cc79a7'];
const colourOf = (series: number) => SERIES[series % SERIES.length];

/** One notation over the whole axis: plain numbers up to 10,000 and from 0.001, else a power of ten. */
function powerText(value: number): string {
  const power = Math.log10(value);
  if (!Number.isInteger(Number(power.toFixed(9)))) return '';
  return power >= -3 && power <= 4 ? String(Number(value.toPrecision(3))) : `1e${Math.round(power)}`;
}

/** Curves over one input, and a dot on each where that input was set. */
export function curveChart(chart: {
  readonly series: readonly CurveSeries[];
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly scale: 'linear' | 'log';
  /** Where the input was set; dots are drawn there. */
  readonly at?: readonly { readonly x: number; readonly y: number }[];
}): string {
  const legend = chart.series.map(
    ({ label }, i): LegendItem => ({ shape: 'dash', colour: colourOf(i), text: label }),
  );
  const zero = chart.series.every(({ points }) => points.every(({ y }) => y >= 0));
  const picture = {
    width: 720,
    height: HEAD + 340 + 52,
    marginLeft: 72,
    marginRight: 24,
    x: {
      ...AXIS,
      type: chart.scale === 'log' ? ('log' as const) : ('linear' as const),
      label: chart.xLabel,
      labelOffset: 40,
      grid: true,
      ...(chart.scale === 'log' && { tickFormat: powerText, ticks: 6 }),
      insetRight: 6,
    },
    y: { ...AXIS, label: chart.yLabel, labelOffset: 58, nice: true, grid: true, ...(zero && { zero: true }) },
    marks: [
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
      ...chart.series.map(({ points }, i) =>
        Plot.line(points, { x: 'x', y: 'y', stroke: colourOf(i), strokeWidth: 2 }),
      ),
      // nothing to see, but numbers to point at
      ...chart.series.map(({ label, points }) =>
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          r: 3,
          fill: 'transparent',
          stroke: 'none',
          title: ({ x, y }: { x: number; y: number }) =>
            pointedAt(label, { [chart.xLabel]: x, [chart.yLabel]: y }),
        }),
      ),
      Plot.dot(chart.at ?? [], { x: 'x', y: 'y', fill: (_: unknown, i: number) => colourOf(i), r: 4.5 }),
    ],
  };
  return draw(picture, chart.title, legend);
}
