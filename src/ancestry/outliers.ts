import { chiSquareTail, normalCdf } from '../linalg/distributions.js';
import { evenly } from '../linalg/evenly.js';
import { choleskyFactor, choleskySolve } from '../linalg/small-dense.js';
import type { ComponentsOfPeople } from './components-of-people.js';
import { isOfRegion } from './ld-regions.js';

/** Share of all people who lie densest, and of the main group that they are taken to be at first. */
const CORE = 0.2;
const CORE_OF_GROUP = 0.5;
/** Share of the main group whose mean and covariance count. */
const WITHIN = 0.975;
const MOST_STEPS = 200;
/** Points that are tried as its centre, and people by whose distances. */
const CENTRES = 300;
const SAMPLED = 4000;

export interface AncestryOutliers {
  /** Components that are looked at, counted from 0: those that are told from noise and are not one region of LD. */
  readonly axes: readonly number[];
  /** Squared distances of all people; undefined where there are no axes, or too many people lie in one place. */
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
    const axis = axes[at % axes.length];
    return scores[Math.floor(at / axes.length) * count + axis] * Math.sqrt(components[axis].eigenvalue);
  });
  const distances = robustDistances(values, axes.length);
  const limit = axes.length === 0 ? 0 : distanceLimit(standardDeviations, axes.length);
  const outliers = Array.from((distances ?? []).keys()).filter((k) => distances![k] > limit);
  return { axes, distances, limit, outliers };
}

/**
 * Squared Mahalanobis distances from the main group of people, which may be a minority of them: the densest fifth (the smallest
 * ball that holds so many) is where it starts; from then on its mean and covariance are those of the people within the
 * 97.5 % ellipse of the last, made consistent for the cut (Rousseeuw and Leroy 1987, reweighting), until these stay the same.
 *
 * @param values people x axes, row-major; a step along any axis is as far. @returns undefined where a fifth of the people lie in
 * a plane, so that there is no distance.
 */
export function robustDistances(values: Float64Array, axes: number): Float64Array | undefined {
  if (axes === 0) return undefined;
  const people = values.length / axes;
  let group = densest(values, axes, Math.max(axes + 1, Math.ceil(CORE * people)));
  let share = CORE_OF_GROUP;
  const cut = chiSquareQuantile(1 - WITHIN, axes);
  for (let step = 0; ; step++) {
    const distances = mahalanobis(values, axes, group)?.map((d) => d * shrinkage(share, axes));
    if (!distances) return undefined;
    const next = Array.from(distances.keys()).filter((i) => distances[i] <= cut);
    const isSame = next.length === group.length && next.every((i, k) => i === group[k]);
    if ((isSame && share === WITHIN) || step === MOST_STEPS) return distances;
    [group, share] = [next, WITHIN];
  }
}

/** By how much the variance of normal numbers is smaller within the ellipse that holds a share of them. */
function shrinkage(share: number, axes: number): number {
  return (1 - chiSquareTail(chiSquareQuantile(1 - share, axes), axes + 2)) / share;
}

/** The people nearest to a point, of which so many lie closer together than around any other that was tried. */
function densest(values: Float64Array, axes: number, count: number): number[] {
  const people = values.length / axes;
  const some = evenly(people, SAMPLED);
  const rank = Math.min(some.length - 1, Math.ceil((count * some.length) / people));
  let best = { radius: Number.POSITIVE_INFINITY, centre: 0 };
  for (const centre of evenly(people, CENTRES)) {
    const radius = Float64Array.from(some, (i) => squaredDistance(values, axes, centre, i)).sort()[rank];
    if (radius < best.radius) best = { radius, centre };
  }
  const away = Float64Array.from({ length: people }, (_, i) => squaredDistance(values, axes, best.centre, i));
  return Array.from(away.keys())
    .sort((i, k) => away[i] - away[k] || i - k)
    .slice(0, count)
    .sort((i, k) => i - k);
}

function squaredDistance(values: Float64Array, axes: number, i: number, k: number): number {
  let sum = 0;
  for (let axis = 0; axis < axes; axis++) sum += (values[i * axes + axis] - values[k * axes + axis]) ** 2;
  return sum;
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
