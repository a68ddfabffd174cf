import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { Stages } from '../progress.js';
import { type RunContext, silentRun } from '../run.js';
import { completeDiagonalTiles, symmetricMultiply } from './symmetric-tiled.js';
import { type Panel, TILE, type TiledLower } from './tiled-lower.js';

/** Order of a block: half the width of the band. */
export const BLOCK = 64;

/**
 * A symmetric block tridiagonal matrix: blocks of {@link BLOCK} rows, the last perhaps fewer, each with leading dimension
 * BLOCK. `diagonal` holds block (k, k) at k BLOCK², `below` block (k + 1, k).
 */
export interface BandMatrix {
  readonly order: number;
  readonly diagonal: Float64Array;
  readonly below: Float64Array;
}

export const blocksOf = (order: number): number => Math.ceil(order / BLOCK);

/** Rows of block k. */
export const blockRows = (order: number, k: number): number => Math.min(BLOCK, order - k * BLOCK);

/**
 * B = Q'A Q, block tridiagonal, for a symmetric A, which is destroyed; and Q'C for some columns, in place. Q is a product
 * of blocked reflections and is never formed: with B at hand, everything that depends on A + δI for any δ costs O(order)
 * (Bischof, Lang and Sun 2000, the first of their two steps). 4/3 order³ operations, nearly all in matrix products.
 * @param columns order x count, row-major, shared.
 */
export async function reduceToBand(
  pool: KernelPool,
  matrix: TiledLower,
  columns: Float64Array,
  count: number,
  run: RunContext = silentRun,
): Promise<BandMatrix> {
  const { kernels } = pool;
  const { order } = matrix;
  const blocks = blocksOf(order);
  const stages = new Stages(run.progress);
  const diagonal = sharedFloat64(blocks * BLOCK * BLOCK);
  const below = sharedFloat64(blocks * BLOCK * BLOCK);
  const work = () => sharedFloat64(order * BLOCK);
  const [panel, v, vt, y] = [work(), work(), work(), work()];
  const [vw, wv] = [sharedFloat64(2 * order * BLOCK), sharedFloat64(2 * order * BLOCK)];
  const t = sharedFloat64(BLOCK * BLOCK);
  const [small, other] = [new Float64Array(BLOCK * BLOCK), new Float64Array(BLOCK * BLOCK)];
  const projected = new Float64Array(BLOCK * count);
  const turned = new Float64Array(BLOCK * count);
  completeDiagonalTiles(matrix);
  for (let k = 0; k < blocks; k++) {
    const first = k * BLOCK;
    const start = first + blockRows(order, k);
    copyRows(matrix, first, start, first, diagonal.subarray(k * BLOCK * BLOCK));
    if (start === order) break;
    const rows = order - start;
    copyRows(matrix, start, order, first, panel);
    const corner = below.subarray(k * BLOCK * BLOCK, (k + 1) * BLOCK * BLOCK);
    if (rows <= BLOCK) {
      corner.set(panel.subarray(0, rows * BLOCK));
      continue;
    }
    const own = (a: Float64Array, width = BLOCK) => a.subarray(start * width);
    kernels.householder(panel, rows, BLOCK, BLOCK, own(v), BLOCK, t, BLOCK);
    corner.set(panel.subarray(0, BLOCK * BLOCK));
    // Y = A V T, W = Y - V (T' V'Y) / 2, A := A - V W' - W V'
    own(vt).fill(0);
    kernels.multiply(own(v), BLOCK, t, BLOCK, own(vt), BLOCK, rows, BLOCK, BLOCK, 1);
    await symmetricMultiply(pool, matrix, vt, BLOCK, y, start);
    small.fill(0);
    other.fill(0);
    kernels.transposedMultiply(own(v), BLOCK, own(y), BLOCK, small, BLOCK, BLOCK, BLOCK, rows, 1);
    kernels.transposedMultiply(t, BLOCK, small, BLOCK, other, BLOCK, BLOCK, BLOCK, BLOCK, 1);
    kernels.multiply(own(v), BLOCK, other, BLOCK, own(y), BLOCK, rows, BLOCK, BLOCK, -0.5);
    for (let i = start; i < order; i++) {
      const reflection = v.subarray(i * BLOCK, (i + 1) * BLOCK);
      const product = y.subarray(i * BLOCK, (i + 1) * BLOCK);
      vw.set(reflection, 2 * i * BLOCK);
      vw.set(product, (2 * i + 1) * BLOCK);
      wv.set(product, 2 * i * BLOCK);
      wv.set(reflection, (2 * i + 1) * BLOCK);
    }
    await update(pool, matrix, vw, wv, start);
    if (count > 0) {
      const rest = columns.subarray(start * count);
      projected.fill(0);
      turned.fill(0);
      kernels.transposedMultiply(own(v), BLOCK, rest, count, projected, count, BLOCK, count, rows, 1);
      kernels.transposedMultiply(t, BLOCK, projected, count, turned, count, BLOCK, count, BLOCK, 1);
      kernels.multiply(own(v), BLOCK, turned, count, rest, count, rows, count, BLOCK, -1);
    }
    stages.at('reducing', 1 - (rows / order) ** 3, 1);
  }
  stages.end();
  return { order, diagonal, below };
}

/** Rows [first, end) of BLOCK columns from `column` on, as far as they lie below or in the diagonal tiles. */
function copyRows(
  { panels }: TiledLower,
  first: number,
  end: number,
  column: number,
  to: Float64Array,
): void {
  for (let row = first; row < end; row++) {
    const { values, width } = panels[Math.floor(row / TILE)];
    const at = (row % TILE) * width + column;
    to.set(values.subarray(at, at + Math.min(BLOCK, width - column)), (row - first) * BLOCK);
  }
}

/** Rows of one panel of A - V W' - W V', from `start` on in rows and columns. */
const updatePanel = defineTask(
  'bandUpdatePanel',
  (
    kernels,
    { values, height, width }: Panel,
    vw: Float64Array,
    wv: Float64Array,
    start: number,
    depth: number,
  ): void => {
    const first = Math.max(start, width - height);
    kernels.multiplyTransposed(
      vw.subarray(first * depth),
      depth,
      wv.subarray(start * depth),
      depth,
      values.subarray((first - (width - height)) * width + start),
      width,
      width - first,
      width - start,
      depth,
      -1,
    );
  },
);

async function update(
  pool: KernelPool,
  { order, panels }: TiledLower,
  vw: Float64Array,
  wv: Float64Array,
  start: number,
): Promise<void> {
  const calls = panels
    .filter(({ width }) => width > start)
    .map((panel) => [panel, vw, wv, start, 2 * BLOCK] as const);
  await pool.run(updatePanel, calls.toReversed(), {
    milliseconds: ((order - start) ** 2 * BLOCK) / 1.5e7,
  });
}
