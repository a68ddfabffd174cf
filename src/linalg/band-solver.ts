import type { Kernels } from '../kernels/kernels.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { type BandMatrix, BLOCK, blockRows, blocksOf } from './band-reduction.js';

const SIZE = BLOCK * BLOCK;

/** Pivots below this share of the largest diagonal element mean that a matrix is not positive definite. */
const PIVOT_TOLERANCE = 1e-14;

/** Memory for the factors of one matrix after another. */
export const bandSpace = () => ({ diagonal: scratchFloat64(), below: scratchFloat64() });

/**
 * Cholesky factor of g B + e I for a block tridiagonal B: solutions, determinant and trace of the inverse, each in
 * O(order BLOCK²). One object serves one matrix after another.
 */
export class BandSolver {
  readonly #kernels: Kernels;
  readonly #band: BandMatrix;
  /** L_kk, and C_k = L_{k+1,k}. */
  readonly #diagonal: Float64Array;
  readonly #below: Float64Array;

  /** @param space where the factor is to be; it is that of one solver at a time. @default memory of its own */
  constructor(kernels: Kernels, band: BandMatrix, space = bandSpace()) {
    this.#kernels = kernels;
    this.#band = band;
    this.#diagonal = space.diagonal.of(band.diagonal.length);
    this.#below = space.below.of(band.below.length);
  }

  /** Factors g B + e I; returns the logarithm of its determinant, or undefined where it is not positive definite. */
  factor(g: number, e: number): number | undefined {
    const { order, diagonal, below } = this.#band;
    const kernels = this.#kernels;
    const largest = largestPivot(diagonal, g, e);
    let logDeterminant = 0;
    for (let k = 0; k < blocksOf(order); k++) {
      const rows = blockRows(order, k);
      const own = this.#diagonal.subarray(k * SIZE, (k + 1) * SIZE);
      for (let at = 0; at < SIZE; at++) own[at] = g * diagonal[k * SIZE + at];
      for (let i = 0; i < rows; i++) own[i * BLOCK + i] += e;
      if (k > 0) {
        const beside = this.#below.subarray((k - 1) * SIZE, k * SIZE);
        kernels.multiplyTransposed(beside, BLOCK, beside, BLOCK, own, BLOCK, rows, rows, BLOCK, -1);
      }
      if (kernels.cholesky(own, rows, BLOCK, PIVOT_TOLERANCE * largest) < rows) return undefined;
      for (let i = 0; i < rows; i++) logDeterminant += 2 * Math.log(own[i * BLOCK + i]);
      if (k === blocksOf(order) - 1) break;
      const next = this.#below.subarray(k * SIZE, (k + 1) * SIZE);
      for (let at = 0; at < SIZE; at++) next[at] = g * below[k * SIZE + at];
      kernels.solveLowerRight(own, rows, BLOCK, next, blockRows(order, k + 1), BLOCK);
    }
    return logDeterminant;
  }

  /** X := (g B + e I)^-1 X in place, X order x columns, row-major. */
  solve(x: Float64Array, columns: number): void {
    const { order } = this.#band;
    const kernels = this.#kernels;
    const blocks = blocksOf(order);
    const rowsFrom = (k: number) => x.subarray(k * BLOCK * columns);
    for (let k = 0; k < blocks; k++) {
      const rows = blockRows(order, k);
      if (k > 0)
        kernels.multiply(
          this.#below.subarray((k - 1) * SIZE),
          BLOCK,
          rowsFrom(k - 1),
          columns,
          rowsFrom(k),
          columns,
          rows,
          columns,
          BLOCK,
          -1,
        );
      kernels.solveLower(this.#diagonal.subarray(k * SIZE), rows, BLOCK, rowsFrom(k), columns, columns);
    }
    for (let k = blocks - 1; k >= 0; k--) {
      const rows = blockRows(order, k);
      if (k + 1 < blocks)
        kernels.transposedMultiply(
          this.#below.subarray(k * SIZE),
          BLOCK,
          rowsFrom(k + 1),
          columns,
          rowsFrom(k),
          columns,
          rows,
          columns,
          blockRows(order, k + 1),
          -1,
        );
      kernels.solveLowerTransposed(
        this.#diagonal.subarray(k * SIZE),
        rows,
        BLOCK,
        rowsFrom(k),
        columns,
        columns,
      );
    }
  }

  /** Trace of (g B + e I)^-1. */
  traceOfInverse(): number {
    let trace = 0;
    this.#inverseBlocks((z, rows) => {
      for (let i = 0; i < rows; i++) trace += z[i * BLOCK + i];
    });
    return trace;
  }

  /** tr(V^-1 A V^-1 A') for A and A' of B and I and V = g B + e I, as factored: 2 x 2, row-major. */
  pairTraces(g: number, e: number): Float64Array {
    const { order } = this.#band;
    const ofInverse = this.traceOfInverse();
    const ofSquare = this.#traceOfSquaredInverse();
    if (g === 0) {
      const mixed = bandTrace(this.#band) / e ** 2;
      return Float64Array.of(bandSquaredNorm(this.#band) / e ** 2, mixed, mixed, ofSquare);
    }
    const mixed = (ofInverse - e * ofSquare) / g;
    return Float64Array.of((order - 2 * e * ofInverse + e ** 2 * ofSquare) / g ** 2, mixed, mixed, ofSquare);
  }

  /**
   * Sum of squares of the inverse Z. A block right of the diagonal is Z_jk = G_j Z_{j+1,k} with G_j = -(C_j L_jj^-1)', so that
   * R_j = Σ_{k >= j} Z_jk Z_jk' = Z_jj² + G_j R_{j+1} G_j'.
   */
  #traceOfSquaredInverse(): number {
    const kernels = this.#kernels;
    let r = new Float64Array(SIZE);
    let nextR = new Float64Array(SIZE);
    const product = new Float64Array(SIZE);
    let trace = 0;
    this.#inverseBlocks((z, rows, beside, below) => {
      nextR.fill(0);
      if (below > 0) {
        product.fill(0);
        kernels.multiply(r, BLOCK, beside, BLOCK, product, BLOCK, below, rows, below, 1);
        kernels.transposedMultiply(beside, BLOCK, product, BLOCK, nextR, BLOCK, rows, rows, below, 1);
        for (let i = 0; i < rows; i++) trace += nextR[i * BLOCK + i]; // blocks right of the diagonal, and again below it
      }
      kernels.multiply(z, BLOCK, z, BLOCK, nextR, BLOCK, rows, rows, rows, 1);
      [r, nextR] = [nextR, r];
      for (let i = 0; i < rows; i++) trace += r[i * BLOCK + i];
    });
    return trace;
  }

  /**
   * Diagonal blocks of the inverse from the last to the first: Z_kk = L_kk^-T (I + C_k' Z_{k+1,k+1} C_k) L_kk^-1.
   * @param visit is told Z_kk and its rows, and C_k L_kk^-1 and its rows (0 for the last).
   */
  #inverseBlocks(visit: (z: Float64Array, rows: number, beside: Float64Array, below: number) => void): void {
    const { order } = this.#band;
    const kernels = this.#kernels;
    const blocks = blocksOf(order);
    let z = new Float64Array(SIZE);
    let nextZ = new Float64Array(SIZE);
    const inverse = new Float64Array(SIZE);
    const beside = new Float64Array(SIZE);
    const product = new Float64Array(SIZE);
    for (let k = blocks - 1; k >= 0; k--) {
      const rows = blockRows(order, k);
      inverse.fill(0);
      for (let i = 0; i < rows; i++) inverse[i * BLOCK + i] = 1;
      kernels.solveLower(this.#diagonal.subarray(k * SIZE), rows, BLOCK, inverse, rows, BLOCK);
      nextZ.fill(0);
      kernels.transposedMultiply(inverse, BLOCK, inverse, BLOCK, nextZ, BLOCK, rows, rows, rows, 1);
      const below = k + 1 < blocks ? blockRows(order, k + 1) : 0;
      if (below > 0) {
        beside.fill(0);
        product.fill(0);
        const own = this.#below.subarray(k * SIZE);
        kernels.multiply(own, BLOCK, inverse, BLOCK, beside, BLOCK, below, rows, rows, 1);
        kernels.multiply(z, BLOCK, beside, BLOCK, product, BLOCK, below, rows, below, 1);
        kernels.transposedMultiply(beside, BLOCK, product, BLOCK, nextZ, BLOCK, rows, rows, below, 1);
      }
      [z, nextZ] = [nextZ, z];
      visit(z, rows, beside, below);
    }
  }
}

/** Y = B X for X and Y order x columns, row-major. */
export function bandMultiply(
  kernels: Kernels,
  { order, diagonal, below }: BandMatrix,
  x: Float64Array,
  columns: number,
): Float64Array {
  const y = new Float64Array(order * columns);
  const rowsOf = (a: Float64Array, k: number) => a.subarray(k * BLOCK * columns);
  for (let k = 0; k < blocksOf(order); k++) {
    const rows = blockRows(order, k);
    const own = diagonal.subarray(k * SIZE);
    kernels.multiply(own, BLOCK, rowsOf(x, k), columns, rowsOf(y, k), columns, rows, columns, rows, 1);
    if (k + 1 === blocksOf(order)) break;
    const next = below.subarray(k * SIZE);
    const under = blockRows(order, k + 1);
    kernels.multiply(next, BLOCK, rowsOf(x, k), columns, rowsOf(y, k + 1), columns, under, columns, BLOCK, 1);
    kernels.transposedMultiply(
      next,
      BLOCK,
      rowsOf(x, k + 1),
      columns,
      rowsOf(y, k),
      columns,
      BLOCK,
      columns,
      under,
      1,
    );
  }
  return y;
}

/** Trace of B. */
export function bandTrace({ order, diagonal }: BandMatrix): number {
  let sum = 0;
  for (let k = 0; k < blocksOf(order); k++)
    for (let i = 0; i < blockRows(order, k); i++) sum += diagonal[k * SIZE + i * BLOCK + i];
  return sum;
}

/** Sum of squares of the elements of B. */
function bandSquaredNorm({ order, diagonal, below }: BandMatrix): number {
  let sum = 0;
  for (let k = 0; k < blocksOf(order); k++) {
    const rows = blockRows(order, k);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < rows; j++) sum += diagonal[k * SIZE + i * BLOCK + j] ** 2;
    if (k + 1 === blocksOf(order)) break;
    for (let at = 0; at < blockRows(order, k + 1) * BLOCK; at++) sum += 2 * below[k * SIZE + at] ** 2;
  }
  return sum;
}

function largestPivot(diagonal: Float64Array, g: number, e: number): number {
  let most = 0;
  for (let at = 0; at < diagonal.length; at++) most = Math.max(most, Math.abs(g * diagonal[at] + e));
  return most;
}
