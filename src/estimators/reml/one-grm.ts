import type { Kernels } from '../../kernels/kernels.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask, type KernelPool } from '../../kernels/pool.js';
import { type BandMatrix, reduceToBand } from '../../linalg/band-reduction.js';
import { BandSolver, bandMultiply, bandSpace, bandTrace } from '../../linalg/band-solver.js';
import type { TiledLower } from '../../linalg/tiled-lower.js';
import { type RunContext, silentRun } from '../../run.js';
import { residualVariance } from '../people.js';
import { assemble, averageInformation, type Evaluation, expectedInformation, project } from './evaluation.js';
import { RemlIteration, type RemlOptions } from './iteration.js';

/**
 * One relationship matrix and people with all covariates, reduced once: A = Q B Q' with B block tridiagonal, so that every
 * iteration of every trait costs O(samples) (linalg/band-reduction.ts).
 */
export interface ReducedGrm {
  readonly band: BandMatrix;
  /** Q'X, samples x columns, row-major. */
  readonly x: Float64Array;
  readonly columns: number;
  /** Q'y of each trait. */
  readonly traits: readonly Float64Array[];
}

/**
 * Reduces a matrix, which is destroyed.
 * @param basis orthonormal columns of intercept and covariates. @param traits one value a sample each, none missing.
 */
export async function reduceGrm(
  pool: KernelPool,
  matrix: TiledLower,
  basis: readonly Float64Array[],
  traits: readonly Float64Array[],
  run: RunContext = silentRun,
): Promise<ReducedGrm> {
  const { order } = matrix;
  const all = [...basis, ...traits];
  const columns = sharedFloat64(order * all.length);
  for (const [c, values] of all.entries())
    for (let i = 0; i < order; i++) columns[i * all.length + c] = values[i];
  const band = await reduceToBand(pool, matrix, columns, all.length, run);
  const column = (c: number) => Float64Array.from({ length: order }, (_, i) => columns[i * all.length + c]);
  const x = new Float64Array(order * basis.length);
  for (let i = 0; i < order; i++)
    for (let c = 0; c < basis.length; c++) x[i * basis.length + c] = columns[i * all.length + c];
  return { band, x, columns: basis.length, traits: traits.map((_, t) => column(basis.length + t)) };
}

/** Evaluations in a flat array: a code (0, or 1 or 2 where there is none), then the numbers. */
const FAILURES = ['not-positive-definite', 'collinear-covariates'] as const;
const evaluationLength = (columns: number): number => 1 + 1 + 2 + 2 + 4 + columns + columns ** 2;

const bandEvaluation = defineTask(
  'bandEvaluation',
  (
    kernels,
    order: number,
    diagonal: Float64Array,
    below: Float64Array,
    w: Float64Array,
    columns: number,
    genetic: number,
    residual: number,
    algorithm: RemlOptions['algorithm'],
    out: Float64Array,
  ): void => {
    const result = evaluateBand(
      kernels,
      { order, diagonal, below },
      w,
      columns,
      genetic,
      residual,
      algorithm,
    );
    if (typeof result === 'string') out[0] = 1 + FAILURES.indexOf(result);
    else
      out.set([
        0,
        result.logLikelihood,
        ...result.traces,
        ...result.quadratics,
        ...result.information,
        ...result.effects,
        ...result.effectsCovariance,
      ]);
  },
);

/** Every iteration of every trait needs as much: fresh memory for each took a fifth of the time, and a hundred megabytes. */
const space = bandSpace();

function evaluateBand(
  kernels: Kernels,
  band: BandMatrix,
  w: Float64Array,
  columns: number,
  genetic: number,
  residual: number,
  algorithm: RemlOptions['algorithm'],
): Evaluation | (typeof FAILURES)[number] {
  const { order } = band;
  const solver = new BandSolver(kernels, band, space);
  const logDeterminant = solver.factor(genetic, residual);
  if (logDeterminant === undefined) return 'not-positive-definite';
  const solved = w.slice();
  solver.solve(solved, columns + 1);
  const projection = project({ w, solved, columns });
  if (!projection) return 'collinear-covariates';
  const traceOfInverse = solver.traceOfInverse();
  const applied = [bandMultiply(kernels, band, projection.projected, columns + 1), projection.projected];
  // V = g A + e I, so tr(V⁻¹A) = (order - e tr V⁻¹) / g
  const traceOfA = genetic === 0 ? bandTrace(band) / residual : (order - residual * traceOfInverse) / genetic;
  const traces = Float64Array.of(traceOfA, traceOfInverse);
  if (algorithm === 'fisher') {
    const solvedApplied = applied.map((a) => {
      const own = a.slice();
      solver.solve(own, columns + 1);
      return own;
    });
    const pairTraces = solver.pairTraces(genetic, residual);
    const expected = expectedInformation(projection, columns, pairTraces, applied, solvedApplied);
    return assemble(projection, columns, logDeterminant, traces, applied, expected);
  }
  const solvedPy = new Float64Array(2 * order);
  for (let i = 0; i < order; i++)
    for (const [c, a] of applied.entries()) solvedPy[2 * i + c] = a[i * (columns + 1) + columns];
  solver.solve(solvedPy, 2);
  const average = averageInformation(projection, columns, applied, solvedPy);
  return assemble(projection, columns, logDeterminant, traces, applied, average);
}

/**
 * REML of every trait of a reduced matrix with variance components A and I; the iterations of all traits go along together, and
 * their evaluations are spread over the pool.
 * @returns finished iterations, by trait; log-likelihoods with X as orthonormal columns.
 */
export async function remlOneGrm(
  pool: KernelPool,
  { band, x, columns, traits }: ReducedGrm,
  phenotypicVariances: readonly number[],
  options: RemlOptions,
): Promise<RemlIteration[]> {
  const { order } = band;
  const basis = Array.from({ length: columns }, (_, c) => x.filter((__, at) => at % columns === c));
  const iterations = traits.map(
    (y, t) => new RemlIteration(2, order, phenotypicVariances[t], options, residualVariance(y, basis)),
  );
  const designs = traits.map((y) => withTrait(x, columns, y));
  const outs = traits.map(() => sharedFloat64(evaluationLength(columns)));
  for (;;) {
    const active = iterations.flatMap((iteration, t) => (iteration.done ? [] : [t]));
    if (active.length === 0) return iterations;
    const calls = active.map((t) => {
      const [genetic, residual] = iterations[t].variances;
      const { algorithm } = options;
      return [
        order,
        band.diagonal,
        band.below,
        designs[t],
        columns,
        genetic,
        residual,
        algorithm,
        outs[t],
      ] as const;
    });
    await pool.run(bandEvaluation, calls, { milliseconds: active.length * order * 4e-3 });
    for (const t of active) iterations[t].advance(readEvaluation(outs[t], columns));
  }
}

function withTrait(x: Float64Array, columns: number, y: Float64Array): Float64Array {
  const width = columns + 1;
  const w = sharedFloat64(y.length * width);
  for (let i = 0; i < y.length; i++) {
    w.set(x.subarray(i * columns, (i + 1) * columns), i * width);
    w[i * width + columns] = y[i];
  }
  return w;
}

function readEvaluation(out: Float64Array, columns: number): Evaluation | (typeof FAILURES)[number] {
  if (out[0] > 0) return FAILURES[out[0] - 1];
  const part = (from: number, length: number) => out.slice(from, from + length);
  return {
    logLikelihood: out[1],
    traces: part(2, 2),
    quadratics: part(4, 2),
    information: part(6, 4),
    effects: part(10, columns),
    effectsCovariance: part(10 + columns, columns ** 2),
  };
}
