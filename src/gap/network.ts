import { HeredityError } from '../errors.js';
import { largestEigenvalue } from '../linalg/general-eigenvalues.js';
import { solveLinear } from '../linalg/linear-solve.js';
import { strongComponents } from './strong-components.js';

/** A sparse square matrix by rows: entries k from start[i] to start[i + 1] are (column[k], weight[k]). */
export interface SparseMatrix {
  readonly order: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly weight: Float64Array;
}

/** Collects entries (row, column, weight); entries at one place add up. */
export function sparseMatrix(
  order: number,
  entries: readonly (readonly [number, number, number])[],
): SparseMatrix {
  const start = new Int32Array(order + 1);
  for (const [row] of entries) start[row + 1]++;
  for (let i = 0; i < order; i++) start[i + 1] += start[i];
  const next = start.slice();
  const column = new Int32Array(entries.length);
  const weight = new Float64Array(entries.length);
  for (const [i, j, w] of entries) {
    column[next[i]] = j;
    weight[next[i]++] = w;
  }
  return { order, start, column, weight };
}

/** y = W x. */
export function multiplySparse(
  { order, start, column, weight }: SparseMatrix,
  x: Float64Array,
): Float64Array {
  const y = new Float64Array(order);
  for (let i = 0; i < order; i++) {
    let sum = 0;
    for (let k = start[i]; k < start[i + 1]; k++) sum += weight[k] * x[column[k]];
    y[i] = sum;
  }
  return y;
}

/** Components of so many genes have exact eigenvalues, and networks of so many an exact solution. */
const SMALL = 200;

/**
 * Spectral radius: the largest over strongly connected components. Small ones have exact eigenvalues; of a large one it
 * is the mean growth of W^k x over the second half of many steps, good to some 1e-3 where the leading eigenvalues lie
 * close together.
 */
export function spectralRadius(matrix: SparseMatrix): number {
  const place = new Int32Array(matrix.order).fill(-1);
  let radius = 0;
  for (const members of strongComponents(matrix)) {
    for (const [i, row] of members.entries()) place[row] = i;
    const entries: [number, number, number][] = [];
    for (const [i, row] of members.entries()) {
      for (let k = matrix.start[row]; k < matrix.start[row + 1]; k++) {
        const j = place[matrix.column[k]];
        if (j >= 0) entries.push([i, j, matrix.weight[k]]);
      }
    }
    for (const row of members) place[row] = -1;
    if (entries.length > 0) radius = Math.max(radius, radiusOf(sparseMatrix(members.length, entries)));
  }
  return radius;
}

function radiusOf(matrix: SparseMatrix): number {
  const exact = matrix.order <= SMALL ? largestEigenvalue(dense(matrix), matrix.order) : undefined;
  return exact ?? growth(matrix);
}

/** Multiplications and additions that a large network may cost: some seconds. */
const BUDGET = 4e9;

function growth(matrix: SparseMatrix): number {
  const steps = Math.min(
    4000,
    Math.max(100, Math.floor(BUDGET / 10 / (matrix.weight.length + matrix.order))),
  );
  // A fixed start without symmetry, so that it is not orthogonal to the leading eigenvector.
  let x: Float64Array = Float64Array.from(
    { length: matrix.order },
    (_, i) => 1 + 0.5 * Math.sin(12.9898 * (i + 1)),
  );
  scale(x, 1 / norm(x));
  let [logGrowth, counted, previous] = [0, 0, Number.NaN];
  for (let step = 1; step <= steps / 2; step++) {
    // Two steps at a time: eigenvalues +r and -r make single steps alternate.
    x = multiplySparse(matrix, multiplySparse(matrix, x));
    const grown = norm(x);
    if (grown < 1e-300) return 0;
    scale(x, 1 / grown);
    if (step > 20 && Math.abs(grown - previous) <= 1e-13 * grown) return Math.sqrt(grown);
    previous = grown;
    if (step > steps / 4) {
      logGrowth += Math.log(grown);
      counted++;
    }
  }
  return Math.exp(logGrowth / (2 * counted));
}

/** Row-major. */
function dense({ order, start, column, weight }: SparseMatrix): Float64Array {
  const values = new Float64Array(order * order);
  for (let i = 0; i < order; i++)
    for (let k = start[i]; k < start[i + 1]; k++) values[i * order + column[k]] += weight[k];
  return values;
}

/**
 * Total effects beta = gamma + rho W beta of a regulatory network (METHODS 10.7). Networks of some hundred genes are
 * solved exactly; larger ones by the series sum_m (rho W)^m gamma: one sparse product a term, no dense matrix, so many
 * thousand genes take seconds.
 * @param radius of W, where it is known. @default {@link spectralRadius}
 * @throws HeredityError `usage` where the spectral radius of rho W is not below 1: effects would grow without end;
 *   `numerical` where a large network is so near to 1 that the series does not end within its budget
 */
export function networkEffects(
  matrix: SparseMatrix,
  rho: number,
  direct: Float64Array,
  radiusOfW: number = spectralRadius(matrix),
) {
  const radius = Math.abs(rho) * radiusOfW;
  if (!(radius < 1)) {
    throw new HeredityError('usage', 'the network amplifies effects without end: no fixed point', {
      value: radius,
      expected: 'a spectral radius of rho W below 1',
      fix: 'lower --rho or the weights of the edges',
    });
  }
  const effects =
    matrix.order <= SMALL ? solveExactly(matrix, rho, direct) : sumSeries(matrix, rho, direct, radius);
  if (effects) return { effects, radius };
  throw new HeredityError('numerical', 'the network effects did not settle', {
    value: radius,
    expected: 'a spectral radius of rho W clearly below 1',
    fix: 'lower --rho',
  });
}

/** (I - rho W)^-1 gamma; undefined where it is singular to the last digit. */
function solveExactly(matrix: SparseMatrix, rho: number, direct: Float64Array): Float64Array | undefined {
  const { order } = matrix;
  const values = dense(matrix).map((weight) => -rho * weight);
  for (let i = 0; i < order; i++) values[i * order + i] += 1;
  return solveLinear(values, order, direct);
}

function sumSeries(
  matrix: SparseMatrix,
  rho: number,
  direct: Float64Array,
  radius: number,
): Float64Array | undefined {
  const effects = direct.slice();
  let term = direct;
  // A term shrinks by the radius, in the long run: so many terms reach 1e-15, with room for a slow beginning.
  const wanted = 2000 + Math.ceil((40 / -Math.log(radius || 1e-9)) * 4);
  const most = Math.min(wanted, BUDGET / (matrix.weight.length + matrix.order));
  for (let m = 0; m < most; m++) {
    term = multiplySparse(matrix, term);
    scale(term, rho);
    for (let i = 0; i < effects.length; i++) effects[i] += term[i];
    if (norm(term) <= 1e-16 * norm(effects)) return effects;
  }
  return undefined;
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}

function scale(x: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] *= factor;
}
