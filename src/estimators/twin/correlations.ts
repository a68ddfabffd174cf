import { HeredityError } from '../../errors.js';
import { choleskyFactor, choleskySolve } from '../../linalg/small-dense.js';
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
  const variances = correlations.map(({ r, pairs }) => (known ? correlationError(r, pairs!) ** 2 : 1));
  // A correlation of 1 has no error by this formula; weights that differ by more than 1e8 gain nothing but rounding.
  const smallest = 1e-8 * Math.max(...variances) || 1;
  const order = components.length;
  const xx = new Float64Array(order * order);
  const weighted = correlations.map(({ relationship }, k) => {
    const parts = components.map((component) => sharedPart(relationship, component));
    const row = parts.map((part) => part / Math.max(variances[k], smallest));
    row.forEach((w, i) => {
      parts.forEach((part, j) => {
        xx[i * order + j] += w * part;
      });
    });
    return row;
  });
  const factor = choleskyFactor(xx, order);
  if (!factor) {
    throw new HeredityError(
      'degenerate-data',
      `these relatives cannot tell ${components.join(' and ')} apart`,
      {
        expected: 'relatives who share different parts of each',
        fix: 'add relatives who share another part of a component, such as dizygotic twins or adoptive siblings',
      },
    );
  }
  // What one unit of each correlation adds to each component: exact whatever the weights where relatives are just enough.
  const gains = weighted.map((row) => choleskySolve(factor, order, row));
  const total = (values: (k: number) => number) => correlations.reduce((sum, _, k) => sum + values(k), 0);
  const shares = new Map<Component, number>();
  const standardErrors = new Map<Component, number>();
  components.forEach((component, i) => {
    shares.set(
      component,
      total((k) => gains[k][i] * correlations[k].r),
    );
    standardErrors.set(component, Math.sqrt(total((k) => gains[k][i] ** 2 * variances[k])));
  });
  const summed = gains.map((gain) => gain.reduce((sum, value) => sum + value, 0));
  shares.set('E', 1 - total((k) => summed[k] * correlations[k].r));
  standardErrors.set('E', Math.sqrt(total((k) => summed[k] ** 2 * variances[k])));
  return known ? { shares, standardErrors } : { shares };
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
