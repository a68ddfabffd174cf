import * as Plot from '@observablehq/plot';
import { formatCount } from '../estimate/number.js';
import { AXIS, CHARACTER, COLOUR, draw, HEAD, INTERVAL, longest, pointedAt } from './chart.js';
import { genomeAxis } from './genome-axis.js';

export interface ManhattanRow {
  /** What the panel is of, such as a trait. */
  readonly series: string;
  readonly chromosome: string;
  /** First and last position. */
  readonly start: number;
  readonly end: number;
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

const PANEL = 170;

/** Local heritability along the genome, a panel a series: a dot a block with its interval, chromosomes in turn dark and light. */
export function manhattanChart(chart: {
  rows: readonly ManhattanRow[];
  title: string;
  yLabel: string;
}): string {
  const series = [...new Set(chart.rows.map((row) => row.series))];
  const axis = genomeAxis(chart.rows.map(({ chromosome, start, end }) => ({ chromosome, start, end })));
  const points = chart.rows.map((row) => {
    const x = axis.place(row.chromosome, (row.start + row.end) / 2);
    return { ...row, x, colour: axis.colour(row.chromosome) };
  });
  const width = 960;
  const isFaceted = series.length > 1;
  const marginRight = isFaceted ? 24 + Math.round(CHARACTER * longest(series)) : 24;
  const intervals = points.filter(({ low, high }) => low !== null && high !== null);
  const facet = isFaceted ? { fy: 'series' as const } : {};
  const picture = {
    width,
    height: HEAD + PANEL * series.length + 52,
    marginLeft: 86,
    marginRight,
    ...(isFaceted && { fy: { label: null, domain: series, padding: 0.12 } }),
    x: axis.scale(width - 110),
    y: { ...AXIS, label: chart.yLabel, labelOffset: 70, nice: true, grid: true },
    marks: [
      Plot.ruleX(intervals, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        stroke: 'colour',
        strokeOpacity: 0.35,
        ...facet,
      }),
      Plot.dot(points, {
        x: 'x',
        y: 'estimate',
        fill: 'colour',
        r: 2.2,
        title: ({ series: name, chromosome, start, end, estimate, low, high }: ManhattanRow) =>
          pointedAt(`${name}, chromosome ${chromosome}: ${formatCount(start)} to ${formatCount(end)}`, {
            'h²': estimate,
            [INTERVAL]: [low, high],
          }),
        ...facet,
      }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'block, with 95 % confidence interval' },
  ]);
}
