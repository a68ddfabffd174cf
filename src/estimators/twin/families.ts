import { HeredityError } from '../../errors.js';
import { choleskyFactor } from '../../linalg/small-dense.js';

/** Whose measure of what: the first or second member of a pair, and which of the traits. */
export interface Position {
  readonly member: 0 | 1;
  readonly trait: number;
}

/** A pair of relatives with one or more traits each; NaN is missing. */
export interface Family<K> {
  /** What its covariance depends on; families of one kind share one object. */
  readonly kind: K;
  /** The measures of each member by trait. */
  readonly values: readonly [readonly number[], readonly number[]];
  /** The rows of the mean's design, for each member and trait: as many numbers as the mean has coefficients. */
  readonly rows: readonly [readonly Float64Array[], readonly Float64Array[]];
}

/**
 * Families whose covariance and whose missing values are alike. Their likelihood needs no more of them than these sums, so that the
 * cost of a fit goes with the number of cells and not with that of families.
 */
export interface Cell<K> {
  readonly kind: K;
  readonly positions: readonly Position[];
  readonly count: number;
  /** For positions i and j at i k + j: X_i'X_j (means x means), X_i'y_j and y_i'y_j, where X_i holds the rows of position i. */
  readonly xx: readonly Float64Array[];
  readonly xy: readonly Float64Array[];
  readonly yy: Float64Array;
}

/** What the likelihood of families needs: {@link Cell cells} in units of each trait's standard deviation about its mean. */
export interface FamilySums<K> {
  readonly cells: readonly Cell<K>[];
  /** Coefficients of the mean. */
  readonly means: number;
  readonly centers: readonly number[];
  readonly scales: readonly number[];
  /** What -2 lnL in these units lacks to that in the units of the data. */
  readonly offset: number;
  readonly families: number;
}

/**
 * Sums of families. A value without a finite row of its mean counts as missing, which is for the caller to have said.
 * @throws HeredityError `degenerate-data` where a trait does not vary, no pair has two measures, or coefficients of the mean cannot
 *   be told apart
 */
export function sumFamilies<K>(families: readonly Family<K>[], traitNames: readonly string[]): FamilySums<K> {
  const described = traitNames.map((name, t) => {
    const all = families.flatMap(({ values }) => values.map((own) => own[t]).filter((y) => !Number.isNaN(y)));
    const center = all.reduce((sum, y) => sum + y, 0) / all.length;
    const scale = Math.sqrt(all.reduce((sum, y) => sum + (y - center) ** 2, 0) / all.length);
    if (all.length === 0) throw new HeredityError('degenerate-data', `no pair has ${name}`);
    if (!(scale > 1e-12 * Math.abs(center)))
      throw new HeredityError('degenerate-data', `${name} is the same for everyone`);
    return { center, scale, count: all.length };
  });
  const means = families[0].rows[0][0].length;
  const cells = new Map<K, Map<string, GrowingCell<K>>>();
  let used = 0;
  for (const { kind, values, rows } of families) {
    const positions = ([0, 1] as const).flatMap((member) =>
      traitNames.flatMap((_, trait) => (Number.isNaN(values[member][trait]) ? [] : [{ member, trait }])),
    );
    if (positions.length === 0) continue;
    used++;
    const own = cells.get(kind) ?? new Map<string, GrowingCell<K>>();
    cells.set(kind, own);
    const key = positions.map(({ member, trait }) => `${member}.${trait}`).join();
    const cell = own.get(key) ?? new GrowingCell(kind, positions, means);
    own.set(key, cell);
    cell.add(
      positions.map(({ member, trait }) => {
        const { center, scale } = described[trait];
        return (values[member][trait] - center) / scale;
      }),
      positions.map(({ member, trait }) => rows[member][trait]),
    );
  }
  const sums = {
    cells: [...cells.values()].flatMap((own) => [...own.values()]),
    means,
    centers: described.map(({ center }) => center),
    scales: described.map(({ scale }) => scale),
    offset: described.reduce((sum, { scale, count }) => sum + 2 * count * Math.log(scale), 0),
    families: used,
  };
  checkFamilies(sums);
  return sums;
}

class GrowingCell<K> implements Cell<K> {
  count = 0;
  readonly xx: readonly Float64Array[];
  readonly xy: readonly Float64Array[];
  readonly yy: Float64Array;

  constructor(
    readonly kind: K,
    readonly positions: readonly Position[],
    means: number,
  ) {
    const pairs = positions.length ** 2;
    this.xx = Array.from({ length: pairs }, () => new Float64Array(means * means));
    this.xy = Array.from({ length: pairs }, () => new Float64Array(means));
    this.yy = new Float64Array(pairs);
  }

  add(y: readonly number[], x: readonly Float64Array[]): void {
    this.count++;
    const order = y.length;
    for (let i = 0; i < order; i++) {
      for (let j = 0; j < order; j++) {
        const [xx, xy, means] = [this.xx[i * order + j], this.xy[i * order + j], x[i].length];
        this.yy[i * order + j] += y[i] * y[j];
        for (let a = 0; a < means; a++) {
          xy[a] += x[i][a] * y[j];
          for (let b = 0; b < means; b++) xx[a * means + b] += x[i][a] * x[j][b];
        }
      }
    }
  }
}

function checkFamilies<K>({ cells, means }: FamilySums<K>): void {
  if (cells.every(({ positions }) => new Set(positions.map(({ member }) => member)).size < 2))
    throw new HeredityError(
      'degenerate-data',
      'no pair has measures of both members, so nothing tells how alike relatives are',
    );
  const xx = new Float64Array(means * means);
  for (const cell of cells)
    cell.positions.forEach((_, i) => {
      const own = cell.xx[i * (cell.positions.length + 1)];
      for (let a = 0; a < xx.length; a++) xx[a] += own[a];
    });
  if (choleskyFactor(xx, means) === undefined)
    throw new HeredityError(
      'degenerate-data',
      'the covariates are collinear, with each other or with the means',
      { fix: 'leave out the covariate that the others determine' },
    );
}
