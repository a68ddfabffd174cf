import { HeredityError } from '../../errors.js';
import { choleskyFactor } from '../../linalg/small-dense.js';
import { checkCorrelation, type RelativeCorrelation } from './correlations.js';
import { backTransform, columnScales, fillRow, type PairGroup } from './pairs.js';
import type { Relationship } from './relatives.js';

/** One mean for everyone, or one a group; covariates come on top. */
export type MeanModel = 'equal' | 'by-group';

/**
 * Independent normal observations of one variance. A pair with equal variances V and covariance K turns into its sum
 * and its difference, each divided by sqrt(2): independent, with variances V + K and V - K (METHODS 9.2). A singleton
 * stays as it is. So the likelihood of all pairs is that of a regression with a few variances, and these sums are all
 * that it needs of the data.
 */
export interface Stratum {
  readonly group: number;
  readonly relationship: Relationship;
  /** +1 for sums, -1 for differences, 0 for singletons: the variance is V + sign K. */
  readonly sign: -1 | 0 | 1;
  readonly count: number;
  /** X'X (means x means), X'y and y'y. */
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  readonly yy: number;
}

export interface PairSums {
  readonly strata: readonly Stratum[];
  readonly groups: readonly GroupCount[];
  /** Names of the regression coefficients of the mean, in the order of X. */
  readonly meanNames: readonly string[];
  /** Turns coefficients of the centred and scaled columns back: value = offset + sum_j transform[i, j] b_j. */
  readonly meanOffset: Float64Array;
  readonly meanTransform: Float64Array;
}

export interface GroupCount {
  readonly label: string;
  readonly pairs: number;
  readonly singletons: number;
}

/**
 * Sums of pairs by stratum; everything later works on these alone, at a cost that does not depend on the sample size.
 * @throws HeredityError `degenerate-data` where no phenotype is left or covariates are collinear.
 */
export function sumPairs(
  groups: readonly PairGroup[],
  meanModel: MeanModel = 'equal',
  covariateNames: readonly string[] = [],
): PairSums {
  const scale = columnScales(groups, covariateNames);
  const intercepts = meanModel === 'equal' ? 1 : groups.length;
  const order = intercepts + covariateNames.length;
  const strata: MutableStratum[] = [];
  const counts = groups.map((group, g) => {
    const single = new MutableStratum(g, ALONE, 0, order);
    let [sum, difference] = [undefined, undefined] as (MutableStratum | undefined)[];
    const firstRow = new Float64Array(order);
    const secondRow = new Float64Array(order);
    let pairs = 0;
    for (let i = 0; i < group.first.length; i++) {
      const y1 = group.first[i] - scale.center[0];
      const y2 = group.second[i] - scale.center[0];
      fillRow(firstRow, g, i, intercepts, group.firstCovariates, scale);
      fillRow(secondRow, g, i, intercepts, group.secondCovariates, scale);
      if (Number.isNaN(y1) || Number.isNaN(y2)) {
        if (!Number.isNaN(y1)) single.add(y1, firstRow);
        if (!Number.isNaN(y2)) single.add(y2, secondRow);
        continue;
      }
      pairs++;
      if (sum === undefined || difference === undefined || isPerPair(group.relationship)) {
        const relationship = relationshipOf(group, i);
        strata.push((sum = new MutableStratum(g, relationship, 1, order)));
        strata.push((difference = new MutableStratum(g, relationship, -1, order)));
      }
      for (let j = 0; j < order; j++) {
        const x1 = firstRow[j];
        firstRow[j] = (x1 + secondRow[j]) * Math.SQRT1_2;
        secondRow[j] = (x1 - secondRow[j]) * Math.SQRT1_2;
      }
      sum.add((y1 + y2) * Math.SQRT1_2, firstRow);
      difference.add((y1 - y2) * Math.SQRT1_2, secondRow);
    }
    if (single.count > 0) strata.push(single);
    return { label: group.label, pairs, singletons: single.count };
  });
  const meanNames = [
    ...(meanModel === 'equal' ? ['mean'] : groups.map((group) => `mean ${group.label}`)),
    ...covariateNames,
  ];
  const sums = { strata, groups: counts, meanNames, ...backTransform(intercepts, order, scale) };
  checkData(sums, order);
  return sums;
}

/**
 * Sums that complete pairs with unit variances, mean 0 (known) and this maximum-likelihood correlation would give.
 * @throws HeredityError `usage` for an impossible correlation or number of pairs
 */
export function sumsFromCorrelations(
  correlations: readonly (RelativeCorrelation & { readonly pairs: number })[],
): PairSums {
  const strata = correlations.flatMap((correlation, group): Stratum[] => {
    checkCorrelation(correlation);
    const { relationship, r, pairs } = correlation;
    const empty = { xx: new Float64Array(0), xy: new Float64Array(0), count: pairs, group, relationship };
    return [
      { ...empty, sign: 1, yy: pairs * (1 + r) },
      { ...empty, sign: -1, yy: pairs * (1 - r) },
    ];
  });
  return {
    strata,
    groups: correlations.map(({ label, pairs }) => ({ label, pairs, singletons: 0 })),
    meanNames: [],
    meanOffset: new Float64Array(0),
    meanTransform: new Float64Array(0),
  };
}

/** Pairs and singletons: the n of BIC. */
export function familyCount(sums: PairSums): number {
  return sums.groups.reduce((total, group) => total + group.pairs + group.singletons, 0);
}

/** Variance of all phenotypes about one mean (0 where it is known): the scale on which optimisers start. */
export function pooledVariance(sums: PairSums): number {
  const count = sums.strata.reduce((total, stratum) => total + stratum.count, 0);
  return sums.strata.reduce((total, stratum) => total + stratum.yy, 0) / count;
}

/** A singleton has nobody to share with. */
const ALONE: Relationship = { additive: 0, dominance: 0, shared: 0 };

class MutableStratum implements Stratum {
  count = 0;
  yy = 0;
  readonly xx: Float64Array;
  readonly xy: Float64Array;

  constructor(
    readonly group: number,
    readonly relationship: Relationship,
    readonly sign: -1 | 0 | 1,
    order: number,
  ) {
    this.xx = new Float64Array(order * order);
    this.xy = new Float64Array(order);
  }

  add(y: number, x: Float64Array): void {
    this.count++;
    this.yy += y * y;
    for (let i = 0; i < x.length; i++) {
      this.xy[i] += x[i] * y;
      for (let j = 0; j < x.length; j++) this.xx[i * x.length + j] += x[i] * x[j];
    }
  }
}

function isPerPair(relationship: PairGroup['relationship']): relationship is readonly Relationship[] {
  return Array.isArray(relationship);
}

function relationshipOf(group: PairGroup, pair: number): Relationship {
  return isPerPair(group.relationship) ? group.relationship[pair] : group.relationship;
}

function checkData(sums: PairSums, order: number): void {
  const { strata, groups } = sums;
  const empty = groups.find((group) => group.pairs + group.singletons === 0);
  if (empty) throw new HeredityError('degenerate-data', `no ${empty.label} pair has a phenotype`);
  if (groups.every((group) => group.pairs === 0)) {
    throw new HeredityError(
      'degenerate-data',
      'no pair has both phenotypes, so nothing tells how alike relatives are',
    );
  }
  if (!(pooledVariance(sums) > 0))
    throw new HeredityError('degenerate-data', 'the trait is the same for everyone');
  if (order === 0) return;
  const xx = new Float64Array(order * order);
  for (const stratum of strata) for (let i = 0; i < xx.length; i++) xx[i] += stratum.xx[i];
  if (choleskyFactor(xx, order) === undefined) {
    throw new HeredityError(
      'degenerate-data',
      'the covariates are collinear, with each other or with the means',
      {
        fix: 'leave out the covariate that the others determine, or use --means equal',
      },
    );
  }
}
