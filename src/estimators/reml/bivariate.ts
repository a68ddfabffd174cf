import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask, type KernelPool } from '../../kernels/pool.js';
import type { BandMatrix } from '../../linalg/band-reduction.js';
import { BandSolver, bandMultiply, bandTrace } from '../../linalg/band-solver.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import { type Projection, project } from './evaluation.js';
import type { ReducedGrm } from './one-grm.js';

/** A symmetric 2 x 2 matrix: its elements 11, 12, 22. */
export type Symmetric2 = readonly [number, number, number];

/** Two traits of the same people, one relationship matrix A = Q B Q' between them reduced to B. */
export interface BivariateData {
  readonly band: BandMatrix;
  /** Q'X, samples x columns, row-major; the columns of X are orthonormal. */
  readonly x: Float64Array;
  readonly columns: number;
  /** Q'y of both. */
  readonly traits: readonly [Float64Array, Float64Array];
}

export interface BivariateFit {
  readonly genetic: Symmetric2;
  readonly residual: Symmetric2;
  /** Of the six, genetic first, by average information: row-major. */
  readonly covariance: Float64Array;
  readonly logLikelihood: number;
  readonly iterations: number;
}

export type BivariateFailure = 'not-positive-definite' | 'collinear-covariates' | 'not-converged' | 'flat';

const PARAMETERS = 6;
/** The Newton decrement, in units of log-likelihood, at which nothing is left to be gained. */
const CONVERGED = 1e-10;
/** A step may lose so much of it to rounding. */
const ROUNDING = 1e-8;
const HALVINGS = 12;

/**
 * REML of two traits together, V = Σg⊗A + Σe⊗I, by average information (Lee et al. 2012; METHODS 5.6). In the coordinates T in which
 * T Σe T' = I and T Σg T' is diagonal, V is that of two independent traits with one matrix, d_i A + I, so that an evaluation costs two of
 * the univariate kind, O(samples). Steps are taken there and carried back; one that does not raise the likelihood is halved. Neither
 * variances nor the correlation are held inside of what can be, as long as V is positive definite.
 * @param start variances to start from, residual covariance matrix positive definite.
 */
function fitBivariate(
  kernels: Kernels,
  data: BivariateData,
  start: { readonly genetic: Symmetric2; readonly residual: Symmetric2 },
  maxIterations: number,
): BivariateFit | BivariateFailure {
  let { genetic, residual } = start;
  const first = evaluate(kernels, data, genetic, residual);
  if (typeof first === 'string') return first;
  let current = first;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { score, inverse, back, d, logLikelihood } = current;
    const step = new Float64Array(PARAMETERS);
    for (let i = 0; i < PARAMETERS; i++)
      for (let j = 0; j < PARAMETERS; j++) step[i] += inverse[i * PARAMETERS + j] * score[j];
    const decrement = step.reduce((sum, value, i) => sum + value * score[i], 0);
    if (decrement < CONVERGED) {
      const covariance = carried(inverse, back);
      return { genetic, residual, covariance, logLikelihood, iterations: iteration };
    }
    let next: BivariateEvaluation | undefined;
    let failure: BivariateFailure = 'not-converged';
    for (let halving = 0, share = 1; halving <= HALVINGS && !next; halving++, share /= 2) {
      const nextGenetic = congruent(back, [d[0] + share * step[0], share * step[1], d[1] + share * step[2]]);
      const nextResidual = congruent(back, [1 + share * step[3], share * step[4], 1 + share * step[5]]);
      const tried = evaluate(kernels, data, nextGenetic, nextResidual);
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

interface BivariateEvaluation {
  readonly logLikelihood: number;
  /** Gradient in the coordinates of T. */
  readonly score: Float64Array;
  /** Of the average information. */
  readonly inverse: Float64Array;
  /** T⁻¹, row-major, and the diagonal of T Σg T'. */
  readonly back: Float64Array;
  readonly d: readonly [number, number];
}

function evaluate(
  kernels: Kernels,
  { band, x, columns, traits }: BivariateData,
  genetic: Symmetric2,
  residual: Symmetric2,
): BivariateEvaluation | BivariateFailure {
  const coordinates = diagonalising(genetic, residual);
  if (!coordinates) return 'not-positive-definite';
  const { t, back, d } = coordinates;
  const { order } = band;
  const sides: Side[] = [];
  for (const k of [0, 1] as const) {
    const width = columns + 1;
    const w = new Float64Array(order * width);
    for (let i = 0; i < order; i++) {
      w.set(x.subarray(i * columns, (i + 1) * columns), i * width);
      w[i * width + columns] = t[2 * k] * traits[0][i] + t[2 * k + 1] * traits[1][i];
    }
    const side = openSide(kernels, band, w, columns, d[k]);
    if (typeof side === 'string') return side;
    sides.push(side);
  }
  const u = sides.map(({ py }) => py);
  const bu = u.map((own) => bandMultiply(kernels, band, own, 1));
  const score = new Float64Array(PARAMETERS);
  for (const [at, applied] of [bu, u].entries()) {
    for (const k of [0, 1]) score[3 * at + 2 * k] = (-sides[k].traces[at] + dot(u[k], applied[k])) / 2;
    score[3 * at + 1] = dot(u[0], applied[1]);
  }
  // K u of each parameter: what stands on the side of either trait
  const [[b0, b1], [u0, u1]] = [bu, u];
  const none = undefined;
  const onSides = [
    [b0, none],
    [b1, b0],
    [none, b1],
    [u0, none],
    [u1, u0],
    [none, u1],
  ] as const;
  const vectors = [b0, b1, u0, u1];
  const information = new Float64Array(PARAMETERS * PARAMETERS);
  for (const k of [0, 1]) {
    const projected = sides[k].project(vectors);
    const products = vectors.map((own) => projected.map((other) => dot(own, other)));
    for (let i = 0; i < PARAMETERS; i++)
      for (let j = 0; j < PARAMETERS; j++) {
        const [a, b] = [onSides[i][k], onSides[j][k]];
        if (a && b) information[i * PARAMETERS + j] += products[vectors.indexOf(a)][vectors.indexOf(b)] / 2;
      }
  }
  const factor = choleskyFactor(information, PARAMETERS);
  if (!factor) return 'flat';
  const determinant = Math.abs(t[0] * t[3] - t[1] * t[2]);
  return {
    logLikelihood:
      sides.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0) +
      (order - columns) * Math.log(determinant),
    score,
    inverse: choleskyInverse(factor, PARAMETERS),
    back,
    d,
  };
}

/** One of the two independent traits, V = d B + I. */
interface Side {
  readonly logLikelihood: number;
  readonly py: Float64Array;
  /** tr(PB) and tr(P). */
  readonly traces: readonly [number, number];
  /** P v of some vectors. */
  readonly project: (vectors: readonly Float64Array[]) => Float64Array[];
}

function openSide(
  kernels: Kernels,
  band: BandMatrix,
  w: Float64Array,
  columns: number,
  d: number,
): Side | BivariateFailure {
  const { order } = band;
  const width = columns + 1;
  const solver = new BandSolver(kernels, band);
  const logDeterminant = solver.factor(d, 1);
  if (logDeterminant === undefined) return 'not-positive-definite';
  const solved = w.slice();
  solver.solve(solved, width);
  const projection = project({ w, solved, columns });
  if (!projection) return 'collinear-covariates';
  const { projected, inverse } = projection;
  const applied = bandMultiply(kernels, band, projected, width);
  const traceOfInverse = solver.traceOfInverse();
  // Σ over columns of (X'V⁻¹X)⁻¹ X'V⁻¹ A V⁻¹X
  const ofColumns = (a: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < order; i++)
      for (let r = 0; r < columns; r++)
        for (let c = 0; c < columns; c++)
          sum += inverse[r * columns + c] * projected[i * width + r] * a[i * width + c];
    return sum;
  };
  return {
    logLikelihood: -(logDeterminant + projection.logDeterminant + projection.yPy) / 2,
    py: Float64Array.from({ length: order }, (_, i) => projected[i * width + columns]),
    traces: [
      traceOfProduct(band, d, traceOfInverse) - ofColumns(applied),
      traceOfInverse - ofColumns(projected),
    ],
    project: (vectors) => projectAll(solver, projection, columns, vectors),
  };
}

/** tr(V⁻¹B) of V = d B + I: (order - tr V⁻¹) / d, which has no digits where d is next to nothing. */
function traceOfProduct(band: BandMatrix, d: number, traceOfInverse: number): number {
  return Math.abs(d) > 1e-7 ? (band.order - traceOfInverse) / d : bandTrace(band);
}

/** P v = V⁻¹v - V⁻¹X (X'V⁻¹X)⁻¹ X'V⁻¹ v. */
function projectAll(
  solver: BandSolver,
  { projected, inverse }: Projection,
  columns: number,
  vectors: readonly Float64Array[],
): Float64Array[] {
  const width = columns + 1;
  const count = vectors.length;
  const order = projected.length / width;
  const solved = new Float64Array(order * count);
  const onX = new Float64Array(columns * count);
  for (let i = 0; i < order; i++)
    for (let k = 0; k < count; k++) {
      solved[i * count + k] = vectors[k][i];
      for (let r = 0; r < columns; r++) onX[r * count + k] += projected[i * width + r] * vectors[k][i];
    }
  solver.solve(solved, count);
  const effects = new Float64Array(columns * count);
  for (let r = 0; r < columns; r++)
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < count; k++) effects[r * count + k] += inverse[r * columns + c] * onX[c * count + k];
  return vectors.map((_, k) =>
    Float64Array.from({ length: order }, (__, i) => {
      let value = solved[i * count + k];
      for (let r = 0; r < columns; r++) value -= projected[i * width + r] * effects[r * count + k];
      return value;
    }),
  );
}

/** T with T Σe T' = I and T Σg T' = diag(d), and its inverse; undefined where Σe is not positive definite. */
function diagonalising(
  [g11, g12, g22]: Symmetric2,
  [e11, e12, e22]: Symmetric2,
): { t: Float64Array; back: Float64Array; d: readonly [number, number] } | undefined {
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

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Failures as they come back from a thread, from 1. */
const FAILURES = ['not-positive-definite', 'collinear-covariates', 'not-converged', 'flat'] as const;
const FIT_LENGTH = 1 + PARAMETERS + PARAMETERS ** 2 + 2;

const bivariateFit = defineTask(
  'bivariateFit',
  (
    kernels,
    order: number,
    diagonal: Float64Array,
    below: Float64Array,
    x: Float64Array,
    columns: number,
    first: Float64Array,
    second: Float64Array,
    start: readonly number[],
    maxIterations: number,
    out: Float64Array,
  ): void => {
    const data = { band: { order, diagonal, below }, x, columns, traits: [first, second] } as const;
    const [a, b, c, d, e, f] = start;
    const fit = fitBivariate(kernels, data, { genetic: [a, b, c], residual: [d, e, f] }, maxIterations);
    if (typeof fit === 'string') out[0] = 1 + FAILURES.indexOf(fit);
    else out.set([0, ...fit.genetic, ...fit.residual, ...fit.covariance, fit.logLikelihood, fit.iterations]);
  },
);

/**
 * Fits pairs of traits of the same people, a pair a thread.
 * @param reduced the matrix with all traits. @param pairs positions of traits in it.
 * @param starts covariance of the two traits of each pair, covariates removed: half of it is taken for genetic at the start.
 */
export async function fitPairs(
  pool: KernelPool,
  { band, x, columns, traits }: ReducedGrm,
  pairs: readonly (readonly [number, number])[],
  starts: readonly Symmetric2[],
  maxIterations: number,
): Promise<(BivariateFit | BivariateFailure)[]> {
  const shared = [...traits].map(toSharedFloat64);
  const sharedX = toSharedFloat64(x);
  const calls = pairs.map(([a, b], k) => {
    const half = starts[k].map((value) => value / 2);
    const start = [...half, ...half];
    const { order, diagonal, below } = band;
    return [
      order,
      diagonal,
      below,
      sharedX,
      columns,
      shared[a],
      shared[b],
      start,
      maxIterations,
      sharedFloat64(FIT_LENGTH),
    ] as const;
  });
  await pool.run(bivariateFit, calls, { milliseconds: calls.length * band.order * 0.1 });
  return calls.map((call) => {
    const out = call[9];
    if (out[0] > 0) return FAILURES[out[0] - 1];
    const at = (k: number): Symmetric2 => [out[k], out[k + 1], out[k + 2]];
    return {
      genetic: at(1),
      residual: at(4),
      covariance: out.slice(7, 7 + PARAMETERS ** 2),
      logLikelihood: out[7 + PARAMETERS ** 2],
      iterations: out[8 + PARAMETERS ** 2],
    };
  });
}
