import { HeredityError } from '../../errors.js';
import type { Relationship } from './relatives.js';

/** Pairs of one kind of relatives. NaN marks a missing phenotype; a pair with one phenotype counts as a singleton. */
export interface PairGroup {
  readonly label: string;
  /** One for the whole group, or one a pair (realised sharing of siblings). */
  readonly relationship: Relationship | readonly Relationship[];
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Row-major, pairs x covariates; finite wherever the phenotype is. */
  readonly firstCovariates?: Float64Array;
  readonly secondCovariates?: Float64Array;
}

/** Centre and scale of the phenotype (index 0) and of each covariate: sums of squares of large means lose digits. */
export interface ColumnScales {
  readonly center: Float64Array;
  readonly spread: Float64Array;
}

export function columnScales(groups: readonly PairGroup[], covariateNames: readonly string[]): ColumnScales {
  const width = covariateNames.length + 1;
  const [center, spread] = [new Float64Array(width), new Float64Array(width)];
  let count = 0;
  const eachPerson = (visit: (values: (j: number) => number) => void) => {
    for (const { first, second, firstCovariates, secondCovariates } of groups) {
      for (let i = 0; i < first.length; i++) {
        for (const [y, x] of [[first, firstCovariates] as const, [second, secondCovariates] as const]) {
          if (!Number.isNaN(y[i])) visit((j) => (j === 0 ? y[i] : x![i * (width - 1) + j - 1]));
        }
      }
    }
  };
  eachPerson((values) => {
    count++;
    for (let j = 0; j < width; j++) center[j] += (values(j) - center[j]) / count;
  });
  if (count === 0) throw new HeredityError('degenerate-data', 'no pair has a phenotype');
  eachPerson((values) => {
    for (let j = 0; j < width; j++) spread[j] += (values(j) - center[j]) ** 2 / count;
  });
  for (let j = 1; j < width; j++) {
    if (Number.isNaN(spread[j])) {
      throw new HeredityError(
        'bad-input',
        `covariate ${covariateNames[j - 1]} is missing for a person with a phenotype`,
        {
          fix: 'make the phenotype missing too',
        },
      );
    }
    if (!(spread[j] > 1e-24 * center[j] ** 2)) {
      throw new HeredityError(
        'degenerate-data',
        `covariate ${covariateNames[j - 1]} is the same for everyone`,
        {
          fix: 'leave it out of --covar',
        },
      );
    }
    spread[j] = Math.sqrt(spread[j]);
  }
  return { center, spread };
}

/** Fills the row of one person: a 1 for its mean (one of `intercepts`), then its centred and scaled covariates. */
export function fillRow(
  row: Float64Array,
  group: number,
  pair: number,
  intercepts: number,
  covariates: Float64Array | undefined,
  { center, spread }: ColumnScales,
): void {
  for (let j = 0; j < intercepts; j++) row[j] = intercepts === 1 || j === group ? 1 : 0;
  const width = row.length - intercepts;
  for (let j = 0; j < width; j++) {
    row[intercepts + j] = (covariates![pair * width + j] - center[j + 1]) / spread[j + 1];
  }
}

/** mean = b_0 + centre of y - sum_j b_j centre_j / spread_j, and coefficient_j = b_j / spread_j. */
export function backTransform(intercepts: number, order: number, { center, spread }: ColumnScales) {
  const meanOffset = new Float64Array(order);
  const meanTransform = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    meanTransform[i * order + i] = i < intercepts ? 1 : 1 / spread[i - intercepts + 1];
    if (i >= intercepts) continue;
    meanOffset[i] = center[0];
    for (let j = 1; j < center.length; j++) {
      meanTransform[i * order + intercepts + j - 1] = -center[j] / spread[j];
    }
  }
  return { meanOffset, meanTransform };
}
