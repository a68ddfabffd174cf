import { formatCount } from '../estimate/number.js';

/** Points of one kind, of which a picture shows some. */
export interface PointGroup {
  readonly name: string;
  /** How many there are in all. */
  readonly count: number;
  /** Of those that are shown. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Values of many points, by index: nothing is made for each of them. */
export interface ManyPoints {
  readonly count: number;
  x(index: number): number;
  y(index: number): number;
  /** Index of its kind among the names. */
  kind(index: number): number;
}

/** Points that a picture shows at most, and cells of its grid to begin with: about as many as dots have room beside each other. */
const MOST_SHOWN = 3000;
const FINEST = 220;
/** Digits of what is kept of a value: a dot's place. */
const DIGITS = 4;

/**
 * Of points in the same cell of a grid one is kept a kind, the first; the grid is as fine as leaves no more than a picture can show.
 * @returns kinds that have points, in the order of their names. Points that are not finite are left out.
 */
export function thinPoints(points: ManyPoints, names: readonly string[]): PointGroup[] {
  const x = extent(points.count, points.x);
  const y = extent(points.count, points.y);
  for (let cells = FINEST; ; cells = Math.floor(cells / 1.25)) {
    const taken = new Uint8Array(names.length * cells * cells);
    const counts = new Int32Array(names.length);
    const shown: number[][] = names.map(() => []);
    let total = 0;
    for (let k = 0; k < points.count && (total <= MOST_SHOWN || cells <= 1); k++) {
      const [column, row] = [x.cell(points.x(k), cells), y.cell(points.y(k), cells)];
      if (Number.isNaN(column) || Number.isNaN(row)) continue;
      const kind = points.kind(k);
      counts[kind]++;
      const at = (kind * cells + row) * cells + column;
      if (taken[at] === 1) continue;
      taken[at] = 1;
      shown[kind].push(k);
      total++;
    }
    if (total > MOST_SHOWN && cells > 1) continue;
    const rounded = (value: number) => Number(value.toPrecision(DIGITS));
    return names.flatMap((name, kind) =>
      counts[kind] === 0
        ? []
        : [
            {
              name,
              count: counts[kind],
              x: shown[kind].map((k) => rounded(points.x(k))),
              y: shown[kind].map((k) => rounded(points.y(k))),
            },
          ],
    );
  }
}

/** Where values lie among `cells` cells of equal length; NaN for what is not finite. */
function extent(count: number, value: (index: number) => number) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < count; k++) {
    const own = value(k);
    if (!Number.isFinite(own)) continue;
    low = Math.min(low, own);
    high = Math.max(high, own);
  }
  const length = high - low || 1;
  return {
    cell: (own: number, cells: number) =>
      Number.isFinite(own) ? Math.min(cells - 1, Math.floor(((own - low) / length) * cells)) : Number.NaN,
  };
}

/** How many are shown of how many, where that is not all. */
export function shownOf({ count, x }: PointGroup, what: string): string {
  return x.length === count ? '' : ` (${formatCount(x.length)} of ${formatCount(count)} ${what} drawn)`;
}
