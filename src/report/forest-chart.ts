import * as Plot from '@observablehq/plot';
import type { Quantity } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';
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

export interface ForestRow {
  /** What the row is about: a trait, a component. Rows of one label stand together. */
  readonly label: string;
  /** Told apart by shape and colour, where there are several: a method. */
  readonly series?: string;
  readonly estimate: number;
  /** Ends of the interval, which need not be symmetric; none where they are null. */
  readonly low: number | null;
  readonly high: number | null;
  /** The estimate with its error, as it stands to the right. */
  readonly text: string;
  /** The value that was simulated. */
  readonly truth?: number;
  /** Why the estimate is not to be believed as it stands, in a few words: it is drawn hollow, and the legend says why. */
  readonly doubt?: string | undefined;
}

/** @returns the row of a number that is there. */
export function forestRow(label: string, { value, se, ci95, seKind }: Quantity): ForestRow {
  const estimate = value ?? 0;
  const [low, high] = ci95 ?? [null, null];
  // an interval that is not symmetric says more than a standard error
  const text =
    seKind === 'profile' && ci95
      ? `${estimate.toFixed(3)} [${ci95.map((end) => end.toFixed(3)).join(', ')}]`
      : formatEstimate(estimate, se);
  return { label, estimate, low, high, text };
}

/** Colours told apart by every kind of colour vision (Okabe and Ito), then their darker kin; with them a shape each. */
const SERIES = [
  { colour: '#0072b2', shape: 'circle' },
  { colour: '#d55e00', shape: 'square' },
  { colour: '#009e73', shape: 'triangle' },
  { colour: '#cc79a7', shape: 'diamond' },
  { colour: '#e69f00', shape: 'star' },
  { colour: '#56b4e9', shape: 'wye' },
  { colour: '#5c6773', shape: 'cross' },
  { colour: '#7a4f9e', shape: 'circle' },
  { colour: '#8c510a', shape: 'square' },
  { colour: '#1d2530', shape: 'triangle' },
] as const;

/** Height of a label with one row; of each row where a label has several; and between labels. */
const SINGLE = 28;
const ROW = 13;
const GAP = 12;

/**
 * Estimates with their intervals on one axis: a row for each, rows of a label together, series told apart by shape and colour.
 * @returns SVG; `undefined` where there is nothing to draw.
 */
export function forestChart(chart: {
  readonly rows: readonly ForestRow[];
  readonly title: string;
  readonly xLabel: string;
  /** What the intervals are. @default '95 % confidence interval' */
  readonly intervals?: string;
}): string | undefined {
  if (chart.rows.length === 0) return undefined;
  const labels = [...new Set(chart.rows.map(({ label }) => label))];
  const series = [...new Set(chart.rows.map((row) => row.series ?? ''))];
  const kindOf = (row: ForestRow) => SERIES[series.indexOf(row.series ?? '') % SERIES.length];
  const several = series.length > 1;
  // the usual colour is that of a series, where there are several
  const truthColour = several ? COLOUR.text : COLOUR.reference;

  // places in pixels from the top of the frame
  let height = 0;
  const middles: number[] = [];
  const rows = labels.flatMap((label) => {
    const own = chart.rows.filter((row) => row.label === label);
    const total = own.length === 1 ? SINGLE : own.length * ROW + GAP;
    const placed = own.map((row, k) => ({
      ...row,
      y: height + total / 2 + (k - (own.length - 1) / 2) * ROW,
    }));
    middles.push(height + total / 2);
    height += total;
    return placed;
  });
  const withInterval = rows.filter(({ low, high }) => low !== null && high !== null);
  const simulated = rows.filter(({ truth }) => truth !== undefined);
  const fontSize = several ? 10 : 13;
  const marginLeft = Math.round(32 + CHARACTER * longest(labels));
  const marginRight = Math.round(
    30 +
      (CHARACTER *
        fontSize *
        longest(rows.map(({ text, doubt }) => (doubt === undefined ? text : `${text} !`)))) /
        13,
  );
  const picture = {
    width: marginLeft + 440 + marginRight,
    height: HEAD + height + 52,
    marginLeft,
    marginRight,
    x: { ...AXIS, label: chart.xLabel, labelOffset: 40, nice: true, grid: true },
    y: {
      ...AXIS,
      type: 'linear' as const,
      label: null,
      domain: [0, height],
      reverse: true,
      ticks: middles,
      tickFormat: (at: number) => labels[middles.indexOf(at)],
    },
    marks: [
      ...(labels.length > 1 && several
        ? [
            Plot.ruleY(
              middles.slice(1).map((_, k) => (lowest(rows, labels[k]) + highest(rows, labels[k + 1])) / 2),
              { stroke: COLOUR.quiet, strokeOpacity: 0.2 },
            ),
          ]
        : []),
      Plot.ruleX([0], { stroke: COLOUR.quiet }),
      Plot.link(withInterval, {
        x1: 'low',
        x2: 'high',
        y1: 'y',
        y2: 'y',
        stroke: (row: ForestRow) => kindOf(row).colour,
        strokeWidth: several ? 1.5 : 2,
      }),
      ...series.map((name, k) => {
        const { colour, shape } = SERIES[k % SERIES.length];
        const own = rows.filter((row) => (row.series ?? '') === name);
        return Plot.dot(own, {
          x: 'estimate',
          y: 'y',
          fill: (row: ForestRow) => (row.doubt === undefined ? colour : 'white'),
          stroke: colour,
          symbol: shape,
          r: several ? 3.5 : 4.5,
          title: ({ label, estimate, low, high, truth, doubt }: ForestRow) =>
            [
              pointedAt(name === '' ? label : `${label}, ${name}`, {
                estimate,
                [INTERVAL]: [low, high],
                truth: truth ?? null,
              }),
              ...(doubt === undefined ? [] : [`not to be believed as it stands: ${doubt}`]),
            ].join('\n'),
        });
      }),
      Plot.link(simulated, {
        x1: 'truth',
        x2: 'truth',
        y1: ({ y }: { y: number }) => y - ROW / 2,
        y2: ({ y }: { y: number }) => y + ROW / 2,
        stroke: truthColour,
        strokeWidth: 2.5,
      }),
      Plot.text(rows, {
        y: 'y',
        text: ({ text, doubt }: ForestRow) =>
          `${text.replaceAll('-', '−')}${doubt === undefined ? '' : ' !'}`,
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 14,
        fontSize,
      }),
    ],
  };
  const intervals = chart.intervals ?? '95 % confidence interval';
  const legend: LegendItem[] = several
    ? series.map((text, k) => ({ ...SERIES[k % SERIES.length], text }))
    : [{ shape: 'circle', colour: COLOUR.estimate, text: `estimate with ${intervals}` }];
  if (simulated.length > 0) legend.push({ shape: 'tick', colour: truthColour, text: 'truth' });
  const doubts = [...new Set(rows.flatMap(({ doubt }) => doubt ?? []))];
  if (doubts.length > 0)
    for (const text of ['hollow, !: not to be believed as it stands', ...doubts])
      legend.push({ shape: 'hollow', colour: COLOUR.reference, text });
  return draw(picture, chart.title, legend);
}

type Placed = ForestRow & { readonly y: number };

function lowest(rows: readonly Placed[], label: string): number {
  return Math.max(...rows.filter((row) => row.label === label).map(({ y }) => y));
}

function highest(rows: readonly Placed[], label: string): number {
  return Math.min(...rows.filter((row) => row.label === label).map(({ y }) => y));
}
