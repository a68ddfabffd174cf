import * as Plot from '@observablehq/plot';
import { Z95 } from '../estimate/interval.js';
import { formatCount } from '../estimate/number.js';
import type { ErrorQuantiles } from '../study/summary.js';
import {
  AXIS,
  CHARACTER,
  COLOUR,
  draw,
  HEAD,
  INTERVAL,
  type LegendItem,
  longest,
  pointedAt,
} from './chart.js';

/** One cell of an accuracy study by one estimator. */
export interface StudyRow {
  readonly h2: number;
  /** In words, less its h². */
  readonly architecture: string;
  /** In words. */
  readonly estimator: string;
  readonly relativeBias: number | null;
  readonly relativeBiasSem: number | null;
  readonly errors: ErrorQuantiles;
}

/** Colours of estimators, told apart by every kind of colour vision (Okabe and Ito), then their darker kin. */
const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#5c6773',
  '#7a4f9e',
  '#8c510a',
  '#1d2530',
];

/** A panel is narrower where there are many, so that the whole stays on a page. */
const FACET = { widest: 250, narrowest: 130, all: 1000 };
const GAP = 26;

const colourOf = (position: number) => COLOURS[position % COLOURS.length];
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const inPercent = (value: number) => `${Number((100 * value).toPrecision(4))} %`.replace('-', '−');

/** A mark of the study: a row of the picture, within it the offset of its estimator. */
interface Place {
  readonly panel: string;
  readonly y: number;
  readonly colour: string;
}

/**
 * Relative bias by architecture with 95 % intervals of the mean, a panel for each h² and a colour for each estimator: the
 * form of the paper's Figure 1. Undefined where no cell has a relative bias.
 */
export function biasChart(rows: readonly StudyRow[]): string | undefined {
  const biased = rows.filter((row) => row.relativeBias !== null);
  if (biased.length === 0) return undefined;
  const estimators = distinct(biased.map(({ estimator }) => estimator));
  const layout = layOut(
    biased,
    estimators.length,
    ({ h2 }) => `h² = ${h2}`,
    ({ estimator }) => estimators.indexOf(estimator),
  );
  const points = biased.map((row, k) => ({
    ...layout.places[k],
    row,
    bias: row.relativeBias!,
    low: row.relativeBias! - Z95 * row.relativeBiasSem!,
    high: row.relativeBias! + Z95 * row.relativeBiasSem!,
  }));
  return draw(
    {
      ...layout.picture,
      x: {
        ...panelAxis(
          points.flatMap(({ low, high }) => [low, high]),
          layout.facet,
        ),
        label: 'relative bias',
      },
      marks: [
        Plot.ruleX([0], { stroke: COLOUR.quiet }),
        absences(layout.absent),
        Plot.link(points, {
          fx: 'panel',
          y1: 'y',
          y2: 'y',
          x1: 'low',
          x2: 'high',
          stroke: 'colour',
          strokeWidth: 1.5,
        }),
        Plot.dot(points, {
          fx: 'panel',
          y: 'y',
          x: 'bias',
          fill: 'colour',
          r: 3,
          title: ({ row, bias, low, high }) =>
            pointedAt(cellName(row), { 'relative bias': bias, [INTERVAL]: [low, high] }),
        }),
      ],
    },
    'Relative bias by genetic architecture, with 95 % intervals of the mean',
    legendOf(estimators),
  );
}

/**
 * Errors of single estimates by architecture: boxes of the middle half, the median, and lines to the 5 % and 95 % quantiles
 * and dots at the extremes; a panel for each estimator at one h², or for each h² of a single estimator.
 */
export function errorChart(rows: readonly StudyRow[]): string | undefined {
  if (rows.length === 0) return undefined;
  const estimators = distinct(rows.map(({ estimator }) => estimator));
  const shown = rows.filter(({ h2 }) => h2 > 0);
  if (shown.length === 0) return undefined;
  const single = estimators.length === 1;
  const levels = distinct(shown.map(({ h2 }) => h2));
  // With several estimators a panel has one of them, and a row an architecture at one h².
  const labelled =
    single || levels.length === 1
      ? shown
      : shown.map((row) => ({ ...row, architecture: `h² = ${row.h2}, ${row.architecture}` }));
  const layout = layOut(
    labelled,
    1,
    ({ h2, estimator }) => (single ? `h² = ${h2}` : estimator),
    () => 0,
  );
  const boxes = shown.map(({ errors, h2, estimator }, k) => {
    const relative = Object.fromEntries(
      Object.entries(errors).map(([name, value]) => [name, value / h2]),
    ) as unknown as ErrorQuantiles;
    const { y, panel } = layout.places[k];
    return {
      ...relative,
      cell: cellName(shown[k]),
      y,
      panel,
      top: y - 0.3,
      bottom: y + 0.3,
      colour: colourOf(estimators.indexOf(estimator)),
    };
  });
  const extremes = boxes.flatMap(({ panel, y, colour, min, max }) => [
    { panel, y, colour, x: min },
    { panel, y, colour, x: max },
  ]);
  return draw(
    {
      ...layout.picture,
      x: {
        ...panelAxis(
          boxes.flatMap(({ min, max }) => [min, max]),
          layout.facet,
        ),
        label: 'error of a single estimate over h²',
      },
      marks: [
        Plot.ruleX([0], { stroke: COLOUR.quiet }),
        absences(layout.absent),
        Plot.link(boxes, {
          fx: 'panel',
          y1: 'y',
          y2: 'y',
          x1: 'q05',
          x2: 'q95',
          stroke: 'colour',
          strokeWidth: 1.3,
        }),
        Plot.rect(boxes, {
          fx: 'panel',
          x1: 'q25',
          x2: 'q75',
          y1: 'top',
          y2: 'bottom',
          fill: 'colour',
          title: ({ cell, median, q25, q75, q05, q95 }) =>
            pointedAt(`${cell}: error over h²`, {
              median,
              'middle half': [q25, q75],
              '5 % to 95 %': [q05, q95],
            }),
        }),
        Plot.link(boxes, {
          fx: 'panel',
          x1: 'median',
          x2: 'median',
          y1: 'top',
          y2: 'bottom',
          stroke: 'white',
          strokeWidth: 2,
        }),
        Plot.dot(extremes, { fx: 'panel', x: 'x', y: 'y', fill: 'colour', r: 1.6 }),
      ],
    },
    single
      ? `${estimators[0]}: errors of single estimates`
      : `Errors of single estimates${levels.length === 1 ? ` at h² = ${levels[0]}` : ''}`,
    [
      { shape: 'bar', colour: colourOf(0), text: 'middle half and median' },
      { shape: 'dash', colour: colourOf(0), text: '5 % to 95 %' },
      { shape: 'dot', colour: colourOf(0), text: 'extremes' },
    ],
  );
}

export interface SizePoint {
  /** Which curve, in words. */
  readonly series: string;
  /** Number of blocks or people. */
  readonly size: number;
  readonly relativeBias: number;
  readonly sem: number;
}

/** Relative bias by a number of blocks or people, a curve a series: the form of the paper's Figure 3. */
export function sizeChart(points: readonly SizePoint[], xLabel: string): string {
  const names = distinct(points.map(({ series }) => series));
  const rows = points.map((point) => ({
    ...point,
    low: point.relativeBias - Z95 * point.sem,
    high: point.relativeBias + Z95 * point.sem,
    colour: colourOf(names.indexOf(point.series)),
  }));
  return draw(
    {
      width: 760,
      height: HEAD + 320 + 52,
      marginLeft: 80,
      marginRight: 24,
      x: {
        ...AXIS,
        type: 'point',
        domain: distinct(points.map(({ size }) => size)).sort((a, b) => a - b),
        label: xLabel,
        labelOffset: 40,
        grid: true,
        tickFormat: formatCount,
      },
      y: {
        ...AXIS,
        label: 'relative bias, mean over architectures',
        labelOffset: 64,
        nice: true,
        grid: true,
        tickFormat: inPercent,
      },
      marks: [
        Plot.ruleY([0], { stroke: COLOUR.quiet }),
        Plot.line(rows, { x: 'size', y: 'relativeBias', z: 'series', stroke: 'colour', strokeWidth: 1.5 }),
        Plot.ruleX(rows, { x: 'size', y1: 'low', y2: 'high', stroke: 'colour', strokeWidth: 1.5 }),
        Plot.dot(rows, {
          x: 'size',
          y: 'relativeBias',
          fill: 'colour',
          r: 3.5,
          title: ({ series, size, relativeBias, low, high }) =>
            pointedAt(series, { [xLabel]: size, 'relative bias': relativeBias, [INTERVAL]: [low, high] }),
        }),
      ],
    },
    `Relative bias by ${xLabel}, with 95 % intervals`,
    legendOf(names),
  );
}

/** Our relative bias in each cell against a published one, with 95 % intervals of ours; on the diagonal both are the same. */
export function comparisonChart(
  cells: readonly {
    readonly estimator: string;
    readonly relativeBias: number;
    readonly relativeBiasSem: number;
    readonly paperRelativeBias: number;
  }[],
): string {
  const names = distinct(cells.map(({ estimator }) => estimator));
  const points = cells.map((cell) => ({
    name: cell.estimator,
    x: cell.paperRelativeBias,
    y: cell.relativeBias,
    low: cell.relativeBias - Z95 * cell.relativeBiasSem,
    high: cell.relativeBias + Z95 * cell.relativeBiasSem,
    colour: colourOf(names.indexOf(cell.estimator)),
  }));
  const ends = points.flatMap(({ x, low, high }) => [x, low, high]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const width = Math.max(620, 60 + names.reduce((sum, name) => sum + 36 + CHARACTER * name.length, 0));
  const axis = { ...AXIS, nice: true, grid: true, tickFormat: inPercent } as const;
  return draw(
    {
      width: Math.round(width),
      height: HEAD + 460,
      marginLeft: 80,
      marginRight: 24,
      x: { ...axis, label: 'relative bias in the paper', labelOffset: 40 },
      y: { ...axis, label: 'relative bias here', labelOffset: 64 },
      marks: [
        Plot.link([{ low, high }], { x1: 'low', x2: 'high', y1: 'low', y2: 'high', stroke: COLOUR.quiet }),
        Plot.ruleX([0], { stroke: COLOUR.quiet, strokeOpacity: 0.5 }),
        Plot.ruleY([0], { stroke: COLOUR.quiet, strokeOpacity: 0.5 }),
        Plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: 'colour' }),
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          fill: 'colour',
          r: 3.5,
          title: (point) =>
            pointedAt(point.name, {
              'in the paper': point.x,
              here: point.y,
              [INTERVAL]: [point.low, point.high],
            }),
        }),
      ],
    },
    'Relative bias by genetic architecture, here and in the paper',
    legendOf(names),
  );
}

function cellName({ estimator, architecture, h2 }: StudyRow): string {
  return `${estimator}, h² = ${h2}, ${architecture}`;
}

function legendOf(names: readonly string[]): LegendItem[] {
  return names.map((text, k) => ({ shape: 'dot', colour: colourOf(k), text }));
}

/** A row of the picture for each architecture, panels side by side, estimators below each other within a row. */
function layOut(
  rows: readonly StudyRow[],
  lines: number,
  panelOf: (row: StudyRow) => string,
  lineOf: (row: StudyRow) => number,
) {
  const architectures = distinct(rows.map(({ architecture }) => architecture));
  const panels = distinct(rows.map(panelOf));
  const marginLeft = 24 + CHARACTER * longest(architectures);
  const facet = Math.min(FACET.widest, Math.max(FACET.narrowest, FACET.all / panels.length));
  const rowHeight = Math.max(18, 7 * lines + 6);
  const places = rows.map((row): Place => {
    const line = lineOf(row);
    const within = (0.75 * (line - (lines - 1) / 2)) / lines;
    return {
      panel: panelOf(row),
      y: architectures.indexOf(row.architecture) + within,
      colour: colourOf(line),
    };
  });
  const picture = {
    width: Math.round(marginLeft + panels.length * (facet + GAP) + 24),
    height: HEAD + 20 + rowHeight * architectures.length + 56,
    marginLeft,
    marginTop: HEAD + 20,
    marginRight: 24,
    fx: { label: null, domain: panels, padding: GAP / (facet + GAP) },
    y: {
      ...AXIS,
      label: null,
      domain: [architectures.length - 0.5, -0.5],
      ticks: architectures.map((_, position) => position),
      tickFormat: (position: number) => architectures[position] ?? '',
    },
  };
  const known = new Set(rows.map((row, k) => `${places[k].panel}\n${row.architecture}`));
  const absent = panels.flatMap((panel) =>
    architectures.flatMap((architecture, y) =>
      known.has(`${panel}\n${architecture}`) ? [] : [{ panel, y }],
    ),
  );
  return { places, picture, facet, absent };
}

/** Says in words that a panel has no such cell, where an empty row would pass for an estimate out of sight. */
function absences(absent: readonly { readonly panel: string; readonly y: number }[]) {
  return Plot.text(absent, {
    fx: 'panel',
    y: 'y',
    text: () => 'not in the study',
    frameAnchor: 'middle',
    fill: COLOUR.quiet,
    fontSize: 10,
  });
}

/** Between two labels of an axis, in pixels. */
const APART = 8;

/**
 * The x axis of panels that stand side by side: as many round ticks as have room, and none so near an edge that its label
 * would reach into that of the next panel.
 * @param ends values that have to be in sight, 0 besides. @param facet width of a panel in pixels.
 */
export function panelAxis(ends: readonly number[], facet: number) {
  const [low, high] = ends
    .filter(Number.isFinite)
    .reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [0, 0]);
  // what differs by less is alike, and has no ticks of its own
  const margin = 0.05 * (high - low > 1e-9 ? high - low : 1);
  const domain = [low - margin, high + margin] as const;
  const perPixel = (domain[1] - domain[0]) / facet;
  const widthOf = (value: number) => CHARACTER * inPercent(value).length * perPixel;
  const hasRoom = (step: number) => {
    const ticks = multiples(step, domain);
    return ticks.every(
      (tick, k) => k === 0 || step > (widthOf(ticks[k - 1]) + widthOf(tick)) / 2 + APART * perPixel,
    );
  };
  let step = roundStep((domain[1] - domain[0]) / 5);
  while (!hasRoom(step)) step = roundStep(1.5 * step);
  const overhang = ((GAP - APART) / 2) * perPixel;
  const ticks = multiples(step, domain).filter(
    (tick) =>
      tick - widthOf(tick) / 2 >= domain[0] - overhang && tick + widthOf(tick) / 2 <= domain[1] + overhang,
  );
  return { ...AXIS, labelOffset: 40, grid: true, domain, ticks, tickFormat: inPercent };
}

/** 1, 2 or 5 times a power of 10, at least so large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10);
}

function multiples(step: number, [low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}
