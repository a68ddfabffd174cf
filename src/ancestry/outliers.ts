import { chiSquareTail, normalCdf } from '../linalg/distributions.js';
import { median } from '../linalg/median.js';
import { choleskyFactor, choleskySolve } from '../linalg/small-dense.js';

const MOST_STEPS = 100;
/** Makes the median absolute deviation of normal numbers their standard deviation. */
const MAD_TO_SD = 1.4826;

/**
 * Squared Mahalanobis distances from the main group of people, by a centre and scatter that up to half of the people cannot
 * move: the half whose covariance has the smallest determinant, found by concentration steps (Rousseeuw and Van Driessen 1999)
 * from coordinatewise medians. Scaled so that the median is that of χ² with as many degrees of freedom as there are axes.
 *
 * @param values people x axes, row-major.
 * @returns undefined where half of the people lie in a plane, so that there is no distance.
 */
export function robustDistances(values: Float64Array, axes: number): Float64Array | undefined {
  const people = values.length / axes;
  const half = Math.floor((people + axes + 1) / 2);
  if (axes === 0 || half <= axes || half > people) return undefined;
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
export function distanceLimit(standardDeviations: number, axes: number): number {
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
