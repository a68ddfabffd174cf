import * as Plot from '@observablehq/plot';
import { AXIS, COLOUR, draw, HEAD } from './chart.js';
import type { GenomeAxis } from './genome-axis.js';

const DOT = 0.01;

/** A Manhattan picture: -log10 P of variants along the genome, chromosomes in turn dark and light. */
export function scanChart(chart: {
  readonly axis: GenomeAxis;
  readonly peaks: Iterable<{ readonly place: number; readonly low: number; readonly high: number }>;
  /** -log10 P at which a line is drawn. */
  readonly threshold: number;
  readonly title: string;
}): string {
  const width = 960;
  // two paths for all of them, each peak a stroke: elements of their own would take thousands
  const strokes = Array.from(chart.peaks, ({ place, low, high }) => {
    const colour = chart.axis.colourAt(place);
    // a stroke without length is not drawn everywhere
    return [low, Math.max(high, low + DOT), Number.NaN].map((height) => ({ place, height, colour }));
  });
  const picture = {
    width,
    height: HEAD + 300 + 52,
    marginLeft: 66,
    marginRight: 24,
    x: chart.axis.scale(width - 90),
    y: { ...AXIS, label: '−log₁₀ P', labelOffset: 50, nice: true, grid: true, zero: true },
    marks: [
      Plot.ruleY([chart.threshold], { stroke: COLOUR.reference, strokeWidth: 1.5 }),
      Plot.line(strokes.flat(), {
        x: 'place',
        y: 'height',
        z: 'colour',
        stroke: 'colour',
        strokeWidth: 3,
        strokeLinecap: 'round',
      }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'variants' },
    { shape: 'dash', colour: COLOUR.reference, text: 'P = 5e-8' },
  ]);
}
