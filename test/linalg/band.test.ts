import { afterAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { toSharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { reduceToBand } from '../../src/linalg/band-reduction.js';
import { BandSolver, bandMultiply, bandTrace } from '../../src/linalg/band-solver.js';
import { choleskyFactor, choleskyInverse } from '../../src/linalg/small-dense.js';
import { createTiledLower, TILE, type TiledLower } from '../../src/linalg/tiled-lower.js';
import { randomSource } from '../kernels/packed.js';

const pool = new KernelPool(loadKernels(), 2);
afterAll(() => pool.close());

/** A A' / rank for a random A of so many columns, as a square matrix. */
function positive(order: number, rank: number, seed: number): Float64Array {
  const random = randomSource(seed);
  const a = Float64Array.from({ length: order * rank }, () => random() - 0.5);
  const square = new Float64Array(order * order);
  pool.kernels.multiplyTransposed(a, rank, a, rank, square, order, order, order, rank, 1 / rank);
  return square;
}

function tiled(square: Float64Array, order: number): TiledLower {
  const matrix = createTiledLower(order);
  for (const [p, { values, height, width }] of matrix.panels.entries())
    for (let r = 0; r < height; r++) {
      const row = p * TILE + r;
      values.set(square.subarray(row * order, row * order + row + 1), r * width);
    }
  return matrix;
}

const dot = (a: Float64Array, b: Float64Array, step: number, i: number, j: number) => {
  let sum = 0;
  for (let r = 0; r < a.length / step; r++) sum += a[r * step + i] * b[r * step + j];
  return sum;
};

describe.each([
  [1, 5],
  [40, 40],
  [64, 90],
  [65, 90],
  [129, 30],
  [330, 400],
  [330, 20],
])('order %d, rank up to %d', (order, rank) => {
  it('keeps determinant, trace, solutions and quadratic forms of A + δI', async () => {
    const square = positive(order, rank, order + rank);
    const random = randomSource(3);
    const columns = Float64Array.from({ length: 2 * order }, () => random() - 0.5);
    const rotated = toSharedFloat64(columns);
    const band = await reduceToBand(pool, tiled(square, order), rotated, 2);
    expect(bandTrace(band)).toBeCloseTo(
      Array.from({ length: order }, (_, i) => square[i * order + i]).reduce((a, b) => a + b),
      9,
    );
    const product = bandMultiply(pool.kernels, band, rotated, 2);
    const direct = new Float64Array(2 * order);
    pool.kernels.multiply(square, order, columns, 2, direct, 2, order, 2, order, 1);
    expect(dot(rotated, product, 2, 0, 1)).toBeCloseTo(dot(columns, direct, 2, 0, 1), 9);
    const solver = new BandSolver(pool.kernels, band);
    for (const [g, e] of [
      [0.7, 0.4],
      [0.5, 0.01],
    ]) {
      const v = square.map((value, at) => g * value + (at % (order + 1) === 0 ? e : 0));
      const factor = choleskyFactor(v, order)!;
      const inverse = choleskyInverse(factor, order);
      let logDeterminant = 0;
      let trace = 0;
      for (let i = 0; i < order; i++) {
        logDeterminant += 2 * Math.log(factor[i * order + i]);
        trace += inverse[i * order + i];
      }
      expect(solver.factor(g, e)).toBeCloseTo(logDeterminant, 8);
      expect(solver.traceOfInverse() / trace).toBeCloseTo(1, 10);
      const solved = rotated.slice();
      solver.solve(solved, 2);
      const expected = new Float64Array(2 * order);
      pool.kernels.multiply(inverse, order, columns, 2, expected, 2, order, 2, order, 1);
      for (const [i, j] of [
        [0, 0],
        [0, 1],
        [1, 1],
      ])
        expect(dot(rotated, solved, 2, i, j)).toBeCloseTo(dot(columns, expected, 2, i, j), 7);
    }
    expect(solver.factor(-50, 0.01)).toBeUndefined();
  });
});
