import { sharedFloat64, toSharedFloat64 } from '../../kernels/memory.js';
import type { KernelPool } from '../../kernels/pool.js';
import { largest, largestSize } from '../../linalg/extremes.js';
import { tracesOfProducts } from '../../linalg/product-traces.js';
import {
  completeDiagonalTiles,
  InverseScratch,
  invertFactored,
  symmetricMultiply,
  traceOfProduct,
} from '../../linalg/symmetric-tiled.js';
import { factorTiledLower, type TiledLower, TiledWorkspace } from '../../linalg/tiled-lower.js';
import { residualVariance } from '../people.js';
import { assemble, averageInformation, type Evaluation, expectedInformation, project } from './evaluation.js';
import { RemlIteration, type RemlOptions } from './iteration.js';

/** Pivots below this share of the mean diagonal mean that V is not positive definite. */
const PIVOT_TOLERANCE = 1e-12;

/** Bytes beside the matrices themselves, for plans: V, and a row of panels. */
export const manyGrmsBytes = (samples: number): number => 4 * samples * (samples + 2 * 256);

/**
 * REML of one trait with any number of relationship matrices: V is factored and inverted at every iteration, order³
 * multiply-adds on all threads; Fisher scoring takes order³ more for each matrix.
 * @param matrices with complete diagonal tiles; not changed. @param basis orthonormal columns of intercept and covariates.
 */
export async function remlManyGrms(
  pool: KernelPool,
  matrices: readonly TiledLower[],
  basis: readonly Float64Array[],
  trait: Float64Array,
  phenotypicVariance: number,
  options: RemlOptions,
  onIteration: (iteration: number) => void = () => {},
): Promise<RemlIteration> {
  const order = trait.length;
  const columns = basis.length;
  const w = sharedFloat64(order * (columns + 1));
  for (let i = 0; i < order; i++) {
    for (let c = 0; c < columns; c++) w[i * (columns + 1) + c] = basis[c][i];
    w[i * (columns + 1) + columns] = trait[i];
  }
  const workspace = new TiledWorkspace();
  const scratch = new InverseScratch(order);
  const iteration = new RemlIteration(
    matrices.length + 1,
    order,
    phenotypicVariance,
    options,
    residualVariance(trait, basis),
  );
  while (!iteration.done) {
    const v = sumOf(matrices, iteration.variances, workspace);
    iteration.advance(await evaluate(pool, matrices, v, w, columns, scratch, options.algorithm));
    onIteration(iteration.iterations);
  }
  return iteration;
}

/** V = Σ σ_i² A_i + σ_e² I. */
function sumOf(
  matrices: readonly TiledLower[],
  variances: Float64Array,
  workspace: TiledWorkspace,
): TiledLower {
  const v = workspace.matrix(matrices[0].order);
  for (const [p, { values, height, width }] of v.panels.entries()) {
    values.fill(0);
    for (const [i, { panels }] of matrices.entries()) {
      const from = panels[p].values;
      const variance = variances[i];
      for (let at = 0; at < values.length; at++) values[at] += variance * from[at];
    }
    for (let r = 0; r < height; r++) values[r * width + width - height + r] += variances[matrices.length];
  }
  return v;
}

async function evaluate(
  pool: KernelPool,
  matrices: readonly TiledLower[],
  v: TiledLower,
  w: Float64Array,
  columns: number,
  scratch: InverseScratch,
  algorithm: RemlOptions['algorithm'],
): Promise<Evaluation | 'not-positive-definite' | 'collinear-covariates'> {
  const { order } = v;
  const diagonalOf = ({ values, height, width }: TiledLower['panels'][number]) =>
    Array.from({ length: height }, (_, r) => values[r * width + width - height + r]);
  const size = largest(v.panels.map((panel) => largestSize(diagonalOf(panel))));
  const rank = await factorTiledLower(pool, v, PIVOT_TOLERANCE * size, Number.POSITIVE_INFINITY);
  if (rank < order) return 'not-positive-definite';
  let logDeterminant = 0;
  for (const panel of v.panels) for (const pivot of diagonalOf(panel)) logDeterminant += 2 * Math.log(pivot);
  await invertFactored(pool, v, scratch);
  completeDiagonalTiles(v);
  const width = columns + 1;
  const solved = sharedFloat64(w.length);
  await symmetricMultiply(pool, v, w, width, solved);
  const projection = project({ w, solved, columns });
  if (!projection) return 'collinear-covariates';
  const projected = toSharedFloat64(projection.projected);
  const traces = new Float64Array(matrices.length + 1);
  const applied: Float64Array[] = [];
  for (const [i, matrix] of matrices.entries()) {
    traces[i] = await traceOfProduct(pool, v, matrix);
    const product = sharedFloat64(w.length);
    await symmetricMultiply(pool, matrix, projected, width, product);
    applied.push(product);
  }
  traces[matrices.length] = v.panels.reduce(
    (sum, panel) => diagonalOf(panel).reduce((total, value) => total + value, sum),
    0,
  );
  applied.push(projected);
  if (algorithm === 'fisher') {
    const solvedApplied: Float64Array[] = [];
    for (const a of applied) {
      const own = sharedFloat64(w.length);
      await symmetricMultiply(pool, v, a, width, own);
      solvedApplied.push(own);
    }
    const pairTraces = await tracesOfProducts(pool, v, matrices);
    const expected = expectedInformation(projection, columns, pairTraces, applied, solvedApplied);
    return assemble(projection, columns, logDeterminant, traces, applied, expected);
  }
  const components = applied.length;
  const aPy = sharedFloat64(order * components);
  for (let i = 0; i < order; i++)
    for (const [c, a] of applied.entries()) aPy[i * components + c] = a[i * width + columns];
  const solvedPy = sharedFloat64(order * components);
  await symmetricMultiply(pool, v, aPy, components, solvedPy);
  const average = averageInformation(projection, columns, applied, solvedPy);
  return assemble(projection, columns, logDeterminant, traces, applied, average);
}
