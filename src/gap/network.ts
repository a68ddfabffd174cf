import { HeredityError } from '../errors.js';

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

/**
 * Spectral radius: mean growth of W^k x over the second half of many steps, which also settles where eigenvalues of equal
 * size differ in sign or phase; ends early once two steps grow alike.
 */
export function spectralRadius(matrix: SparseMatrix, steps = 4000): number {
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
    const growth = norm(x);
    if (growth < 1e-300) return 0;
    scale(x, 1 / growth);
    if (step > 20 && Math.abs(growth - previous) <= 1e-13 * growth) return Math.sqrt(growth);
    previous = growth;
    if (step > steps / 4) {
      logGrowth += Math.log(growth);
      counted++;
    }
  }
  return Math.exp(logGrowth / (2 * counted));
}

/**
 * Total effects beta = gamma + rho W beta of a regulatory network, by the series sum_m (rho W)^m gamma (METHODS 10.7):
 * one sparse product a term, no dense matrix, so networks of many thousand genes take seconds.
 * @throws HeredityError `usage` where the spectral radius of rho W is not below 1: effects would grow without end
 */
export function networkEffects(matrix: SparseMatrix, rho: number, direct: Float64Array) {
  const radius = Math.abs(rho) * spectralRadius(matrix);
  if (!(radius < 1)) {
    throw new HeredityError('usage', 'the network amplifies effects without end: no fixed point', {
      value: radius,
      expected: 'a spectral radius of rho W below 1',
      fix: 'lower --rho or the weights of the edges',
    });
  }
  const effects = direct.slice();
  let term = direct;
  // A term shrinks by the radius, in the long run: so many terms reach 1e-15, with room for a slow beginning.
  const most = 2000 + Math.ceil((40 / -Math.log(radius || 1e-9)) * 4);
  for (let m = 0; m < most; m++) {
    term = multiplySparse(matrix, term);
    scale(term, rho);
    for (let i = 0; i < effects.length; i++) effects[i] += term[i];
    if (norm(term) <= 1e-16 * norm(effects)) return { effects, radius };
  }
  throw new HeredityError('numerical', 'the network effects did not settle', {
    value: radius,
    expected: 'a spectral radius of rho W clearly below 1',
    fix: 'lower --rho',
  });
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}

function scale(x: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] *= factor;
}
