import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Z95 } from '../estimate/interval.js';
import { significant } from '../estimate/number.js';
import { FONT_FAMILY } from './png.js';

/** Charts as SVG text: the same input gives the same bytes, on every machine. */

/** Colours told apart by every kind of colour vision (Okabe and Ito). */
export const COLOUR = {
  estimate: '#0072b2',
  bar: '#73b0d5',
  reference: '#d55e00',
  text: '#1d2530',
  quiet: '#5c6773',
};

const FONT_SIZE = 13;
/** Average width of a character of {@link FONT_FAMILY} at {@link FONT_SIZE}, on the wide side. */
export const CHARACTER = 6.3;
/** The same of the title's. */
const TITLE_CHARACTER = 8.6;
/** Room above the plot for the title and the legend. */
export const HEAD = 68;

export interface BlockRow {
  /** Block id, such as `chr1`. */
  readonly id: string;
  readonly h2: number;
  readonly se: number;
  /** Part of all variants (or of the length of the genome) that lies in this block, from 0 to 1. */
  readonly share: number;
}

/** One bar a block with its 95 % confidence interval, and what the block would hold if h² were spread evenly. */
export function blockChart(chart: {
  readonly rows: readonly BlockRow[];
  readonly title: string;
  readonly shareOf?: string;
  /** Why the estimates are not to be believed as they stand. */
  readonly doubt?: string | undefined;
}): string {
  const total = chart.rows.reduce((sum, row) => sum + row.h2, 0);
  const rows = chart.rows.map((row) => ({ ...row, ...interval(row.h2, row.se), even: row.share * total }));
  const labelWidth = CHARACTER * longest(rows.map((row) => row.id));
  const step = Math.min(Math.max(640 / Math.max(rows.length, 1), 16), 90);
  const turned = labelWidth + CHARACTER > step;
  const marginBottom = Math.round(34 + (turned ? labelWidth : 14));
  const picture = {
    width: Math.max(Math.round(72 + step * rows.length + 24), 560),
    height: HEAD + 260 + marginBottom,
    marginLeft: 72,
    marginRight: 24,
    marginBottom,
    x: {
      ...AXIS,
      label: 'block',
      labelOffset: marginBottom - 6,
      domain: rows.map((row) => row.id),
      padding: 0.3,
      ...(turned ? { tickRotate: -90 } : {}),
    },
    y: { ...AXIS, label: 'h² of the block', labelOffset: 58, nice: true, grid: true },
    marks: [
      Plot.barY(rows, {
        x: 'id',
        y: 'h2',
        fill: COLOUR.bar,
        title: ({ id, h2, low, high, even }) =>
          pointedAt(id, { 'h²': h2, [INTERVAL]: [low, high], 'if spread evenly': even }),
      }),
      Plot.ruleX(rows, { x: 'id', y1: 'low', y2: 'high', stroke: COLOUR.text, strokeWidth: 1.3 }),
      Plot.tickY(rows, { x: 'id', y: 'even', stroke: COLOUR.reference, strokeWidth: 2.5 }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'bar', colour: COLOUR.bar, text: 'h² with 95 % confidence interval' },
    {
      shape: 'dash',
      colour: COLOUR.reference,
      text: `the block's share of the ${chart.shareOf ?? 'variants'} × total h²`,
    },
    ...doubtLegend(chart.doubt),
  ]);
}

/** What the legend says of numbers that are not to be believed as they stand. */
export function doubtLegend(doubt: string | undefined): LegendItem[] {
  if (doubt === undefined) return [];
  return [{ shape: 'hollow', colour: COLOUR.reference, text: `not to be believed as it stands: ${doubt}` }];
}

type Pointed = number | readonly [low: number | null, high: number | null] | null;

/**
 * What a reader sees who points at a mark: what it is, then its numbers, a line each.
 * @param numbers by what they are; an interval as its two ends; null is left out.
 */
export function pointedAt(name: string, numbers: Readonly<Record<string, Pointed>>): string {
  const text = (value: number) => significant(value, 4).replaceAll('-', '−');
  const lines = Object.entries(numbers).flatMap(([label, value]) => {
    if (value === null) return [];
    if (typeof value === 'number') return [`${label} ${text(value)}`];
    const [low, high] = value;
    return low === null || high === null ? [] : [`${label} ${text(low)} to ${text(high)}`];
  });
  return [name, ...lines].join('\n');
}

/** What intervals are called there. */
export const INTERVAL = '95 % interval';

export const AXIS = { labelArrow: 'none', labelAnchor: 'center', tickSize: 0 } as const;

function interval(estimate: number, se: number): { low: number; high: number } {
  return { low: estimate - Z95 * se, high: estimate + Z95 * se };
}

export interface LegendItem {
  readonly shape: keyof typeof LEGEND_SHAPES;
  readonly colour: string;
  readonly text: string;
}

export interface Picture extends Plot.PlotOptions {
  readonly width: number;
  readonly height: number;
}

/** A scale of colour that goes on from one to the next, evenly, with a word at some of its places. */
export interface ColourRamp {
  readonly colours: readonly string[];
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/**
 * Draws the plot on a white ground, under its title, for which the ground grows to the right where it has to, and its legend,
 * which takes further lines where the picture is narrow.
 */
export function draw(
  narrow: Picture,
  title: string,
  legend: readonly LegendItem[],
  ramp?: ColourRamp,
): string {
  const { document } = parseHTML('<html></html>');
  const more = Math.max(0, Math.ceil(32 + TITLE_CHARACTER * title.length) - narrow.width);
  const picture =
    more === 0
      ? narrow
      : { ...narrow, width: narrow.width + more, marginRight: (narrow.marginRight ?? 20) + more };
  const { items, lines } = layOut(legend, picture.width);
  const added = (lines - 1) * LEGEND_LINE;
  const height = picture.height + added;
  const plot = Plot.plot({
    document,
    className: 'heredity',
    marginBottom: 52,
    ...picture,
    height,
    marginTop: (picture.marginTop ?? HEAD) + added,
  });
  plot.querySelector('style')?.remove(); // for a plot inside a web page
  // attributes, not a style: pages whose policy allows no style of an element show the picture all the same
  plot.setAttribute('font-family', `'${FONT_FAMILY}', 'Helvetica Neue', Arial, sans-serif`);
  plot.setAttribute('font-size', String(FONT_SIZE));
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  plot.setAttribute('fill', COLOUR.text);

  const ground = `<title>${escapeXml(title)}</title><rect width="${picture.width}" height="${height}" fill="white" />`;
  const head = [
    `<text x="16" y="25" text-anchor="start" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
  ];
  for (const { shape, colour, text, x, y } of items) {
    head.push(`<g fill="${colour}" transform="translate(${x},${y})">${LEGEND_SHAPES[shape]}</g>`);
    head.push(
      `<text x="${x + 22}" y="${y + 4.5}" text-anchor="start" fill="${COLOUR.quiet}">${escapeXml(text)}</text>`,
    );
  }
  if (ramp) head.push(drawRamp(ramp));
  const svg: string = plot.outerHTML;
  const inside = svg.indexOf('>') + 1;
  const end = svg.lastIndexOf('</svg>');
  return `${svg.slice(0, inside)}${ground}${svg.slice(inside, end)}${head.join('')}</svg>\n`;
}

const RAMP = { x: 28, y: 38, width: 240, height: 10 };

/** The ramp in the place of a legend, under the title. */
function drawRamp({ colours, ticks }: ColourRamp): string {
  const { x, y, width, height } = RAMP;
  // pages hold several pictures: those with the same colours may share a name
  const id = `ramp-${colours.map((colour) => colour.replace('#', '')).join('-')}`;
  const stops = colours.map(
    (colour, k) => `<stop offset="${k / (colours.length - 1)}" stop-color="${colour}" />`,
  );
  const words = ticks.map(({ at, text }) => {
    const place = x + at * width;
    return `<rect x="${place - 0.5}" y="${y + height}" width="1" height="3" fill="${COLOUR.quiet}" /><text x="${place}" y="${y + height + 15}" text-anchor="middle" font-size="11" fill="${COLOUR.quiet}">${escapeXml(text)}</text>`;
  });
  return `<linearGradient id="${id}">${stops.join('')}</linearGradient><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#${id})" stroke="#d5dae0" />${words.join('')}`;
}

const LEGEND_LINE = 22;

/** Places of the legend's keys, on as many lines as they need. */
function layOut(legend: readonly LegendItem[], width: number) {
  let [x, y] = [16, 44];
  const items = legend.map((item) => {
    const own = 22 + Math.round(CHARACTER * item.text.length) + 14;
    if (x > 16 && x + own - 14 > width) [x, y] = [16, y + LEGEND_LINE];
    const placed = { ...item, x, y };
    x += own;
    return placed;
  });
  return { items, lines: 1 + (y - 44) / LEGEND_LINE };
}

/** Keys of the legend, 16 wide, around y = 0. */
const LEGEND_SHAPES = {
  dot: '<circle cx="8" cy="0" r="4.5" />',
  circle: '<circle cx="8" cy="0" r="4.5" />',
  hollow: '<circle cx="8" cy="0" r="4" fill="white" stroke="#d55e00" stroke-width="1.8" />',
  square: '<rect x="4" y="-4" width="8" height="8" />',
  triangle: '<path d="M8,-5.5L13,3.5L3,3.5Z" />',
  diamond: '<path d="M8,-6L11.5,0L8,6L4.5,0Z" />',
  star: '<path d="M8,-6L9.4,-1.9L13.7,-1.9L10.2,0.7L11.5,4.9L8,2.3L4.5,4.9L5.8,0.7L2.3,-1.9L6.6,-1.9Z" />',
  wye: '<path d="M9.6,0.9L9.6,4.9L6.4,4.9L6.4,0.9L3,-1L4.6,-3.8L8,-1.8L11.4,-3.8L13,-1Z" />',
  cross: '<path d="M6.5,-4.5H9.5V-1.5H12.5V1.5H9.5V4.5H6.5V1.5H3.5V-1.5H6.5Z" />',
  tick: '<rect x="7" y="-7" width="2.5" height="14" />',
  bar: '<rect x="2" y="-6" width="12" height="12" />',
  dash: '<rect x="0" y="-1.25" width="16" height="2.5" />',
};

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

export function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
