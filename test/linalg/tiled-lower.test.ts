import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import {
  createTiledLower,
  diagonal,
  factorTiledLower,
  quadraticForms,
  TILE,
  type TiledLower,
  TiledWorkspace,
  tiledLowerBytes,
} from '../../src/linalg/tiled-lower.js';
import { partOf, silentRun } from '../../src/run.js';
import { randomNormals } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { randomSource } from '../kernels/packed.js';
import { recordingProgress } from '../recording-progress.js';
import { pseudoInverseForm } from '../regression.js';

/** The Gram matrix of vectors, V_ij = x_i'x_j / length. */
function gramOf(vectors: readonly Float64Array[]): TiledLower {
  const matrix = createTiledLower(vectors.length);
  forEachEntry(matrix, (i, j, values, at) => {
    let sum = 0;
    for (let k = 0; k < vectors[i].length; k++) sum += vectors[i][k] * vectors[j][k];
    values[at] = sum / vectors[i].length;
  });
  return matrix;
}

function forEachEntry(
  { panels }: TiledLower,
  visit: (i: number, j: number, values: Float64Array, at: number) => void,
): void {
  for (const [p, { values, height, width }] of panels.entries()) {
    for (let r = 0; r < height; r++)
      for (let j = 0; j <= p * TILE + r; j++) visit(p * TILE + r, j, values, r * width + j);
  }
}

const copyOf = (matrix: TiledLower): TiledLower => ({
  ...matrix,
  panels: matrix.panels.map((panel) => ({ ...panel, values: panel.values.slice() })),
});

const vectorsOf = (count: number, length: number, seed: number) =>
  Array.from({ length: count }, (_, k) => randomNormals(length, seed + k));

/** Largest difference of L L' from a matrix. */
function largestError(factor: TiledLower, matrix: TiledLower): number {
  const rows: Float64Array[] = Array.from({ length: matrix.order }, () => new Float64Array(matrix.order));
  forEachEntry(factor, (i, j, values, at) => {
    rows[i][j] = values[at];
  });
  let largest = 0;
  forEachEntry(matrix, (i, j, values, at) => {
    let sum = 0;
    for (let k = 0; k <= j; k++) sum += rows[i][k] * rows[j][k];
    largest = Math.max(largest, Math.abs(sum - values[at]));
  });
  return largest;
}

describe('the layout', () => {
  it('is handed out again from a workspace, for any order', () => {
    const workspace = new TiledWorkspace();
    for (const order of [600, 1, 300, 257, 700]) {
      const matrix = workspace.matrix(order);
      expect(matrix.panels.map(({ height, width }) => [height, width])).toEqual(
        createTiledLower(order).panels.map(({ height, width }) => [height, width]),
      );
      for (const { values, height, width } of matrix.panels) {
        expect(values.length).toBe(height * width);
        values.fill(order);
      }
    }
    expect(new Set(workspace.matrix(600).panels.map(({ values }) => values.buffer)).size).toBe(3);
  });

  it.each([1, 255, 256, 257, 600])(
    'holds the lower triangle of order %d within its estimate of memory',
    (order) => {
      const matrix = createTiledLower(order);
      const entries = matrix.panels.reduce((sum, { values }) => sum + values.length, 0);
      expect(matrix.panels.reduce((sum, { height }) => sum + height, 0)).toBe(order);
      expect(entries).toBeGreaterThanOrEqual((order * (order + 1)) / 2);
      expect(8 * entries).toBeLessThanOrEqual(Math.max(tiledLowerBytes(order), 8 * order * order));
    },
  );
});

/** A lower triangle with a positive diagonal, few other entries (some far from it), and the matrix L L' that it makes. */
function factorAndProduct(order: number): { known: Float64Array[]; matrix: TiledLower } {
  const random = randomSource(order);
  const isSet = (i: number, j: number) => j < 3 || i - j < 6;
  const known = Array.from({ length: order }, (_, i) =>
    Float64Array.from({ length: order }, (__, j) =>
      j === i ? 1 + random() : j < i && isSet(i, j) ? random() - 0.5 : 0,
    ),
  );
  const matrix = createTiledLower(order);
  forEachEntry(matrix, (i, j, values, at) => {
    for (let k = 0; k <= j; k = k < 2 ? k + 1 : Math.max(k + 1, i - 5))
      values[at] += known[i][k] * known[j][k];
  });
  return { known, matrix };
}

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  // one tile, whole tiles, and three tiles with a rest
  it.each([30, 512, 700])('finds the one factor of a positive definite matrix of order %d', async (order) => {
    const { known, matrix } = factorAndProduct(order);
    const squares = known.map((row) => row.reduce((sum, x) => sum + x * x, 0));
    expect(await factorTiledLower(pool, matrix, 1e-9, Number.POSITIVE_INFINITY)).toBe(order);
    let largest = 0;
    forEachEntry(matrix, (i, j, values, at) => {
      largest = Math.max(largest, Math.abs(values[at] - known[i][j]));
    });
    expect(largest).toBeLessThan(1e-10);
    for (const [i, square] of diagonal(matrix).entries()) expect(square).toBeCloseTo(squares[i], 10);
  });

  it("counts the rank of duplicates and sums within and across tiles, and keeps L L' = A", async () => {
    const vectors = vectorsOf(310, 400, 7);
    const sumOf = (...list: number[]) =>
      vectors[0].map((_, i) => list.reduce((sum, k) => sum + vectors[k][i], 0) / Math.sqrt(list.length));
    vectors[9] = vectors[8].slice(); // next to each other
    vectors[100] = vectors[2].slice(); // far apart
    vectors[300] = vectors[5].slice(); // in another tile
    vectors[309] = sumOf(1, 50, 299); // of both tiles
    vectors[4].fill(0); // nothing at all
    const matrix = gramOf(vectors);
    const factor = copyOf(matrix);
    expect(await factorTiledLower(pool, factor, 1e-9, Number.POSITIVE_INFINITY)).toBe(305);
    expect(largestError(factor, matrix)).toBeLessThan(1e-12);
  });

  it('gives quadratic forms of right-hand sides in the range, many columns at once', async () => {
    const people = 60;
    const vectors = vectorsOf(20, people, 3);
    vectors[12] = vectors[3].slice();
    vectors[19] = vectors[1].map((value, i) => value - 2 * vectors[15][i]);
    const columns = 70; // more than one call takes
    const traits = vectorsOf(columns, people, 90);
    const matrix = gramOf(vectors);
    const dense = vectors.map((a) =>
      vectors.map((b) => a.reduce((sum, x, i) => sum + (x * b[i]) / people, 0)),
    );
    const b = new Float64Array(20 * columns);
    for (const [c, y] of traits.entries()) {
      for (const [j, x] of vectors.entries())
        b[j * columns + c] = x.reduce((sum, value, i) => sum + (value * y[i]) / people, 0);
    }
    await factorTiledLower(pool, matrix, 1e-9, Number.POSITIVE_INFINITY);
    const before = b.slice();
    const forms = await quadraticForms(pool, matrix, b, columns);
    expect(b).toEqual(before);
    for (const c of [0, 1, 63, 64, 69]) {
      const expected = pseudoInverseForm(
        dense,
        Array.from({ length: 20 }, (_, j) => b[j * columns + c]),
      );
      expect(forms[c]).toBeCloseTo(expected, 10);
    }
  });
});

it('stops as soon as the rank is too high to be of use', async () => {
  const pool = new KernelPool(loadKernels(), 1);
  const { progress, events } = recordingProgress();
  const { matrix } = factorAndProduct(600);
  const rank = await factorTiledLower(pool, matrix, 1e-9, 200, partOf(silentRun, progress));
  expect(rank).toBeGreaterThanOrEqual(200);
  expect(events).toEqual(['Cholesky of 3', 'Cholesky ends']);
});

it('is the same for any number of threads, bit for bit', async () => {
  const factors = [1, 3].map(async (threads) => {
    const pool = new KernelPool(loadKernels(), threads);
    const { matrix } = factorAndProduct(1300);
    await factorTiledLower(pool, matrix, 1e-9, Number.POSITIVE_INFINITY);
    await pool.close();
    return matrix.panels.map(({ values }) => Buffer.from(values.slice().buffer).toString('base64'));
  });
  const [one, three] = await Promise.all(factors);
  expect(three).toEqual(one);
});
