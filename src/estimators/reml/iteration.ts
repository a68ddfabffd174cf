import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import type { Evaluation } from './evaluation.js';
import { inverseOfFree, SafeguardedAscent } from './safeguarded.js';

export interface RemlOptions {
  /** Average information, Fisher scoring (expected information), or expectation-maximisation. @default 'ai' */
  readonly algorithm: 'ai' | 'fisher' | 'em';
  /** Whether variances stay above 0. @default true */
  readonly constrain: boolean;
  readonly maxIterations: number;
  /** Starting variances, residual last; half of what GCTA calls priors. @default the variance of y, in equal parts */
  readonly priors?: readonly number[];
}

export const REML_DEFAULTS: RemlOptions = { algorithm: 'ai', constrain: true, maxIterations: 100 };

/** A variance that would fall below 0 is set to this share of the variance of y. */
const CONSTRAINED = 1e-6;
/**
 * The least residual variance of a fit that goes on with safe steps, by the variance of y: below it V is singular to the
 * precision of a float32 matrix of low rank, and the likelihood noise.
 */
const LEAST_RESIDUAL = 1e-5;
/** Whoever allows fewer iterations wants no more of them; after so many, average information goes round in circles. */
const ENOUGH_ITERATIONS = 30;
/** Steps are this long while the likelihood still changes by more than 1. */
const DAMPING = 0.316;
/** Where V is not positive definite, a step is halved so many times. */
const HALVINGS = 10;

/** Where covariates take more than this share of the variance of y, a fit that fails starts again from what they leave. */
const EXPLAINED = 0.5;

/** Why a fit has no answer. */
export type RemlFailure =
  | 'not-positive-definite'
  | 'collinear-covariates'
  | 'information-not-invertible'
  | 'more-than-half-constrained'
  | 'not-converged';

export interface RemlFit {
  /** Residual last. */
  readonly variances: Float64Array;
  /** Of the estimates, components x components. */
  readonly covariance: Float64Array;
  readonly logLikelihood: number;
  /** Of the columns of X, and their covariance, row-major. */
  readonly effects: Float64Array;
  readonly effectsCovariance: Float64Array;
  readonly iterations: number;
  readonly constrained: readonly boolean[];
}

/**
 * The iterations of GCTA (METHODS 5.2), one trait: one step of expectation-maximisation, then average information with
 * damped first steps (or whole steps of Fisher scoring), constraint and GCTA's rule of convergence. Whoever drives it evaluates the likelihood at
 * {@link variances} and tells the result to {@link advance}, until {@link fit} or {@link failure} is there.
 */
export class RemlIteration {
  /** Where the likelihood is wanted next. */
  variances: Float64Array;
  fit: RemlFit | undefined;
  failure: RemlFailure | undefined;
  iterations = 0;
  readonly #options: RemlOptions;
  #phenotypicVariance: number;
  /** Variance to start again from where a fit fails. */
  #secondStart: number | undefined;
  readonly #samples: number;
  #lastLogLikelihood = Number.NEGATIVE_INFINITY;
  #change = Number.POSITIVE_INFINITY;
  /** The last variances at which V was positive definite. */
  #last: Float64Array | undefined;
  #halvings = 0;
  /** Where these iterations ended without an answer: goes on from the last good place with steps that cannot fail. */
  #ascent: SafeguardedAscent | undefined;
  #firstFailure: RemlFailure | undefined;
  /** Whether the information matrix could be inverted: where it never could, the components cannot be told apart. */
  #wasInvertible = false;

  /**
   * @param phenotypicVariance of y, divisor samples - 1. @param residualVariance what covariates leave of it: from a start far
   * above it, as GCTA's is where they explain most of y, average information may step below 0 everywhere.
   */
  constructor(
    components: number,
    samples: number,
    phenotypicVariance: number,
    options: RemlOptions,
    residualVariance: number,
  ) {
    this.#options = options;
    this.#samples = samples;
    this.#phenotypicVariance = phenotypicVariance;
    this.variances = options.priors
      ? Float64Array.from(options.priors)
      : new Float64Array(components).fill(phenotypicVariance / components);
    if (!options.priors && residualVariance < (1 - EXPLAINED) * phenotypicVariance)
      this.#secondStart = residualVariance;
  }

  get done(): boolean {
    return this.fit !== undefined || this.failure !== undefined;
  }

  /** @param evaluation at {@link variances}, or why there is none. */
  advance(evaluation: Evaluation | 'not-positive-definite' | 'collinear-covariates'): void {
    if (this.#ascent) {
      this.#ascend(this.#ascent, evaluation);
      return;
    }
    if (evaluation === 'collinear-covariates') {
      this.failure = evaluation;
      return;
    }
    if (evaluation === 'not-positive-definite') {
      this.#retreat();
      return;
    }
    this.#halvings = 0;
    const { algorithm, constrain, maxIterations, priors } = this.#options;
    const isFirst = this.iterations === 0 && priors === undefined;
    const components = this.variances.length;
    const step =
      isFirst || algorithm === 'em' ? this.#expectationStep(evaluation) : this.#informationStep(evaluation);
    if (!step) {
      this.#fail('information-not-invertible');
      return;
    }
    const constrained = constrain
      ? keepPositive(step, CONSTRAINED * this.#phenotypicVariance)
      : step.map(() => 0);
    const constrainedCount = constrained.reduce((sum, flag) => sum + flag, 0);
    if (2 * constrainedCount > components) {
      this.#fail('more-than-half-constrained');
      return;
    }
    const { logLikelihood } = evaluation;
    this.#change = logLikelihood - this.#lastLogLikelihood;
    this.#lastLogLikelihood = logLikelihood;
    this.iterations++;
    const isConverged =
      squaredDistance(step, this.variances) < 1e-8 * squaredDistance(step, new Float64Array(components)) &&
      (Math.abs(this.#change) < 1e-4 || (this.#change < 0 && this.#change > -1e-2));
    this.#last = this.variances;
    this.variances = step;
    if (isConverged) {
      const held = Array.from(constrained, Boolean);
      const covariance = inverseOfFree(evaluation.information, held);
      if (!covariance) this.#fail('information-not-invertible');
      else
        this.fit = {
          variances: step,
          covariance,
          logLikelihood,
          effects: evaluation.effects,
          effectsCovariance: evaluation.effectsCovariance,
          iterations: this.iterations,
          constrained: held,
        };
    } else if (this.iterations >= maxIterations) this.#fail('not-converged');
  }

  #fail(failure: RemlFailure): void {
    if (this.#secondStart === undefined) {
      const isShort = failure === 'not-converged' && this.#options.maxIterations < ENOUGH_ITERATIONS;
      const isHopeless = isShort || (failure === 'information-not-invertible' && !this.#wasInvertible);
      if (this.#last && !isHopeless) this.#rescue(failure);
      else this.failure = failure;
      return;
    }
    this.#phenotypicVariance = this.#secondStart;
    this.variances = this.variances.map(() => this.#phenotypicVariance / this.variances.length);
    this.#secondStart = undefined;
    this.iterations = 0;
    this.#lastLogLikelihood = Number.NEGATIVE_INFINITY;
    this.#change = Number.POSITIVE_INFINITY;
    this.#last = undefined;
    this.#halvings = 0;
  }

  /** Starts again with {@link SafeguardedAscent} from equal parts, where V is far from singular. */
  #rescue(failure: RemlFailure): void {
    const { constrain, maxIterations } = this.#options;
    const components = this.variances.length;
    const start = this.variances.map(() => this.#phenotypicVariance / components);
    const bounds = this.variances.map(
      (_, i) => (i === components - 1 ? LEAST_RESIDUAL : CONSTRAINED) * this.#phenotypicVariance,
    );
    this.#firstFailure = failure;
    this.#ascent = new SafeguardedAscent(start, bounds, constrain, this.#samples, maxIterations);
    this.variances = this.#ascent.variances;
  }

  #ascend(
    ascent: SafeguardedAscent,
    evaluation: Evaluation | 'not-positive-definite' | 'collinear-covariates',
  ): void {
    ascent.advance(evaluation);
    this.variances = ascent.variances;
    if (ascent.fit) this.fit = { ...ascent.fit, iterations: this.iterations + ascent.fit.iterations };
    else if (ascent.failure) this.failure = this.#firstFailure;
  }

  /** Half-way back to where V was positive definite. */
  #retreat(): void {
    if (!this.#last || this.#halvings++ >= HALVINGS) {
      this.#fail('not-positive-definite');
      return;
    }
    const last = this.#last;
    this.variances = this.variances.map((value, i) => (value + last[i]) / 2);
  }

  #expectationStep({ traces, quadratics }: Evaluation): Float64Array {
    return this.variances.map(
      (value, i) => value - (value * value * (traces[i] - quadratics[i])) / this.#samples,
    );
  }

  #informationStep({ traces, quadratics, information }: Evaluation): Float64Array | undefined {
    const components = this.variances.length;
    const covariance = inverse(information, components);
    if (!covariance) return undefined;
    this.#wasInvertible = true;
    const damping = this.#options.algorithm === 'ai' && this.#change > 1 ? DAMPING : 1;
    return this.variances.map((value, i) => {
      let step = 0;
      for (let j = 0; j < components; j++)
        step -= (covariance[i * components + j] * (traces[j] - quadratics[j])) / 2;
      return value + damping * step;
    });
  }
}

/**
 * Sets variances below 0 to `least`, and takes what that adds from the others in equal parts, as far as they are larger.
 * @returns 1 for each that was set.
 */
function keepPositive(variances: Float64Array, least: number): Float64Array {
  const flags = variances.map((value) => Number(value < 0));
  let added = 0;
  let count = 0;
  for (const [i, flag] of flags.entries()) {
    if (!flag) continue;
    added += least - variances[i];
    variances[i] = least;
    count++;
  }
  const share = added / (variances.length - count);
  for (const [i, flag] of flags.entries()) if (!flag && variances[i] > share) variances[i] -= share;
  return flags;
}

function inverse(information: Float64Array, components: number): Float64Array | undefined {
  const factor = choleskyFactor(information, components);
  return factor && choleskyInverse(factor, components);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
}
