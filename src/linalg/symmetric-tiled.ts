import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { type Panel, TILE, type TiledLower, TiledWorkspace } from './tiled-lower.js';

/** Operations on a symmetric matrix whose lower triangle is a {@link TiledLower}. */

/** About how many multiply-adds one thread does in a millisecond, for deciding on threads. */
const MULTIPLY_ADDS_PER_MS = 1.5e7;

/** Fills the triangle above the diagonal of each diagonal tile, so that products may take the tile as it is. */
export function completeDiagonalTiles({ panels }: TiledLower): void {
  for (const { values, height, width } of panels) {
    const first = width - height;
    for (let r = 0; r < height; r++)
      for (let c = r + 1; c < height; c++) values[r * width + first + c] = values[c * width + first + r];
  }
}

/** Rows and columns of a symmetric matrix for some of its indices, ascending. */
export function symmetricSubmatrix(
  matrix: TiledLower,
  indices: ArrayLike<number>,
  workspace = new TiledWorkspace(),
): TiledLower {
  const part = workspace.matrix(indices.length);
  for (const { values, height, width } of part.panels) {
    const first = width - height;
    for (let r = 0; r < height; r++) {
      const row = indices[first + r];
      const from = matrix.panels[Math.floor(row / TILE)];
      const start = (row % TILE) * from.width;
      for (let c = 0; c <= first + r; c++) values[r * width + c] = from.values[start + indices[c]];
    }
  }
  return part;
}

/** Mean of the diagonal. */
export function meanDiagonal({ order, panels }: TiledLower): number {
  let sum = 0;
  for (const { values, height, width } of panels)
    for (let r = 0; r < height; r++) sum += values[r * width + width - height + r];
  return sum / order;
}

/**
 * Rows of panel i of A X, from the panels i and below it; rows and columns before `start` count as absent.
 * X and Y are order x columns, row-major.
 */
const multiplyPanel = defineTask(
  'symmetricPanel',
  (
    kernels,
    panels: readonly Panel[],
    start: number,
    x: Float64Array,
    columns: number,
    y: Float64Array,
  ): void => {
    const { values, height, width } = panels[0];
    const first = Math.max(start, width - height);
    const rows = width - first;
    y.fill(0);
    const own = values.subarray((first - (width - height)) * width + start);
    kernels.multiply(
      own,
      width,
      x.subarray(start * columns),
      columns,
      y,
      columns,
      rows,
      columns,
      width - start,
      1,
    );
    for (const below of panels.slice(1)) {
      const from = x.subarray((below.width - below.height) * columns);
      kernels.transposedMultiply(
        below.values.subarray(first),
        below.width,
        from,
        columns,
        y,
        columns,
        rows,
        columns,
        below.height,
        1,
      );
    }
  },
);

/**
 * Y = A X for a symmetric matrix with {@link completeDiagonalTiles}, X and Y order x columns, row-major, shared.
 * @param start rows and columns before it are left out, and those rows of Y as they are.
 */
export async function symmetricMultiply(
  pool: KernelPool,
  { order, panels }: TiledLower,
  x: Float64Array,
  columns: number,
  y: Float64Array,
  start = 0,
): Promise<void> {
  const calls = [];
  for (const [i, { height, width }] of panels.entries()) {
    if (width <= start) continue;
    const first = Math.max(start, width - height);
    const own = y.subarray(first * columns, width * columns);
    calls.push([panels.slice(i), start, x, columns, own] as const);
  }
  await pool.run(multiplyPanel, calls, {
    milliseconds: ((order - start) ** 2 * columns) / MULTIPLY_ADDS_PER_MS,
  });
}

/** Row panel i of L^-1, tile j: X_ij = -L_ii^-1 Σ_k L_ik X_kj with j <= k < i; `row` is panel i of L. */
const invertTile = defineTask(
  'invertTile',
  (
    kernels,
    row: Float64Array,
    panels: readonly Panel[],
    i: number,
    j: number,
    scratch: Float64Array,
  ): void => {
    const { values, height, width } = panels[i];
    const columns = j === i ? height : TILE;
    scratch.fill(0);
    if (j === i) for (let r = 0; r < height; r++) scratch[r * columns + r] = 1;
    for (let k = j; k < i; k++) {
      const above = panels[k];
      kernels.multiply(
        row.subarray(k * TILE),
        width,
        above.values.subarray(j * TILE),
        above.width,
        scratch,
        columns,
        height,
        columns,
        TILE,
        -1,
      );
    }
    kernels.solveLower(row.subarray(i * TILE), height, width, scratch, columns, columns);
    for (let r = 0; r < height; r++)
      values.set(scratch.subarray(r * columns, (r + 1) * columns), r * width + j * TILE);
  },
);

/** Tile (i, j) of X'X for a lower triangular X: Σ_k X_ki' X_kj with k >= i; `row` is panel i of X. */
const gramTile = defineTask(
  'inverseGramTile',
  (
    kernels,
    row: Float64Array,
    panels: readonly Panel[],
    i: number,
    j: number,
    scratch: Float64Array,
  ): void => {
    const { values, height, width } = panels[i];
    const columns = j === i ? height : TILE;
    scratch.fill(0);
    for (let k = i; k < panels.length; k++) {
      const from = k === i ? row : panels[k].values;
      kernels.transposedMultiply(
        from.subarray(i * TILE),
        panels[k].width,
        from.subarray(j * TILE),
        panels[k].width,
        scratch,
        columns,
        height,
        columns,
        panels[k].height,
        1,
      );
    }
    for (let r = 0; r < height; r++)
      values.set(scratch.subarray(r * columns, (r + 1) * columns), r * width + j * TILE);
  },
);

/** Memory for {@link invertFactored}, to be used again. */
export class InverseScratch {
  readonly row: Float64Array;
  readonly tiles: Float64Array;

  constructor(order: number) {
    this.row = sharedFloat64(Math.min(order, TILE) * order);
    this.tiles = sharedFloat64(Math.ceil(order / TILE) * TILE * TILE);
  }
}

/**
 * A^-1 in place of the factor A = L L' of factorTiledLower, with complete diagonal tiles.
 * Cost 2/3 order³ multiply-adds, spread over the pool.
 */
export async function invertFactored(
  pool: KernelPool,
  factor: TiledLower,
  { row, tiles }: InverseScratch,
): Promise<void> {
  const { panels } = factor;
  for (const { values, height, width } of panels) {
    const first = width - height;
    for (let r = 0; r < height; r++) values.fill(0, r * width + first + r + 1, (r + 1) * width);
  }
  for (const task of [invertTile, gramTile]) {
    for (const [i, { values, height, width }] of panels.entries()) {
      row.set(values);
      const calls = Array.from({ length: i + 1 }, (_, j) => {
        const columns = j === i ? height : TILE;
        const scratch = tiles.subarray(j * TILE * TILE, j * TILE * TILE + height * columns);
        return [row, panels, i, j, scratch] as const;
      });
      const depth = task === invertTile ? width / 2 : factor.order - width / 2;
      await pool.run(task, calls, { milliseconds: (height * width * depth) / MULTIPLY_ADDS_PER_MS });
    }
  }
}

/** Σ_i Σ_k A_ik B_ik of one panel of each of two symmetric matrices, both triangles. */
const productPanel = defineTask(
  'symmetricTracePanel',
  (_, { values: a, height, width }: Panel, { values: b }: Panel, out: Float64Array): void => {
    let sum = 0;
    for (let r = 0; r < height; r++) {
      const row = width - height + r;
      let off = 0;
      for (let at = r * width; at < r * width + row; at++) off += a[at] * b[at];
      sum += 2 * off + a[r * width + row] * b[r * width + row];
    }
    out[0] = sum;
  },
);

/** tr(A B) of two symmetric matrices of the same order. */
export async function traceOfProduct(pool: KernelPool, a: TiledLower, b: TiledLower): Promise<number> {
  const sums = sharedFloat64(a.panels.length);
  await pool.run(
    productPanel,
    a.panels.map((panel, i) => [panel, b.panels[i], sums.subarray(i, i + 1)] as const),
    { milliseconds: a.order ** 2 / 2e6 },
  );
  return sums.reduce((total, sum) => total + sum, 0);
}
