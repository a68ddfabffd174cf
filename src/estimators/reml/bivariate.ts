import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import { defineTask, type KernelPool } from '../../kernels/pool.js';
import type { BandMatrix } from '../../linalg/band-reduction.js';
import { BandSolver, bandMultiply, bandTrace } from '../../linalg/band-solver.js';
import {
  averageInformation,
  type BivariateFailure,
  type BivariateFit,
  type BivariateMeasure,
  type BivariateModel,
  bivariateScore,
  type Coordinates,
  fitBivariate,
  PARAMETERS,
  type Symmetric2,
} from './bivariate-fit.js';
import { type Projection, project } from './evaluation.js';
import type { ReducedGrm } from './one-grm.js';

/** Two traits of the same people, one relationship matrix A = Q B Q' between them reduced to B. */
export interface BivariateData {
  readonly band: BandMatrix;
  /** Q'X, samples x columns, row-major; the columns of X are orthonormal. */
  readonly x: Float64Array;
  readonly columns: number;
  /** Q'y of both. */
  readonly traits: readonly [Float64Array, Float64Array];
}

/** Both traits by solves with the band, O(samples). */
function bandModel(kernels: Kernels, data: BivariateData): BivariateModel {
  return {
    n: data.band.order - data.columns,
    measure: (coordinates) => measureBand(kernels, data, coordinates),
  };
}

function measureBand(
  kernels: Kernels,
  { band, x, columns, traits }: BivariateData,
  { t, d }: Coordinates,
): BivariateMeasure | BivariateFailure {
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
  const products = [bu, u].map(
    (applied): Symmetric2 => [dot(u[0], applied[0]), dot(u[0], applied[1]), dot(u[1], applied[1])],
  );
  const vectors = [...bu, ...u];
  const projected = sides.map((side) => side.project(vectors));
  return {
    logLikelihood: sides.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0),
    score: bivariateScore(
      sides.map(({ traces }) => traces),
      products,
    ),
    information: averageInformation((a, b, k) => dot(vectors[a], projected[k][b])),
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
    [a, b, c, d, e, f]: readonly number[],
    maxIterations: number,
    out: Float64Array,
  ): void => {
    const data = { band: { order, diagonal, below }, x, columns, traits: [first, second] } as const;
    const start = { genetic: [a, b, c], residual: [d, e, f] } as const;
    const fit = fitBivariate(bandModel(kernels, data), start, maxIterations);
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
