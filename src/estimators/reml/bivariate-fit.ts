import { dot } from '../../linalg/orthonormal-basis.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';

/** A symmetric 2 x 2 matrix: its elements 11, 12, 22. */
export type Symmetric2 = readonly [number, number, number];

export interface BivariateFit {
  readonly genetic: Symmetric2;
  readonly residual: Symmetric2;
  /** Of the six, genetic first, by average information, with what random vectors add: row-major. */
  readonly covariance: Float64Array;
  /** What random vectors add; undefined where there are none. */
  readonly random?: Float64Array;
  readonly logLikelihood: number;
  readonly iterations: number;
}

export type BivariateFailure = 'not-positive-definite' | 'collinear-covariates' | 'not-converged' | 'flat';

export const PARAMETERS = 6;
/** The Newton decrement, in units of log-likelihood, at which nothing is left to be gained. */
const CONVERGED = 1e-10;
/** A step may lose so much of it to rounding. */
const ROUNDING = 1e-8;
const HALVINGS = 12;

/** What the two traits say at some variances, in the coordinates of T. */
export interface BivariateMeasure {
  /** But for n log|det T|. */
  readonly logLikelihood: number;
  readonly score: Float64Array;
  /** Average information, row-major. */
  readonly information: Float64Array;
  /** Covariance of the score that random vectors leave, row-major. */
  readonly random?: Float64Array;
}

/** T with T Σe T' = I and T Σg T' = diag(d), row-major. */
export interface Coordinates {
  readonly t: Float64Array;
  /** T⁻¹. */
  readonly back: Float64Array;
  readonly d: readonly [number, number];
}

/** Covariance of two traits, covariates removed, half of which is taken for genetic at the start of iterations. @param n people less columns. */
export function covarianceOf(a: Float64Array, b: Float64Array, n: number): Symmetric2 {
  return [dot(a, a) / n, dot(a, b) / n, dot(b, b) / n];
}

/** Two traits with one relationship matrix. */
export interface BivariateModel {
  /** People less columns projected out. */
  readonly n: number;
  measure(coordinates: Coordinates): BivariateMeasure | BivariateFailure;
}

/**
 * REML of two traits together, V = Σg⊗A + Σe⊗I, by average information (Lee et al. 2012; METHODS 5.6). In the coordinates T in which
 * T Σe T' = I and T Σg T' is diagonal, V is that of two independent traits with one matrix, d_i A + I. Steps are taken there and carried
 * back; one that does not raise the likelihood is halved. Neither variances nor the correlation are held inside of what can be, as long as V
 * is positive definite.
 * @param start variances to start from, residual covariance matrix positive definite.
 */
export function fitBivariate(
  model: BivariateModel,
  start: { readonly genetic: Symmetric2; readonly residual: Symmetric2 },
  maxIterations: number,
): BivariateFit | BivariateFailure {
  let { genetic, residual } = start;
  const first = evaluate(model, genetic, residual);
  if (typeof first === 'string') return first;
  let current = first;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { score, inverse, back, d, logLikelihood } = current;
    const step = new Float64Array(PARAMETERS);
    for (let i = 0; i < PARAMETERS; i++)
      for (let j = 0; j < PARAMETERS; j++) step[i] += inverse[i * PARAMETERS + j] * score[j];
    const decrement = step.reduce((sum, value, i) => sum + value * score[i], 0);
    if (decrement < CONVERGED) {
      const sampling = carried(inverse, back);
      const found = { genetic, residual, logLikelihood, iterations: iteration };
      if (!current.random) return { ...found, covariance: sampling };
      const random = carried(congruentAll(inverse, current.random), back);
      return { ...found, covariance: sampling.map((value, at) => value + random[at]), random };
    }
    let next: BivariateEvaluation | undefined;
    let failure: BivariateFailure = 'not-converged';
    for (let halving = 0, share = 1; halving <= HALVINGS && !next; halving++, share /= 2) {
      const nextGenetic = congruent(back, [d[0] + share * step[0], share * step[1], d[1] + share * step[2]]);
      const nextResidual = congruent(back, [1 + share * step[3], share * step[4], 1 + share * step[5]]);
      const tried = evaluate(model, nextGenetic, nextResidual);
      if (typeof tried === 'string') failure = tried;
      else if (tried.logLikelihood > logLikelihood - ROUNDING) {
        [genetic, residual] = [nextGenetic, nextResidual];
        next = tried;
      }
    }
    if (!next) return failure;
    current = next;
  }
  return 'not-converged';
}

interface BivariateEvaluation extends Omit<BivariateMeasure, 'information'>, Coordinates {
  /** Of the average information. */
  readonly inverse: Float64Array;
}

function evaluate(
  model: BivariateModel,
  genetic: Symmetric2,
  residual: Symmetric2,
): BivariateEvaluation | BivariateFailure {
  const coordinates = diagonalising(genetic, residual);
  if (!coordinates) return 'not-positive-definite';
  const measured = model.measure(coordinates);
  if (typeof measured === 'string') return measured;
  const { information, logLikelihood, ...rest } = measured;
  const factor = choleskyFactor(information, PARAMETERS);
  if (!factor) return 'flat';
  const { t } = coordinates;
  const determinant = Math.abs(t[0] * t[3] - t[1] * t[2]);
  return {
    ...coordinates,
    ...rest,
    logLikelihood: logLikelihood + model.n * Math.log(determinant),
    inverse: choleskyInverse(factor, PARAMETERS),
  };
}

/** The vectors K u of the six parameters are of four kinds, K u_1, K u_2, u_1 and u_2; where each stands, on the side of either trait. */
const [B0, B1, U0, U1] = [0, 1, 2, 3];
const ON_SIDES: readonly (readonly (number | undefined)[])[] = [
  [B0, undefined],
  [B1, B0],
  [undefined, B1],
  [U0, undefined],
  [U1, U0],
  [undefined, U1],
];

/** Average information from products of the four vectors with P of either side between. @param product of vectors a and b on side k. */
export function averageInformation(product: (a: number, b: number, k: number) => number): Float64Array {
  const information = new Float64Array(PARAMETERS * PARAMETERS);
  for (const k of [0, 1])
    for (let i = 0; i < PARAMETERS; i++)
      for (let j = 0; j < PARAMETERS; j++) {
        const [a, b] = [ON_SIDES[i][k], ON_SIDES[j][k]];
        if (a !== undefined && b !== undefined) information[i * PARAMETERS + j] += product(a, b, k) / 2;
      }
  return information;
}

/** The score from tr PK and tr P of either side and u_i'Ku_j and u_i'u_j (11, 12, 22). */
export function bivariateScore(
  traces: readonly (readonly [number, number])[],
  products: readonly Symmetric2[],
): Float64Array {
  const score = new Float64Array(PARAMETERS);
  for (const [at, [first, both, second]] of products.entries()) {
    score[3 * at] = (first - traces[0][at]) / 2;
    score[3 * at + 1] = both;
    score[3 * at + 2] = (second - traces[1][at]) / 2;
  }
  return score;
}

/** Undefined where Σe is not positive definite. */
function diagonalising([g11, g12, g22]: Symmetric2, [e11, e12, e22]: Symmetric2): Coordinates | undefined {
  const l11 = Math.sqrt(e11);
  const l21 = e12 / l11;
  const l22 = Math.sqrt(e22 - l21 ** 2);
  if (!(l11 > 0 && l22 > 0)) return undefined;
  // C = L⁻¹ Σg L⁻ᵀ
  const [i11, i21, i22] = [1 / l11, -l21 / (l11 * l22), 1 / l22];
  const c11 = i11 * g11 * i11;
  const c12 = i11 * (i21 * g11 + i22 * g12);
  const c22 = i21 * (i21 * g11 + i22 * g12) + i22 * (i21 * g12 + i22 * g22);
  const angle = Math.atan2(2 * c12, c11 - c22) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const t = Float64Array.of(cos * i11 + sin * i21, sin * i22, -sin * i11 + cos * i21, cos * i22);
  const back = Float64Array.of(l11 * cos, -l11 * sin, l21 * cos + l22 * sin, -l21 * sin + l22 * cos);
  return {
    t,
    back,
    d: [
      c11 * cos ** 2 + 2 * c12 * sin * cos + c22 * sin ** 2,
      c11 * sin ** 2 - 2 * c12 * sin * cos + c22 * cos ** 2,
    ],
  };
}

/** M S M' of a 2 x 2 M, row-major. */
function congruent(m: Float64Array, [s11, s12, s22]: Symmetric2): Symmetric2 {
  const element = (a: number, b: number) =>
    m[2 * a] * (s11 * m[2 * b] + s12 * m[2 * b + 1]) + m[2 * a + 1] * (s12 * m[2 * b] + s22 * m[2 * b + 1]);
  return [element(0, 0), element(0, 1), element(1, 1)];
}

/** Covariance of the six parameters, from that in the coordinates of T. */
function carried(covariance: Float64Array, back: Float64Array): Float64Array {
  const unit = [0, 1, 2].map((k) =>
    congruent(back, [Number(k === 0), Number(k === 1), Number(k === 2)] as Symmetric2),
  );
  // both matrices are carried alike
  const jacobian = (i: number, j: number) =>
    Math.floor(i / 3) === Math.floor(j / 3) ? unit[j % 3][i % 3] : 0;
  const out = new Float64Array(PARAMETERS * PARAMETERS);
  for (let i = 0; i < PARAMETERS; i++)
    for (let j = 0; j < PARAMETERS; j++)
      for (let a = 0; a < PARAMETERS; a++)
        for (let b = 0; b < PARAMETERS; b++)
          out[i * PARAMETERS + j] += jacobian(i, a) * covariance[a * PARAMETERS + b] * jacobian(j, b);
  return out;
}

/** A C A of symmetric matrices over the parameters. */
function congruentAll(a: Float64Array, c: Float64Array): Float64Array {
  const out = new Float64Array(PARAMETERS * PARAMETERS);
  for (let i = 0; i < PARAMETERS; i++)
    for (let j = 0; j < PARAMETERS; j++)
      for (let k = 0; k < PARAMETERS; k++)
        for (let l = 0; l < PARAMETERS; l++)
          out[i * PARAMETERS + j] += a[i * PARAMETERS + k] * c[k * PARAMETERS + l] * a[l * PARAMETERS + j];
  return out;
}
