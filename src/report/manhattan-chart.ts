import * as Plot from '@observablehq/plot';
import { AXIS, CHARACTER, COLOUR, draw, HEAD, longest } from './chart.js';

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

/** Room between chromosomes, as a share of all they hold. */
const GAP = 0.006;
const PANEL = 170;

/** Local heritability along the genome, a panel a series: a dot a block with its interval, chromosomes in turn dark and light. */
export function manhattanChart(chart: {
  rows: readonly ManhattanRow[];
  title: string;
  yLabel: string;
}): string {
  const series = [...new Set(chart.rows.map((row) => row.series))];
  const chromosomes = [...new Set(chart.rows.map((row) => row.chromosome))];
  const extents = chromosomes.map((name) => {
    const own = chart.rows.filter((row) => row.chromosome === name);
    const start = own.reduce((least, row) => Math.min(least, row.start), Number.POSITIVE_INFINITY);
    const end = own.reduce((most, row) => Math.max(most, row.end), 0);
    return { start, length: Math.max(1, end - start) };
  });
  const gap = GAP * extents.reduce((sum, { length }) => sum + length, 0);
  const offsets: number[] = [];
  let total = 0;
  for (const { length } of extents) {
    offsets.push(total);
    total += length + gap;
  }
  const points = chart.rows.map((row) => {
    const c = chromosomes.indexOf(row.chromosome);
    const x = offsets[c] + (row.start + row.end) / 2 - extents[c].start;
    return { ...row, x, colour: c % 2 === 0 ? COLOUR.estimate : COLOUR.bar };
  });
  const centres = chromosomes.map((_, c) => offsets[c] + extents[c].length / 2);
  const labelOf = new Map(centres.map((x, c) => [x, chromosomes[c].replace(/^chr/, '')]));
  const width = 960;
  // labels of narrow chromosomes give way to those before them
  const ticks: number[] = [];
  for (const x of centres) {
    const room = 2.5 * CHARACTER * (total / (width - 110));
    if (ticks.length === 0 || x - ticks.at(-1)! > room) ticks.push(x);
  }
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
    x: {
      ...AXIS,
      label: 'chromosome',
      labelOffset: 40,
      domain: [-gap, total],
      ticks,
      tickFormat: (x: number) => labelOf.get(x) ?? '',
    },
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
      Plot.dot(points, { x: 'x', y: 'estimate', fill: 'colour', r: 2.2, ...facet }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'dot', colour: COLOUR.estimate, text: 'block, with 95 % confidence interval' },
  ]);
}
