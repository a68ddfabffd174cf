import { smallest } from '../../linalg/extremes.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import type { Evaluation } from './evaluation.js';
import type { RemlFailure, RemlFit } from './iteration.js';

/** Rise of the log-likelihood that is still hoped for where a fit has converged. */
const CONVERGED = 1e-6;
/** ... and where rounding lets no step succeed. */
const FLAT = 1e-2;
/**
 * tr PV, the sum of σ² tr PK over the components, is the people less the columns; where a component of negative variance takes
 * this many times the people from it, an eigenvalue of V is all but 0.
 */
const SINGULAR = 1;
/** A step is halved so many times before another direction is tried. */
const HALVINGS = 20;

interface Point {
  readonly variances: Float64Array;
  readonly evaluation: Evaluation;
}

/**
 * Ascent of the restricted likelihood in which no step makes it worse, for where average information alone ends nowhere: each
 * step is that of the information matrix over the variances that are free, halved until the likelihood rises; where it does
 * not, a step of expectation-maximisation, whose direction is always uphill. Variances that stand at their bound and are
 * pushed below it leave the information matrix. Driven as `RemlIteration` is.
 *
 * Where variances may be negative the likelihood need not have a maximum: beside a matrix of few large eigenvalues it grows
 * without bound as V becomes singular in a direction in which y has nothing. The variance that leads there then gets a bound,
 * and the ascent starts again.
 */
export class SafeguardedAscent {
  /** Where the likelihood is wanted next. */
  variances: Float64Array;
  fit: RemlFit | undefined;
  failure: RemlFailure | undefined;
  readonly #start: Float64Array;
  readonly #least: Float64Array;
  readonly #bounds: Float64Array;
  readonly #samples: number;
  readonly #maxIterations: number;
  #best: Point | undefined;
  #step: Float64Array = new Float64Array(0);
  #scale = 1;
  #direction: 'information' | 'expectation' = 'information';
  /** Rise of the log-likelihood that the quadratic model foresees of a whole step. */
  #hoped = Number.POSITIVE_INFINITY;
  #iterations = 0;
  #lastProblem: RemlFailure = 'not-converged';

  /**
   * @param start where V is positive definite. @param bounds of the variances, all above 0. @param isBounded whether all have
   * theirs from the start; else only those without which there is no answer.
   */
  constructor(
    start: Float64Array,
    bounds: Float64Array,
    isBounded: boolean,
    samples: number,
    maxIterations: number,
  ) {
    this.#start = start;
    this.#bounds = bounds;
    this.#least = isBounded ? bounds.slice() : bounds.map(() => Number.NEGATIVE_INFINITY);
    this.variances = start.map((value, i) => Math.max(value, this.#least[i]));
    this.#samples = samples;
    this.#maxIterations = maxIterations;
  }

  /** @param evaluation at {@link variances}, or why there is none. */
  advance(evaluation: Evaluation | RemlFailure): void {
    const isBetter =
      typeof evaluation !== 'string' &&
      (this.#best === undefined || evaluation.logLikelihood > this.#best.evaluation.logLikelihood);
    if (isBetter) {
      this.#best = { variances: this.variances, evaluation };
      this.#direction = 'information';
      this.#iterations++;
      this.#choose();
      return;
    }
    if (typeof evaluation === 'string') this.#lastProblem = evaluation;
    if (this.#best === undefined) {
      this.failure = this.#lastProblem;
      return;
    }
    this.#scale /= 2;
    if (this.#scale > 2 ** -HALVINGS) this.#propose();
    else if (this.#direction === 'information') {
      this.#direction = 'expectation';
      this.#choose();
    } else if (this.#hoped < FLAT) this.#finish();
    else this.#fail(this.#lastProblem);
  }

  /** Starts again with a bound on the variance that takes most from V, or gives up where none is below its bound. */
  #fail(failure: RemlFailure): void {
    const { variances, evaluation } = this.#best!;
    const shares = variances.map((value, i) => (value < this.#bounds[i] ? value * evaluation.traces[i] : 0));
    const worst = shares.indexOf(smallest(shares));
    if (!(shares[worst] < 0)) {
      this.failure = failure;
      return;
    }
    this.#least[worst] = this.#bounds[worst];
    this.#best = undefined;
    this.#iterations = 0;
    this.variances = this.#start.map((value, i) => Math.max(value, this.#least[i]));
  }

  /** The next direction from the best point so far, unless that is the answer. */
  #choose(): void {
    const { variances, evaluation } = this.#best!;
    if (variances.some((value, i) => value * evaluation.traces[i] < -SINGULAR * this.#samples)) {
      this.#fail('not-positive-definite');
      return;
    }
    const gradient = evaluation.traces.map((trace, i) => (evaluation.quadratics[i] - trace) / 2);
    const newton = informationStep(evaluation.information, gradient, this.#held(variances, gradient));
    const rise = newton?.reduce((sum, value, i) => sum + value * gradient[i], 0) ?? Number.POSITIVE_INFINITY;
    this.#hoped = rise / 2;
    if (this.#hoped < CONVERGED) {
      this.#finish();
      return;
    }
    if (this.#iterations > this.#maxIterations) {
      this.#fail('not-converged');
      return;
    }
    if (newton === undefined) this.#direction = 'expectation';
    this.#step =
      this.#direction === 'information' && newton
        ? newton
        : gradient.map((value, i) => (2 * variances[i] ** 2 * value) / this.#samples);
    this.#scale = 1;
    this.#propose();
  }

  #propose(): void {
    const { variances } = this.#best!;
    this.variances = variances.map((value, i) =>
      Math.max(this.#least[i], value + this.#scale * this.#step[i]),
    );
  }

  #held(variances: Float64Array, gradient: Float64Array): boolean[] {
    return Array.from(variances, (value, i) => value <= this.#least[i] && gradient[i] <= 0);
  }

  #finish(): void {
    const { variances, evaluation } = this.#best!;
    const constrained = Array.from(variances, (value, i) => value <= this.#least[i]);
    const covariance = inverseOfFree(evaluation.information, constrained);
    if (covariance === undefined) {
      this.#fail('information-not-invertible');
      return;
    }
    const { logLikelihood, effects, effectsCovariance } = evaluation;
    const iterations = this.#iterations;
    this.fit = { variances, covariance, logLikelihood, effects, effectsCovariance, iterations, constrained };
  }
}

/** I⁻¹ g over the variances that are not held, 0 for those that are; undefined where I is not positive definite. */
function informationStep(
  information: Float64Array,
  gradient: Float64Array,
  held: readonly boolean[],
): Float64Array | undefined {
  const covariance = inverseOfFree(information, held);
  const order = gradient.length;
  return (
    covariance &&
    gradient.map((_, i) => gradient.reduce((sum, value, j) => sum + covariance[i * order + j] * value, 0))
  );
}

/** Inverse of the rows and columns that are free, among zeros: a variance that is held has no error. */
export function inverseOfFree(matrix: Float64Array, held: readonly boolean[]): Float64Array | undefined {
  const order = held.length;
  const free = held.flatMap((flag, i) => (flag ? [] : [i]));
  const part = Float64Array.from(free.flatMap((i) => free.map((j) => matrix[i * order + j])));
  const factor = choleskyFactor(part, free.length);
  if (!factor) return undefined;
  const inverse = choleskyInverse(factor, free.length);
  const whole = new Float64Array(order * order);
  for (const [a, i] of free.entries())
    for (const [b, j] of free.entries()) whole[i * order + j] = inverse[a * free.length + b];
  return whole;
}
