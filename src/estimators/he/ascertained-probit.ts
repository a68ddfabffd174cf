import { HeredityError } from '../../errors.js';
import { normalCdf, normalDensity, normalQuantile } from '../../linalg/distributions.js';
import { largestSize } from '../../linalg/extremes.js';
import { dot } from '../../linalg/orthonormal-basis.js';
import { choleskyFactor, choleskySolve } from '../../linalg/small-dense.js';

/** What covariates say of each person of a case-control sample, under the liability threshold model. */
export interface CaseProbabilities {
  /** Mean of each person's liability, in standard deviations of what covariates leave, less the threshold: Φ of it is K_i. */
  readonly liability: Float64Array;
  /** K_i: chance that somebody in the population with these covariates is a case. */
  readonly prevalence: Float64Array;
  /** P_i: the same chance in the sample, where cases are kept more often. */
  readonly share: Float64Array;
  /** Variance in the population of what covariates add to the liability. */
  readonly explained: number;
}

const MAX_ITERATIONS = 50;
/** Largest change of a liability at the end; where covariates tell cases from controls there is no end. */
const CONVERGED = 1e-6;
/** ... and where rounding leaves no better point. */
const ROUNDING = 1e-3;
const HALVINGS = 30;

/**
 * Probit regression of case status on covariates in a sample in which cases are over-represented, by maximum likelihood: with
 * K_i = Φ(η_i) in the population and cases kept w = P (1 - K) / (K (1 - P)) times as often as controls, the share in the sample is
 * P_i = w K_i / (1 + (w - 1) K_i). The step that Golan, Lander & Rosset (2014) take by logistic regression, without its approximation.
 *
 * @param status 1 for cases, 0 for controls. @param columns independent, the intercept in their span, one value a person each.
 * @param prevalence K; @param ascertainment P, both between 0 and 1.
 * @throws HeredityError `degenerate-data` where covariates tell cases from controls, so that there is no maximum.
 */
export function ascertainedProbit(
  status: Float64Array,
  columns: readonly Float64Array[],
  prevalence: number,
  ascertainment: number,
): CaseProbabilities {
  const odds = (ascertainment * (1 - prevalence)) / (prevalence * (1 - ascertainment));
  const people = status.length;
  const at = (liability: Float64Array) => evaluate(status, liability, odds);
  const start = new Float64Array(people).fill(normalQuantile(prevalence));
  let here = at(start);
  for (let iteration = 0; ; iteration++) {
    const order = columns.length;
    const score = Float64Array.from(columns, (x) => dot(x, here.score));
    const information = new Float64Array(order * order);
    for (const [a, x] of columns.entries())
      for (const [b, z] of columns.entries())
        for (let i = 0; i < people; i++) information[a * order + b] += x[i] * z[i] * here.weight[i];
    const factor = choleskyFactor(information, order);
    if (!factor || iteration === MAX_ITERATIONS) throw separated();
    const step = choleskySolve(factor, order, score);
    const direction = new Float64Array(people);
    for (const [c, x] of columns.entries()) for (let i = 0; i < people; i++) direction[i] += step[c] * x[i];
    if (largestSize(direction) < CONVERGED) break;
    let length = 1;
    let next = here;
    for (let k = 0; k < HALVINGS && !(next.logLikelihood > here.logLikelihood); k++, length /= 2)
      next = at(here.liability.map((value, i) => value + length * direction[i]));
    if (!(next.logLikelihood > here.logLikelihood)) {
      if (largestSize(direction) > ROUNDING) throw separated();
      break;
    }
    here = next;
  }
  const { liability, share } = here;
  const own = liability.map(normalCdf);
  // each person stands for as many of the population as the sampling of cases and controls left out
  const inPopulation = status.map((value) =>
    value === 1 ? prevalence / ascertainment : (1 - prevalence) / (1 - ascertainment),
  );
  return { liability, prevalence: own, share, explained: weightedVariance(liability, inPopulation) };
}

interface Point {
  readonly liability: Float64Array;
  readonly share: Float64Array;
  readonly logLikelihood: number;
  /** Derivative of the log-likelihood by each person's liability, and its expected curvature. */
  readonly score: Float64Array;
  readonly weight: Float64Array;
}

function evaluate(status: Float64Array, liability: Float64Array, odds: number): Point {
  const people = status.length;
  const share = new Float64Array(people);
  const score = new Float64Array(people);
  const weight = new Float64Array(people);
  let logLikelihood = 0;
  for (let i = 0; i < people; i++) {
    const case_ = normalCdf(liability[i]);
    const control = normalCdf(-liability[i]);
    const kept = odds * case_ + control;
    share[i] = (odds * case_) / kept;
    const slope = (odds * normalDensity(liability[i])) / kept ** 2;
    const variance = (odds * case_ * control) / kept ** 2;
    score[i] = ((status[i] - share[i]) * slope) / variance;
    weight[i] = slope ** 2 / variance;
    logLikelihood += Math.log(status[i] === 1 ? share[i] : control / kept);
  }
  return { liability, share, score, weight, logLikelihood };
}

function weightedVariance(values: Float64Array, weights: Float64Array): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const mean = dot(values, weights) / sum;
  return values.reduce((total, value, i) => total + weights[i] * (value - mean) ** 2, 0) / sum;
}

function separated(): HeredityError {
  return new HeredityError('degenerate-data', 'the covariates tell cases from controls', {
    expected: 'covariates that leave a chance of either to everybody',
    fix: 'leave out the covariate that only cases or only controls have',
  });
}
