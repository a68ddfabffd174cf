import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { type RunContext, silentRun } from '../run.js';

/** Rows and columns of a tile: its three panels fit the second-level cache in float64. */
export const TILE = 256;

/**
 * The lower triangle of a symmetric matrix in shared memory, cut into rows of tiles: half the memory of the square,
 * and no single buffer grows with the square of the order. Panel i holds rows [256 i, 256 i + height) and columns
 * [0, 256 (i + 1)), row-major; what lies above the diagonal of its last tile is unused.
 */
export interface TiledLower {
  readonly order: number;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly height: number;
  /** Columns stored, also the leading dimension. */
  readonly width: number;
  readonly values: Float64Array;
}

/** A matrix of zeros, about 4 order² bytes. */
export function createTiledLower(order: number): TiledLower {
  return new TiledWorkspace().matrix(order);
}

/**
 * Memory for one matrix after another. Threads keep shared memory alive long after its last use, so a run over many
 * blocks takes the same panels again instead of new ones.
 */
export class TiledWorkspace {
  readonly #panels: Float64Array[] = [];

  /** A matrix with undefined contents; the one handed out before must not be used any more. */
  matrix(order: number): TiledLower {
    return { order, panels: this.rows(order, 0, order) };
  }

  /** The panels of some rows of a matrix: `first` a multiple of {@link TILE}, `end` another or the order. */
  rows(order: number, first: number, end: number): Panel[] {
    const panels: Panel[] = [];
    for (let row = first; row < end; row += TILE) {
      const height = Math.min(TILE, order - row);
      const width = row + height;
      const index = (row - first) / TILE;
      const size = height * width;
      if ((this.#panels[index]?.length ?? 0) < size) this.#panels[index] = sharedFloat64(size);
      panels.push({ height, width, values: this.#panels[index].subarray(0, size) });
    }
    return panels;
  }
}

/** Bytes of a {@link TiledLower}, for plans. */
export const tiledLowerBytes = (order: number): number => 4 * order * (order + TILE);

/** One tile of column k of the factor, in panel i > k: subtract what earlier columns explain, then solve against L_kk. */
const factorTile = defineTask('factorTile', (kernels, rows: Panel, pivot: Panel, k: number): void => {
  const done = k * TILE;
  const tile = rows.values.subarray(done);
  kernels.multiplyTransposed(
    rows.values,
    rows.width,
    pivot.values,
    pivot.width,
    tile,
    rows.width,
    rows.height,
    pivot.height,
    done,
    -1,
  );
  kernels.solveLowerRight(
    pivot.values.subarray(done),
    pivot.height,
    pivot.width,
    tile,
    rows.height,
    rows.width,
  );
});

/**
 * Cholesky factor in place, A = L L', in the given order of columns. A column whose pivot is not above `tolerance`
 * depends on the earlier ones: it and its diagonal become 0, which leaves L L' = A for a positive semidefinite A.
 * Cost order³ / 3 multiply-adds, spread over the pool.
 * @param maxRank stop as soon as the rank reaches it: the factor is then unfinished.
 * @returns the rank: columns kept.
 */
export async function factorTiledLower(
  pool: KernelPool,
  matrix: TiledLower,
  tolerance: number,
  maxRank: number,
  run: RunContext = silentRun,
): Promise<number> {
  const { kernels } = pool;
  let rank = 0;
  const phase = run.progress.phase('Cholesky', { total: matrix.panels.length });
  for (const [k, pivot] of matrix.panels.entries()) {
    const done = k * TILE;
    const { values, height, width } = pivot;
    const diagonal = values.subarray(done);
    kernels.multiplyTransposed(values, width, values, width, diagonal, width, height, height, done, -1);
    rank += kernels.cholesky(diagonal, height, width, tolerance);
    if (rank >= maxRank) break;
    const below = matrix.panels.slice(k + 1);
    const operations = below.length * TILE * TILE * (done + TILE / 2);
    await pool.run(
      factorTile,
      below.map((rows) => [rows, pivot, k] as const),
      { milliseconds: operations / 1e7 },
    );
    phase.advance();
  }
  phase.end();
  return rank;
}

/** Diagonal of L L': the squared norms of the rows of the factor. */
export function diagonal({ order, panels }: TiledLower): Float64Array {
  const squares = new Float64Array(order);
  for (const [i, { values, height, width }] of panels.entries()) {
    for (let r = 0; r < height; r++) {
      const row = i * TILE + r;
      for (let k = 0; k <= row; k++) squares[row] += values[r * width + k] ** 2;
    }
  }
  return squares;
}

/** W := L^-1 W for W (order x columns, row-major), one call a chunk of columns. */
const solveColumns = defineTask(
  'solveColumns',
  (kernels, panels: readonly Panel[], w: Float64Array, columns: number): void => {
    solveForward(kernels, panels, w, columns);
  },
);

/** W := L^-1 W for W (order x columns, row-major), in place; rows with a zero pivot become 0. */
export function solveForward(
  kernels: Kernels,
  panels: readonly Panel[],
  w: Float64Array,
  columns: number,
): void {
  for (const [i, { values, height, width }] of panels.entries()) {
    const done = i * TILE;
    const rows = w.subarray(done * columns);
    kernels.multiply(values, width, w, columns, rows, columns, height, columns, done, -1);
    kernels.solveLower(values.subarray(done), height, width, rows, columns, columns);
  }
}

/** W := L^-T W for W (order x columns, row-major), in place; rows with a zero pivot become 0. */
export function solveTransposed(
  kernels: Kernels,
  panels: readonly Panel[],
  w: Float64Array,
  columns: number,
): void {
  for (let i = panels.length - 1; i >= 0; i--) {
    const { values, width, height } = panels[i];
    const done = i * TILE;
    const rows = w.subarray(done * columns, (done + height) * columns);
    kernels.solveLowerTransposed(values.subarray(done), height, width, rows, columns, columns);
    if (done === 0) continue;
    const transposed = new Float64Array(done * height);
    for (let r = 0; r < height; r++)
      for (let k = 0; k < done; k++) transposed[k * height + r] = values[r * width + k];
    kernels.multiply(transposed, height, rows, columns, w, columns, done, columns, height, -1);
  }
}

/** Right-hand sides that one thread takes at a time, at most. */
const COLUMNS_PER_CALL = 64;

/** Some columns of L^-1 B: order x count, row-major. */
interface SolvedColumns {
  readonly first: number;
  readonly count: number;
  readonly w: Float64Array;
}

/** L^-1 B, some columns a thread. */
async function solveInChunks(
  pool: KernelPool,
  { order, panels }: TiledLower,
  b: Float64Array,
  columns: number,
  rows: Int32Array | undefined,
): Promise<SolvedColumns[]> {
  const chunks: SolvedColumns[] = [];
  const evenly = Math.ceil(columns / Math.ceil(columns / COLUMNS_PER_CALL));
  for (let first = 0; first < columns; first += evenly) {
    const count = Math.min(evenly, columns - first);
    const w = sharedFloat64(order * count);
    for (let j = 0; j < order; j++) {
      const row = (rows?.[j] ?? j) * columns + first;
      for (let c = 0; c < count; c++) w[j * count + c] = b[row + c];
    }
    chunks.push({ first, count, w });
  }
  await pool.run(
    solveColumns,
    chunks.map(({ w, count }) => [panels, w, count] as const),
    {
      milliseconds: (order * order * columns) / 4e6,
    },
  );
  return chunks;
}

/**
 * Squared norms of the columns of L^-1 B: the quadratic forms b' V⁺ b for V = L L' and b in the range of V.
 * @param b rows x columns, row-major.
 * @param rows rows of `b` that go with the factor, in its order. @default all, from the first
 */
export async function quadraticForms(
  pool: KernelPool,
  factor: TiledLower,
  b: Float64Array,
  columns: number,
  rows?: Int32Array,
): Promise<Float64Array> {
  const chunks = await solveInChunks(pool, factor, b, columns, rows);
  const quads = new Float64Array(columns);
  for (const { first, count, w } of chunks) {
    for (let j = 0; j < factor.order; j++)
      for (let c = 0; c < count; c++) quads[first + c] += w[j * count + c] ** 2;
  }
  return quads;
}

/**
 * Products of the columns of L^-1 B: the bilinear forms B' V⁺ B, of which {@link quadraticForms} are the diagonal.
 * @param b order x columns, row-major.
 * @returns columns x columns, row-major.
 */
export async function bilinearForms(
  pool: KernelPool,
  factor: TiledLower,
  b: Float64Array,
  columns: number,
): Promise<Float64Array> {
  const chunks = await solveInChunks(pool, factor, b, columns, undefined);
  const forms = new Float64Array(columns * columns);
  for (const [k, own] of chunks.entries())
    for (const other of chunks.slice(k)) {
      for (let a = 0; a < own.count; a++)
        for (let c = 0; c < other.count; c++) {
          let sum = 0;
          for (let j = 0; j < factor.order; j++)
            sum += own.w[j * own.count + a] * other.w[j * other.count + c];
          const [row, column] = [own.first + a, other.first + c];
          forms[row * columns + column] = sum;
          forms[column * columns + row] = sum;
        }
    }
  return forms;
}

/**
 * V⁺ B for V = L L' and B in the range of V, as the solution that is 0 where the factor has no pivot.
 * @param b order x columns, row-major.
 */
export function solveSymmetric(
  { kernels }: KernelPool,
  { panels }: TiledLower,
  b: Float64Array,
  columns: number,
): Float64Array {
  const x = sharedFloat64(b.length);
  x.set(b);
  solveForward(kernels, panels, x, columns);
  solveTransposed(kernels, panels, x, columns);
  return x;
}

/** Whether the factor has a pivot in each row: 1, or 0 where the row depends on earlier ones. */
export function pivots({ order, panels }: TiledLower): Uint8Array {
  const kept = new Uint8Array(order);
  for (const [k, { values, height, width }] of panels.entries())
    for (let i = 0; i < height; i++) kept[k * TILE + i] = values[i * width + width - height + i] > 0 ? 1 : 0;
  return kept;
}
