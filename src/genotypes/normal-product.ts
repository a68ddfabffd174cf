import { defineTask, type KernelPool } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { DIGIT_ROWS, type DigitColumns, type SampleSide } from './digit-products.js';
import { dosageScores } from './dosage-products.js';
import { PRODUCTS_PER_MS } from './products.js';
import type { GenotypeTable } from './standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from './store.js';

/** Sets of variants, which may overlap, with a weight of each variant in each: diagonal matrices A_k. */
export interface WeightSets {
  /** One a set. */
  readonly names: readonly string[];
  /** a_jk: variants x sets, row-major, not negative, in shared memory. */
  readonly weights: Float64Array;
}

type Shape = Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>;

/** b := diag(sum_k f_ck a_jk) X'v for the variants of a tile: variants x columns. @param factors f_ck: columns x sets. */
export async function weightedScores(
  pool: KernelPool,
  { stride, samples, rows }: Shape,
  tile: PackedTile,
  table: Pick<GenotypeTable, 'values32' | 'mean' | 'scale'>,
  { columns, values, split }: SampleSide,
  { names, weights }: WeightSets,
  factors: Float64Array,
  b: Float32Array,
): Promise<void> {
  const sets = names.length;
  const shape = { stride, samples, rows }; // no more of it can be sent
  const pieces = splitTile(shape, tile, pool.threads, split ? DIGIT_ROWS : undefined);
  const calls = pieces.map(({ first, variants, packed }) => {
    const at = (first - tile.first) * columns;
    const range = [first, first + variants] as const;
    return [
      packed,
      shape,
      variants,
      split
        ? { ...split, mean: table.mean.subarray(...range), scale: table.scale.subarray(...range) }
        : table.values32.subarray(4 * rows * first, 4 * rows * (first + variants)),
      values,
      columns,
      weights.subarray(first * sets, (first + variants) * sets),
      sets,
      factors,
      b.subarray(at, at + variants * columns),
    ] as const;
  });
  await pool.run(weightedScoresTask, calls, {
    milliseconds: (rows * tile.variants * samples * columns) / PRODUCTS_PER_MS,
  });
}

const weightedScoresTask = defineTask(
  'weightedScores',
  (
    kernels,
    packed: Uint8Array,
    { stride, samples, rows }: Shape,
    variants: number,
    table: Float32Array | (DigitColumns & Pick<GenotypeTable, 'mean' | 'scale'>),
    v: Float32Array,
    columns: number,
    weights: Float64Array,
    sets: number,
    factors: Float64Array,
    out: Float32Array,
  ): void => {
    const scores = room.of(variants * columns);
    if (!(table instanceof Float32Array)) {
      const { mean, scale, planes, units, digits } = table;
      kernels.transposeProductDigits(
        packed,
        stride,
        variants,
        samples,
        mean,
        scale,
        planes,
        units,
        columns,
        digits,
        scores,
      );
    } else if (rows === 1)
      kernels.transposeProduct(packed, stride, variants, table, v, 4 * stride, columns, scores);
    else dosageScores(kernels, packed, stride, variants, table, v, 4 * stride, columns, scores);
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
