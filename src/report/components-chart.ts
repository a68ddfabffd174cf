import * as Plot from '@observablehq/plot';
import { significant } from '../estimate/number.js';
import { AXIS, COLOUR, draw, HEAD, type LegendItem, pointedAt } from './chart.js';

/** A person on two axes. */
interface PersonPoint {
  readonly x: number;
  readonly y: number;
  readonly kind: 'own' | 'projected' | 'outlier';
}

const COLOURS = { own: COLOUR.bar, projected: COLOUR.estimate, outlier: COLOUR.reference } as const;
const WORDS = {
  own: 'components are of them',
  projected: 'projected',
} as const;
const WIDTH = 640;
const HEIGHT = 480;
const RADIUS = 2.2;

/** People and their values on components, people x components, row-major. */
export interface PeopleOnComponents {
  readonly people: ArrayLike<number>;
  /** Whether the components are of each. */
  readonly isUnrelated: ArrayLike<number>;
  readonly scores: Float64Array;
  readonly components: readonly { readonly eigenvalue: number }[];
}

/**
 * People on the first two principal components; of those whose dots would coincide one is drawn.
 * @param isOutlier by position among the people. @param outliers what they are called.
 */
export function peopleOnComponents(
  { people, isUnrelated, scores, components }: PeopleOnComponents,
  isOutlier: (person: number) => boolean,
  title: string,
  outliers: string,
): string {
  const count = components.length;
  const second = count > 1 ? 1 : 0;
  const points = Array.from(people, (_, k): PersonPoint => {
    const kind = isOutlier(k) ? 'outlier' : isUnrelated[k] === 1 ? 'own' : 'projected';
    return { x: scores[k * count], y: scores[k * count + second], kind };
  });
  const label = (k: number) => `PC${k + 1} (eigenvalue ${significant(components[k].eigenvalue, 3)})`;
  const kinds = (['own', 'projected', 'outlier'] as const).filter((kind) =>
    points.some((point) => point.kind === kind),
  );
  const shown = kinds.flatMap((kind) => withoutCoinciding(points.filter((p) => p.kind === kind)));
  const picture = {
    width: WIDTH,
    height: HEAD + HEIGHT + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: label(0), labelOffset: 40, nice: true, grid: true },
    y: { ...AXIS, label: label(second), labelOffset: 58, nice: true, grid: true },
    marks: [Plot.dot(shown, { x: 'x', y: 'y', r: RADIUS, fill: (p: PersonPoint) => COLOURS[p.kind] })],
  };
  const legend = kinds.map((kind): LegendItem => {
    return { shape: 'dot', colour: COLOURS[kind], text: kind === 'outlier' ? outliers : WORDS[kind] };
  });
  return draw(picture, title, legend);
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
      Plot.barY(rows, {
        x: 'name',
        y: 'eigenvalue',
        fill: (row: { colour: string }) => row.colour,
        title: ({ name, eigenvalue }: { name: string; eigenvalue: number }) =>
          pointedAt(`component ${name}`, { eigenvalue }),
      }),
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
    return { low, unit: (high - low || 1) / (HEIGHT / RADIUS) };
  };
  const x = range(points.map((point) => point.x));
  const y = range(points.map((point) => point.y));
  const seen = new Map<string, PersonPoint>();
  for (const point of points)
    seen.set(`${Math.round((point.x - x.low) / x.unit)} ${Math.round((point.y - y.low) / y.unit)}`, point);
  return [...seen.values()];
}
