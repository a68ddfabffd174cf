import * as Plot from '@observablehq/plot';
import { AXIS, COLOUR, draw, HEAD, type LegendItem } from './chart.js';

/** A person on two axes. */
export interface PersonPoint {
  readonly x: number;
  readonly y: number;
  readonly kind: 'own' | 'projected' | 'outlier';
}

const COLOURS = { own: COLOUR.bar, projected: COLOUR.estimate, outlier: COLOUR.reference } as const;
const WORDS = {
  own: 'components are of them',
  projected: 'projected',
  outlier: 'outliers',
} as const;
const WIDTH = 640;
const HEIGHT = 480;
const RADIUS = 2.2;

/** People on two principal components; of those whose dots would coincide one is drawn. */
export function componentsChart(chart: {
  readonly points: readonly PersonPoint[];
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
}): string {
  const kinds = (['own', 'projected', 'outlier'] as const).filter((kind) =>
    chart.points.some((point) => point.kind === kind),
  );
  const shown = kinds.flatMap((kind) => withoutCoinciding(chart.points.filter((p) => p.kind === kind)));
  const picture = {
    width: WIDTH,
    height: HEAD + HEIGHT + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true, grid: true },
    y: { ...AXIS, label: chart.yLabel, labelOffset: 58, nice: true, grid: true },
    marks: [Plot.dot(shown, { x: 'x', y: 'y', r: RADIUS, fill: (p: PersonPoint) => COLOURS[p.kind] })],
  };
  const legend = kinds.map((kind): LegendItem => {
    return { shape: 'dot', colour: COLOURS[kind], text: WORDS[kind] };
  });
  return draw(picture, chart.title, legend);
}

/** Eigenvalues in order; those of components that are told from what follows in another colour. */
export function screeChart(chart: {
  readonly eigenvalues: readonly number[];
  readonly determined: number;
  readonly title: string;
}): string {
  const rows = chart.eigenvalues.map((eigenvalue, k) => ({
    name: String(k + 1),
    eigenvalue,
    colour: k < chart.determined ? COLOUR.estimate : COLOUR.bar,
  }));
  const picture = {
    width: Math.max(420, 110 + 26 * rows.length),
    height: HEAD + 260 + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: 'component', labelOffset: 40, domain: rows.map(({ name }) => name), padding: 0.25 },
    y: { ...AXIS, label: 'eigenvalue', labelOffset: 58, nice: true, grid: true },
    marks: [
      Plot.barY(rows, { x: 'name', y: 'eigenvalue', fill: (row: { colour: string }) => row.colour }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  const legend: LegendItem[] = [
    { shape: 'bar', colour: COLOUR.estimate, text: 'clearly above what follows' },
    { shape: 'bar', colour: COLOUR.bar, text: 'not told from what follows' },
  ];
  return draw(
    picture,
    chart.title,
    legend.filter(({ colour }) => rows.some((row) => row.colour === colour)),
  );
}

function withoutCoinciding(points: readonly PersonPoint[]): PersonPoint[] {
  const range = (values: readonly number[]) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return { low, unit: (high - low || 1) / HEIGHT };
  };
  const x = range(points.map((point) => point.x));
  const y = range(points.map((point) => point.y));
  const seen = new Map<string, PersonPoint>();
  for (const point of points)
    seen.set(`${Math.round((point.x - x.low) / x.unit)} ${Math.round((point.y - y.low) / y.unit)}`, point);
  return [...seen.values()];
}
