import { HeredityError } from '../errors.js';
import { choleskyFactor, choleskySolve } from './small-dense.js';

/** A point at which a function was evaluated, with whatever its derivatives need. */
export interface NewtonState {
  readonly point: Float64Array;
  readonly value: number;
}

/** A function of a few variables with analytic derivatives. */
export interface NewtonProblem<S extends NewtonState> {
  /** undefined where the function does not exist. */
  evaluate(point: Float64Array): S | undefined;
  /** Hessians in order of preference, such as the exact one, then its expected value (Fisher scoring). */
  differentiate(state: S): { readonly gradient: Float64Array; readonly hessians: readonly Float64Array[] };
}

/**
 * Minimises by Newton's method with halved steps (Armijo's rule) and the first Hessian that is positive definite. Once a
 * full step promises less than 1e-9, which is near what a value in the thousands can resolve, one more such step ends it:
 * convergence is quadratic, so what is left is far smaller.
 * @returns the minimum, or undefined where no Hessian is positive definite: the problem is not identified
 * @throws HeredityError `numerical` where it does not converge
 */
export function minimise<S extends NewtonState>(problem: NewtonProblem<S>, start: S): S | undefined {
  let here: S = start;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const { gradient, hessians } = problem.differentiate(here);
    let factor: Float64Array | undefined;
    for (const hessian of hessians) factor ??= choleskyFactor(hessian, gradient.length);
    if (!factor) return undefined;
    const step = choleskySolve(factor, gradient.length, gradient);
    const decrement = step.reduce((sum, value, i) => sum + value * gradient[i], 0);
    if (decrement < 1e-9) return problem.evaluate(here.point.map((value, i) => value - step[i])) ?? here;
    const next = lineSearch(problem, here, step, decrement);
    if (!next) return here;
    here = next;
  }
  throw new HeredityError('numerical', `the likelihood did not converge in ${MAX_ITERATIONS} iterations`, {
    fix: 'there may be too few data for this model; try one with fewer parameters',
  });
}

const MAX_ITERATIONS = 500;

function lineSearch<S extends NewtonState>(
  problem: NewtonProblem<S>,
  from: S,
  step: Float64Array,
  decrement: number,
): S | undefined {
  for (let length = 1; length > 1e-12; length /= 2) {
    const there = problem.evaluate(from.point.map((value, j) => value - length * step[j]));
    if (there && there.value <= from.value - 1e-4 * length * decrement) return there;
  }
  return undefined;
}
