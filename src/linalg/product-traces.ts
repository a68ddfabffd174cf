import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { type Panel, TILE, type TiledLower } from './tiled-lower.js';

type Panels = readonly Panel[];

/** About how many multiply-adds one thread does in a millisecond, for deciding on threads. */
const MULTIPLY_ADDS_PER_MS = 1.5e7;

/**
 * Tile (a, b) of X Y for symmetric X and Y, from their lower triangles with complete diagonal tiles.
 * @param out height of panel a x height of panel b. @param flipped scratch of the same size.
 */
function productTile(
  kernels: Kernels,
  x: Panels,
  y: Panels,
  a: number,
  b: number,
  out: Float64Array,
  flipped: Float64Array,
): void {
  const rows = x[a].height;
  const columns = x[b].height;
  out.fill(0);
  flipped.fill(0);
  for (let k = 0; k < x.length; k++) {
    const [left, leftWidth] = k <= a ? tile(x, a, k) : tile(x, k, a);
    const [right, rightWidth] = k >= b ? tile(y, k, b) : tile(y, b, k);
    const depth = x[k].height;
    if (k > a && k < b)
      kernels.multiply(right, rightWidth, left, leftWidth, flipped, rows, columns, rows, depth, 1);
    else {
      const multiply =
        k > a ? kernels.transposedMultiply : k < b ? kernels.multiplyTransposed : kernels.multiply;
      multiply.call(kernels, left, leftWidth, right, rightWidth, out, columns, rows, columns, depth, 1);
    }
  }
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[r * columns + c] += flipped[c * rows + r];
}

/** From tile (row, column) on, and the leading dimension. */
function tile(panels: Panels, row: number, column: number): readonly [Float64Array, number] {
  const { values, width } = panels[row];
  return [values.subarray(column * TILE), width];
}

/** What the tiles (a, b) and (b, a) of all products V A_i add to the traces; the last A is I. */
const productTraces = defineTask(
  'productTraces',
  (kernels, v: Panels, matrices: readonly Panels[], a: number, b: number, out: Float64Array): void => {
    const components = matrices.length + 1;
    const rows = v[a].height;
    const columns = v[b].height;
    const flipped = new Float64Array(rows * columns);
    const tilesOf = (from: number, to: number) => {
      const tiles = matrices.map((matrix) => {
        const own = new Float64Array(rows * columns);
        productTile(kernels, v, matrix, from, to, own, flipped);
        return own;
      });
      return [...tiles, copyOfTile(v, from, to)];
    };
    const upper = tilesOf(a, b);
    const lower = a === b ? upper : tilesOf(b, a);
    out.fill(0);
    for (let i = 0; i < components; i++)
      for (let j = 0; j < components; j++) {
        let sum = 0;
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) sum += upper[i][r * columns + c] * lower[j][c * rows + r];
        out[i * components + j] += sum;
        if (a !== b) out[j * components + i] += sum;
      }
  },
);

function copyOfTile(panels: Panels, a: number, b: number): Float64Array {
  const rows = panels[a].height;
  const columns = panels[b].height;
  const [values, width] = a >= b ? tile(panels, a, b) : tile(panels, b, a);
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const r = Math.floor(at / columns);
    const c = at % columns;
    return a >= b ? values[r * width + c] : values[c * width + r];
  });
}

/**
 * tr(V A_i V A_j) for symmetric matrices with complete diagonal tiles, the last A being I: order³ multiply-adds a matrix, and
 * no product is ever stored whole.
 * @returns (matrices + 1)², row-major.
 */
export async function tracesOfProducts(
  pool: KernelPool,
  v: TiledLower,
  matrices: readonly TiledLower[],
): Promise<Float64Array> {
  const size = (matrices.length + 1) ** 2;
  const panels = matrices.map((matrix) => matrix.panels);
  const tiles = v.panels.flatMap((_, b) => Array.from({ length: b + 1 }, (__, a) => [a, b] as const));
  const sums = sharedFloat64(tiles.length * size);
  await pool.run(
    productTraces,
    tiles.map(([a, b], t) => [v.panels, panels, a, b, sums.subarray(t * size, (t + 1) * size)] as const),
    { milliseconds: (matrices.length * v.order ** 3) / MULTIPLY_ADDS_PER_MS },
  );
  return Float64Array.from({ length: size }, (_, k) => {
    let sum = 0;
    for (let at = k; at < sums.length; at += size) sum += sums[at];
    return sum;
  });
}
