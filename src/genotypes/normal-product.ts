import { defineTask, type KernelPool } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { dosageScores } from './dosage-products.js';
import { PRODUCTS_PER_MS, sampleColumnStride } from './products.js';
import type { GenotypeTable } from './standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from './store.js';

/** Sets of variants, which may overlap, with a weight of each variant in each: diagonal matrices A_k. */
export interface WeightSets {
  /** One a set. */
  readonly names: readonly string[];
  /** a_jk: variants x sets, row-major, not negative, in shared memory. */
  readonly weights: Float64Array;
}

/** b := diag(sum_k f_ck a_jk) X'v for the variants of a tile: variants x columns. @param factors f_ck: columns x sets. */
export async function weightedScores(
  pool: KernelPool,
  shape: Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>,
  tile: PackedTile,
  table: Pick<GenotypeTable, 'values32'>,
  v: Float32Array,
  columns: number,
  { names, weights }: WeightSets,
  factors: Float64Array,
  b: Float32Array,
): Promise<void> {
  const sets = names.length;
  const calls = splitTile(shape, tile, pool.threads).map(({ first, variants, packed }) => {
    const at = (first - tile.first) * columns;
    return [
      packed,
      shape.stride,
      variants,
      shape.rows,
      table.values32.subarray(4 * shape.rows * first, 4 * shape.rows * (first + variants)),
      v,
      sampleColumnStride(shape),
      columns,
      weights.subarray(first * sets, (first + variants) * sets),
      sets,
      factors,
      b.subarray(at, at + variants * columns),
    ] as const;
  });
  await pool.run(weightedScoresTask, calls, {
    milliseconds: (shape.rows * tile.variants * shape.samples * columns) / PRODUCTS_PER_MS,
  });
}

const weightedScoresTask = defineTask(
  'weightedScores',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    variants: number,
    rows: number,
    table: Float32Array,
    v: Float32Array,
    vStride: number,
    columns: number,
    weights: Float64Array,
    sets: number,
    factors: Float64Array,
    out: Float32Array,
  ): void => {
    const scores = room.of(variants * columns);
    if (rows === 1) kernels.transposeProduct(packed, stride, variants, table, v, vStride, columns, scores);
    else dosageScores(kernels, packed, stride, variants, table, v, vStride, columns, scores);
    out.fill(0);
    for (let j = 0; j < variants; j++) {
      for (let k = 0; k < sets; k++) {
        const weight = weights[j * sets + k];
        if (weight === 0) continue;
        for (let c = 0; c < columns; c++)
          out[j * columns + c] += weight * factors[c * sets + k] * scores[j * columns + c];
      }
    }
  },
);

const room = scratchFloat64();
