import { choleskyFactor, choleskyInverse, quadraticForm } from '../../linalg/small-dense.js';
import type { FactorFit } from './factor-fit.js';

/** The standard error of a function of a fit's parameters; null where the data do not give one. */
export type DeltaError = (value: (point: Float64Array) => number) => number | null;

/**
 * Standard errors by the delta method from the observed information, with derivatives of the function by central differences.
 * @param point the fit's parameters, those at a bound set to it
 * @param held parameters at a bound, which are taken as known
 */
export function deltaErrors(
  { hessian }: FactorFit,
  point: Float64Array,
  held: readonly number[] = [],
): DeltaError {
  const size = point.length;
  const free = Array.from({ length: size }, (_, k) => k).filter((k) => !held.includes(k));
  const order = free.length;
  const reduced = new Float64Array(order * order);
  free.forEach((k, i) => {
    free.forEach((l, j) => {
      reduced[i * order + j] = hessian[k * size + l];
    });
  });
  const factor = choleskyFactor(reduced, order);
  // the Hessian is that of -2 lnL: the covariance is twice its inverse
  const covariance = factor && choleskyInverse(factor, order).map((value) => 2 * value);
  return (value) => {
    if (!covariance) return null;
    const at = (k: number, shift: number) => {
      const moved = point.slice();
      moved[k] += shift;
      return value(moved);
    };
    const gradient = free.map((k) => (at(k, STEP) - at(k, -STEP)) / (2 * STEP));
    const variance = quadraticForm(covariance, order, gradient);
    return Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)) : null;
  };
}

/** Parameters are of the order of 1: standard deviations of traits in units of their own. */
const STEP = 1e-5;

/** Share of a trait's variance below which a squared path coefficient counts as 0. */
export const NEGLIGIBLE = 1e-7;

/**
 * A path coefficient that a start has at least, in standard deviations: at 0 the likelihood is flat, and a fit would stay there.
 */
export const LIFT = 0.2;

/** A path coefficient from which a fit can move either way. */
export function liftedCoefficient(value: number): number {
  if (Math.abs(value) >= LIFT) return value;
  return value < 0 ? -LIFT : LIFT;
}
