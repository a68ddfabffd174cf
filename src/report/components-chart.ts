import * as Plot from '@observablehq/plot';
import { significant } from '../estimate/number.js';
import { AXIS, COLOUR, draw, HEAD, type LegendItem, pointedAt } from './chart.js';

/** What the dots of people are. */
type Kind = 'own' | 'projected' | 'outlier';

const COLOURS: Readonly<Record<Kind, string>> = {
  own: COLOUR.bar,
  projected: COLOUR.estimate,
  outlier: COLOUR.reference,
};
const WIDTH = 640;
const HEIGHT = 480;
const RADIUS = 2.2;
/** Of more dots than these only the outliers say their numbers: a picture is to be opened at once. */
const MOST_POINTED = 2000;
/** Digits of a place: fewer than the eye tells apart. */
const DIGITS = 5;

/** People on two components as their picture shows them. */
export interface PeoplePicture {
  readonly kind: 'people';
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly groups: readonly {
    readonly of: Kind;
    readonly called: string;
    /** Values on both components, of one person after another. */
    readonly points: readonly number[];
  }[];
}

/** People and their values on components, people x components, row-major. */
export interface PeopleOnComponents {
  readonly people: ArrayLike<number>;
  /** Whether the components are of each. */
  readonly isUnrelated: ArrayLike<number>;
  readonly scores: Float64Array;
  readonly components: readonly { readonly eigenvalue: number }[];
}

/**
 * People on the first two principal components; of those whose dots would coincide one is kept.
 * @param isOutlier by position among the people. @param outliers what they are called.
 */
export function peopleOnComponents(
  { people, isUnrelated, scores, components }: PeopleOnComponents,
  isOutlier: (person: number) => boolean,
  title: string,
  outliers: string,
): PeoplePicture {
  const count = components.length;
  const second = count > 1 ? 1 : 0;
  const points = Array.from(people, (_, k) => {
    const of: Kind = isOutlier(k) ? 'outlier' : isUnrelated[k] === 1 ? 'own' : 'projected';
    return { of, x: scores[k * count], y: scores[k * count + second] };
  });
  const label = (k: number) => `PC${k + 1} (eigenvalue ${significant(components[k].eigenvalue, 3)})`;
  const called = { own: 'components are of them', projected: 'projected', outlier: outliers };
  return {
    kind: 'people',
    title,
    xLabel: label(0),
    yLabel: label(second),
    groups: (['own', 'projected', 'outlier'] as const).flatMap((of) => {
      const own = withoutCoinciding(points.filter((point) => point.of === of));
      const rounded = own.flatMap(({ x, y }) => [x, y].map((value) => Number(value.toPrecision(DIGITS))));
      return own.length === 0 ? [] : [{ of, called: called[of], points: rounded }];
    }),
  };
}

export function peopleChart({ title, xLabel, yLabel, groups }: PeoplePicture): string {
  const dots = groups.flatMap(({ of, called, points }) =>
    Array.from({ length: points.length / 2 }, (_, k) => {
      return { of, called, x: points[2 * k], y: points[2 * k + 1] };
    }),
  );
  const isPointed = (of: Kind) => of === 'outlier' || dots.length <= MOST_POINTED;
  const marks = [true, false].map((withNumbers) =>
    Plot.dot(
      dots.filter(({ of }) => isPointed(of) === withNumbers),
      {
        x: 'x',
        y: 'y',
        r: RADIUS,
        fill: ({ of }: (typeof dots)[number]) => COLOURS[of],
        ...(withNumbers && {
          title: ({ called, x, y }: (typeof dots)[number]) =>
            pointedAt(called, { [nameOf(xLabel)]: x, [nameOf(yLabel)]: y }),
        }),
      },
    ),
  );
  const picture = {
    width: WIDTH,
    height: HEAD + HEIGHT + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: xLabel, labelOffset: 40, nice: true, grid: true },
    y: { ...AXIS, label: yLabel, labelOffset: 58, nice: true, grid: true },
    marks: marks.reverse(),
  };
  const legend = groups.map(
    ({ of, called }): LegendItem => ({ shape: 'dot', colour: COLOURS[of], text: called }),
  );
  return draw(picture, title, legend);
}

/** `PC1` of `PC1 (eigenvalue 12.1)`. */
const nameOf = (label: string) => label.replace(/ \(.*/, '');

/** Eigenvalues as their picture shows them. */
export interface ScreePicture {
  readonly kind: 'scree';
  readonly title: string;
  readonly eigenvalues: readonly number[];
  /** Leading ones that are told from what follows. */
  readonly determined: number;
}

/** Eigenvalues in order; those of components that are told from what follows in another colour. */
export function screeChart(chart: ScreePicture): string {
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

function withoutCoinciding<P extends { readonly x: number; readonly y: number }>(points: readonly P[]): P[] {
  const range = (values: readonly number[]) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return { low, unit: (high - low || 1) / (HEIGHT / RADIUS) };
  };
  const x = range(points.map((point) => point.x));
  const y = range(points.map((point) => point.y));
  const seen = new Map<string, P>();
  for (const point of points)
    seen.set(`${Math.round((point.x - x.low) / x.unit)} ${Math.round((point.y - y.low) / y.unit)}`, point);
  return [...seen.values()];
}
