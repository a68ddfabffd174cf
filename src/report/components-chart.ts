import * as Plot from '@observablehq/plot';
import { significant } from '../estimate/number.js';
import { AXIS, COLOUR, draw, HEAD, type LegendItem, pointedAt } from './chart.js';
import { type PointGroup, shownOf, thinPoints } from './thin-points.js';

/** What a person is in the picture, and how it is drawn. */
const KINDS = ['own', 'projected', 'outlier'] as const;
const COLOURS = { own: COLOUR.bar, projected: COLOUR.estimate, outlier: COLOUR.reference } as const;
type Kind = (typeof KINDS)[number];

const WIDTH = 640;
const HEIGHT = 480;
const RADIUS = 2.2;
/** Of more dots than these only the outliers say their numbers: a picture is to be opened at once. */
const MOST_POINTED = 2000;

/** People and their values on components, people x components, row-major. */
export interface PeopleOnComponents {
  readonly people: ArrayLike<number>;
  /** Whether the components are of each. */
  readonly isUnrelated: ArrayLike<number>;
  readonly scores: Float64Array;
  readonly components: readonly { readonly eigenvalue: number }[];
}

/** People on the first two principal components, as a picture shows them. */
export interface ComponentsPicture {
  /** Of the two axes; the first twice where there is one component. */
  readonly eigenvalues: readonly [number, number];
  readonly axes: readonly [number, number];
  /** Of {@link KINDS}. */
  readonly groups: readonly PointGroup[];
}

/** @param isOutlier by position among the people. */
export function componentsPicture(
  { people, isUnrelated, scores, components }: PeopleOnComponents,
  isOutlier: (person: number) => boolean,
): ComponentsPicture {
  const count = components.length;
  const second = count > 1 ? 1 : 0;
  const groups = thinPoints(
    {
      count: people.length,
      x: (k) => scores[k * count],
      y: (k) => scores[k * count + second],
      kind: (k) => (isOutlier(k) ? 2 : isUnrelated[k] === 1 ? 0 : 1),
    },
    KINDS,
  );
  return {
    eigenvalues: [components[0].eigenvalue, components[second].eigenvalue],
    axes: [1, second + 1],
    groups,
  };
}

/**
 * People on the first two principal components.
 * @param outliers what outliers are called.
 */
export function peopleOnComponents(
  { eigenvalues, axes, groups }: ComponentsPicture,
  title: string,
  outliers: string,
): string {
  const words: Readonly<Record<Kind, string>> = {
    own: 'components are of them',
    projected: 'projected',
    outlier: outliers,
  };
  const label = (k: 0 | 1) => `PC${axes[k]} (eigenvalue ${significant(eigenvalues[k], 3)})`;
  const shown = groups.reduce((sum, { x }) => sum + x.length, 0);
  const isPointed = ({ name }: PointGroup) => name === 'outlier' || shown <= MOST_POINTED;
  const picture = {
    width: WIDTH,
    height: HEAD + HEIGHT + 52,
    marginLeft: 72,
    marginRight: 24,
    x: { ...AXIS, label: label(0), labelOffset: 40, nice: true, grid: true },
    y: { ...AXIS, label: label(1), labelOffset: 58, nice: true, grid: true },
    marks: groups.map((group) =>
      Plot.dot(group.x, {
        x: group.x,
        y: group.y,
        r: RADIUS,
        fill: COLOURS[group.name as Kind],
        ...(isPointed(group) && {
          title: (_: number, k: number) =>
            pointedAt(words[group.name as Kind], {
              [`PC${axes[0]}`]: group.x[k],
              [`PC${axes[1]}`]: group.y[k],
            }),
        }),
      }),
    ),
  };
  const legend = groups.map((group): LegendItem => {
    const kind = group.name as Kind;
    return { shape: 'dot', colour: COLOURS[kind], text: `${words[kind]}${shownOf(group, 'people')}` };
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
