import { chiSquareTail, normalCdf } from '../linalg/distributions.js';
import { median } from '../linalg/median.js';
import { choleskyFactor, choleskySolve } from '../linalg/small-dense.js';
import type { ComponentsOfPeople } from './components-of-people.js';
import { isOfRegion } from './ld-regions.js';

const MOST_STEPS = 100;
/** Makes the median absolute deviation of normal numbers their standard deviation. */
const MAD_TO_SD = 1.4826;

export interface AncestryOutliers {
  /** Components that are looked at, counted from 0: those that are told from noise and are not one region of LD. */
  readonly axes: readonly number[];
  /** Squared distances of all people; undefined where there are no axes, or half of the people lie in one place. */
  readonly distances: Float64Array | undefined;
  /** The largest squared distance of the main group. */
  readonly limit: number;
  /** Positions among the people of those beyond. */
  readonly outliers: readonly number[];
}

/** People far from the main group, on the components that stand for ancestry. */
export function ancestryOutliers(
  { scores, components, determined }: ComponentsOfPeople,
  standardDeviations: number,
): AncestryOutliers {
  const count = components.length;
  const axes = Array.from({ length: determined }, (_, k) => k).filter(
    (k) => !isOfRegion(components[k].densest),
  );
  const values = Float64Array.from({ length: (scores.length / count) * axes.length }, (_, at) => {
    const person = Math.floor(at / axes.length);
    return scores[person * count + axes[at % axes.length]];
  });
  const distances = robustDistances(values, axes.length);
  const limit = axes.length === 0 ? 0 : distanceLimit(standardDeviations, axes.length);
  const outliers = Array.from((distances ?? []).keys()).filter((k) => distances![k] > limit);
  return { axes, distances, limit, outliers };
}

/**
 * Squared Mahalanobis distances from the main group of people, by a centre and scatter that up to half of the people cannot
 * move: the half whose covariance has the smallest determinant, found by concentration steps (Rousseeuw and Van Driessen 1999)
 * from coordinatewise medians. Scaled so that the median is that of χ² with as many degrees of freedom as there are axes.
 *
 * @param values people x axes, row-major.
 * @returns undefined where half of the people lie in a plane, so that there is no distance.
 */
export function robustDistances(values: Float64Array, axes: number): Float64Array | undefined {
  if (axes === 0) return undefined;
  const people = values.length / axes;
  const half = Math.floor((people + axes + 1) / 2);
  if (half <= axes || half > people) return undefined;
  let distances = coordinatewise(values, axes);
  let chosen = smallest(distances, half);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = mahalanobis(values, axes, chosen);
    if (!next) return undefined;
    distances = next;
    const again = smallest(distances, half);
    if (again.every((i, k) => i === chosen[k])) break;
    chosen = again;
  }
  const unit = chiSquareQuantile(0.5, axes) / median(distances);
  return Number.isFinite(unit) ? distances.map((distance) => distance * unit) : undefined;
}

/** The squared distance that is as unlikely in so many axes as a normal number so many standard deviations from its mean. */
function distanceLimit(standardDeviations: number, axes: number): number {
  return chiSquareQuantile(2 * normalCdf(-standardDeviations), axes);
}

/** The x with P(X > x) = tail, for a χ² with a whole number of degrees of freedom; by bisection. */
function chiSquareQuantile(tail: number, df: number): number {
  let [low, high] = [0, 1];
  while (chiSquareTail(high, df) > tail) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (chiSquareTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Sums of squared distances from the median along each axis, in robust standard deviations. */
function coordinatewise(values: Float64Array, axes: number): Float64Array {
  const people = values.length / axes;
  const distances = new Float64Array(people);
  for (let k = 0; k < axes; k++) {
    const column = Float64Array.from({ length: people }, (_, i) => values[i * axes + k]);
    const centre = median(column);
    const spread = MAD_TO_SD * median(column.map((value) => Math.abs(value - centre)));
    for (let i = 0; i < people; i++) distances[i] += ((column[i] - centre) / (spread || 1)) ** 2;
  }
  return distances;
}

/** Squared distances by the mean and covariance of some of the people. */
function mahalanobis(
  values: Float64Array,
  axes: number,
  chosen: readonly number[],
): Float64Array | undefined {
  const mean = new Float64Array(axes);
  const covariance = new Float64Array(axes * axes);
  for (const i of chosen) for (let k = 0; k < axes; k++) mean[k] += values[i * axes + k] / chosen.length;
  for (const i of chosen)
    for (let k = 0; k < axes; k++)
      for (let l = 0; l <= k; l++)
        covariance[k * axes + l] +=
          ((values[i * axes + k] - mean[k]) * (values[i * axes + l] - mean[l])) / chosen.length;
  const factor = choleskyFactor(covariance, axes);
  if (!factor) return undefined;
  const people = values.length / axes;
  const off = new Float64Array(axes);
  return Float64Array.from({ length: people }, (_, i) => {
    for (let k = 0; k < axes; k++) off[k] = values[i * axes + k] - mean[k];
    const solved = choleskySolve(factor, axes, off);
    return off.reduce((sum, value, k) => sum + value * solved[k], 0);
  });
}

/** Positions of the smallest, ascending by position. */
function smallest(distances: Float64Array, count: number): number[] {
  return Array.from(distances.keys())
    .sort((a, b) => distances[a] - distances[b] || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}
