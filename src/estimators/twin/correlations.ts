import { HeredityError } from '../../errors.js';
import { choleskyFactor, choleskyInverse, choleskySolve } from '../../linalg/small-dense.js';
import { type Component, RELATIONSHIPS, type Relationship, sharedPart } from './relatives.js';

/** A correlation between relatives, and from how many independent pairs it comes (undefined where not known). */
export interface RelativeCorrelation {
  readonly label: string;
  readonly relationship: Relationship;
  readonly r: number;
  readonly pairs?: number;
}

/** Standardised components solved from correlations; SEs where pairs are known. */
export interface CorrelationEstimate {
  readonly shares: ReadonlyMap<Component, number>;
  readonly standardErrors?: ReadonlyMap<Component, number>;
}

/** Standard error of a correlation of n independent pairs, (1 - r^2) / sqrt(n). */
export function correlationError(r: number, pairs: number): number {
  return (1 - r * r) / Math.sqrt(pairs);
}

/**
 * Components as shares of the variance from correlations of relatives, r = sum of shared part x share, by least squares
 * weighted with each correlation's sampling variance; e2 is what the others leave. With MZ and DZ twins and components
 * A and C it is Falconer's formula, a2 = 2 (r_MZ - r_DZ), c2 = 2 r_DZ - r_MZ, with its usual standard errors; with A and
 * D the dominance form, a2 = 4 r_DZ - r_MZ, d2 = 2 r_MZ - 4 r_DZ (METHODS 9.1). Estimates are not clipped.
 * @throws HeredityError `usage` for impossible correlations or counts, `degenerate-data` where the relatives do not
 *   identify the components.
 */
export function fromCorrelations(
  correlations: readonly RelativeCorrelation[],
  components: readonly Exclude<Component, 'E'>[] = ['A', 'C'],
): CorrelationEstimate {
  for (const correlation of correlations) checkCorrelation(correlation);
  const known = correlations.every(({ pairs }) => pairs !== undefined);
  const order = components.length;
  const xx = new Float64Array(order * order);
  const xy = new Float64Array(order);
  for (const { relationship, r, pairs } of correlations) {
    const weight = known ? 1 / Math.max(correlationError(r, pairs!), 1e-12) ** 2 : 1;
    components.forEach((row, i) => {
      xy[i] += weight * sharedPart(relationship, row) * r;
      components.forEach((column, j) => {
        xx[i * order + j] += weight * sharedPart(relationship, row) * sharedPart(relationship, column);
      });
    });
  }
  const factor = choleskyFactor(xx, order);
  if (!factor) {
    throw new HeredityError(
      'degenerate-data',
      `these relatives cannot tell ${components.join(' and ')} apart`,
      {
        fix: 'add relatives who share another part of a component, such as dizygotic twins or adoptive siblings',
      },
    );
  }
  const solved = choleskySolve(factor, order, xy);
  const shares = new Map<Component, number>(components.map((component, i) => [component, solved[i]]));
  shares.set('E', 1 - solved.reduce((sum, share) => sum + share, 0));
  if (!known) return { shares };
  const covariance = choleskyInverse(factor, order);
  const standardErrors = new Map<Component, number>(
    components.map((component, i) => [component, Math.sqrt(covariance[i * order + i])]),
  );
  standardErrors.set('E', Math.sqrt(covariance.reduce((sum, value) => sum + value, 0)));
  return { shares, standardErrors };
}

/** Falconer's formula for MZ and DZ twins reared together; `components` A and C, or A and D. */
export function falconer(
  rMZ: number,
  rDZ: number,
  pairs: { readonly mz?: number | undefined; readonly dz?: number | undefined } = {},
  components: readonly ['A', 'C'] | readonly ['A', 'D'] = ['A', 'C'],
): CorrelationEstimate {
  const correlation = (label: string, relationship: Relationship, r: number, count: number | undefined) => ({
    label,
    relationship,
    r,
    ...(count === undefined ? {} : { pairs: count }),
  });
  return fromCorrelations(
    [correlation('MZ', RELATIONSHIPS.mz, rMZ, pairs.mz), correlation('DZ', RELATIONSHIPS.dz, rDZ, pairs.dz)],
    components,
  );
}

/**
 * Pearson correlation over complete pairs.
 * @throws HeredityError `degenerate-data` with fewer than two pairs or where one side does not vary.
 */
export function pairCorrelation(label: string, first: ArrayLike<number>, second: ArrayLike<number>) {
  let [pairs, mean1, mean2, s11, s12, s22] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    if (Number.isNaN(first[i]) || Number.isNaN(second[i])) continue;
    pairs++;
    const [d1, d2] = [first[i] - mean1, second[i] - mean2];
    mean1 += d1 / pairs;
    mean2 += d2 / pairs;
    s11 += d1 * (first[i] - mean1);
    s12 += d1 * (second[i] - mean2);
    s22 += d2 * (second[i] - mean2);
  }
  if (!(s11 > 0 && s22 > 0)) {
    throw new HeredityError(
      'degenerate-data',
      `${label} pairs have no correlation: ${pairs} complete, or no variation`,
    );
  }
  return { r: s12 / Math.sqrt(s11 * s22), pairs };
}

/** @throws HeredityError `usage` for a correlation outside -1 to 1, or no pairs */
export function checkCorrelation({ label, r, pairs }: RelativeCorrelation): void {
  if (!(Math.abs(r) <= 1)) {
    throw new HeredityError('usage', `the correlation of ${label} pairs is impossible`, {
      value: r,
      expected: 'a number from -1 to 1',
    });
  }
  if (pairs !== undefined && !(pairs >= 1)) {
    throw new HeredityError('usage', `the number of ${label} pairs is impossible`, {
      value: pairs,
      expected: 'at least 1',
    });
  }
}
