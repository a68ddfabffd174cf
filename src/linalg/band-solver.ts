import type { Kernels } from '../kernels/kernels.js';
import { type BandMatrix, BLOCK, blockRows, blocksOf } from './band-reduction.js';

const SIZE = BLOCK * BLOCK;

/** Pivots below this share of the largest diagonal element mean that a matrix is not positive definite. */
const PIVOT_TOLERANCE = 1e-14;

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

  constructor(kernels: Kernels, band: BandMatrix) {
    this.#kernels = kernels;
    this.#band = band;
    this.#diagonal = new Float64Array(band.diagonal.length);
    this.#below = new Float64Array(band.below.length);
  }

  /** Factors g B + e I; returns the logarithm of its determinant, or undefined where it is not positive definite. */
  factor(g: number, e: number): number | undefined {
    const { order, diagonal, below } = this.#band;
    const kernels = this.#kernels;
    const largest = diagonal.reduce((most, value) => Math.max(most, Math.abs(g * value + e)), 0);
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

  /** Trace of (g B + e I)^-1, from its diagonal blocks: Z_kk = L_kk^-T (I + C_k' Z_{k+1,k+1} C_k) L_kk^-1. */
  traceOfInverse(): number {
    const { order } = this.#band;
    const kernels = this.#kernels;
    const blocks = blocksOf(order);
    let z = new Float64Array(SIZE);
    let nextZ = new Float64Array(SIZE);
    const inverse = new Float64Array(SIZE);
    const beside = new Float64Array(SIZE);
    const product = new Float64Array(SIZE);
    let trace = 0;
    for (let k = blocks - 1; k >= 0; k--) {
      const rows = blockRows(order, k);
      inverse.fill(0);
      for (let i = 0; i < rows; i++) inverse[i * BLOCK + i] = 1;
      kernels.solveLower(this.#diagonal.subarray(k * SIZE), rows, BLOCK, inverse, rows, BLOCK);
      nextZ.fill(0);
      kernels.transposedMultiply(inverse, BLOCK, inverse, BLOCK, nextZ, BLOCK, rows, rows, rows, 1);
      if (k + 1 < blocks) {
        const below = blockRows(order, k + 1);
        beside.fill(0);
        product.fill(0);
        const own = this.#below.subarray(k * SIZE);
        kernels.multiply(own, BLOCK, inverse, BLOCK, beside, BLOCK, below, rows, rows, 1);
        kernels.multiply(z, BLOCK, beside, BLOCK, product, BLOCK, below, rows, below, 1);
        kernels.transposedMultiply(beside, BLOCK, product, BLOCK, nextZ, BLOCK, rows, rows, below, 1);
      }
      [z, nextZ] = [nextZ, z];
      for (let i = 0; i < rows; i++) trace += z[i * BLOCK + i];
    }
    return trace;
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
