import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool, kernelTask } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { dosageMoments } from './dosages.js';
import { PRODUCTS_PER_MS, sampleColumnStride, stripCalls } from './products.js';
import type { CodeValues, GenotypeTable } from './standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from './store.js';

type Shape = Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>;

const productTask = kernelTask('product');

/** As transposeProductTile, of a tile of dosages: the rows of a variant are multiplied one by one and added. */
export async function transposeProductOfDosages(
  pool: KernelPool,
  shape: Shape,
  tile: PackedTile,
  table: CodeValues,
  y: Float32Array | Float64Array,
  columns: number,
  out: Float64Array,
): Promise<void> {
  const values = y instanceof Float32Array ? table.values32 : table.values;
  const calls = splitTile(shape, tile, pool.threads).map(({ first, variants, packed }) => {
    const at = (first - tile.first) * columns;
    return [
      packed,
      shape.stride,
      variants,
      values.subarray(4 * DOSAGE_ROWS * first, 4 * DOSAGE_ROWS * (first + variants)),
      y,
      sampleColumnStride(shape),
      columns,
      out.subarray(at, at + variants * columns),
    ] as const;
  });
  await pool.run(dosageScoresTask, calls, {
    milliseconds: (DOSAGE_ROWS * tile.variants * shape.samples * columns) / PRODUCTS_PER_MS,
  });
}

/** As productTile, of a tile of dosages. @param b the tile's variants x columns, row-major, shared. */
export async function productOfDosages(
  pool: KernelPool,
  shape: Shape,
  tile: PackedTile,
  table: Pick<CodeValues, 'values32'>,
  b: Float32Array,
  columns: number,
  out: Float64Array,
): Promise<void> {
  const range = [4 * DOSAGE_ROWS * tile.first, 4 * DOSAGE_ROWS * (tile.first + tile.variants)] as const;
  const values = table.values32.subarray(...range);
  const repeated = repeatRows(b, tile.variants, columns);
  const calls = stripCalls(shape, pool.threads).map(
    ({ firstByte, bytes }) =>
      [
        ...([tile.packed, shape.stride, DOSAGE_ROWS * tile.variants, firstByte, bytes] as const),
        ...([values, repeated, columns, out, sampleColumnStride(shape)] as const),
      ] as const,
  );
  await pool.run(productTask, calls, {
    milliseconds: (DOSAGE_ROWS * tile.variants * shape.samples * columns) / PRODUCTS_PER_MS,
  });
  clearPadding(shape, columns, out);
}

/** Each row of b as often as a variant of dosages has rows, in shared memory. */
function repeatRows(b: Float32Array, variants: number, columns: number): Float32Array {
  const repeated = sharedFloat32(DOSAGE_ROWS * variants * columns);
  for (let v = 0; v < variants; v++) {
    const row = b.subarray(v * columns, (v + 1) * columns);
    for (let k = 0; k < DOSAGE_ROWS; k++) repeated.set(row, (DOSAGE_ROWS * v + k) * columns);
  }
  return repeated;
}

/** Padding has the digit 0, which centred rows do not have at 0. */
function clearPadding(shape: Shape, columns: number, out: Float64Array): void {
  const stride = sampleColumnStride(shape);
  for (let c = 0; c < columns; c++) out.fill(0, c * stride + shape.samples, (c + 1) * stride);
}

const dosageScoresTask = defineTask('dosageScores', dosageScores);

/** X'Y of packed rows of dosages, on this thread. @param out variants x columns; overwritten. */
export function dosageScores(
  kernels: Kernels,
  packed: Uint8Array,
  stride: number,
  variants: number,
  values: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  yStride: number,
  columns: number,
  out: Float64Array,
): void {
  const rows = room.of(DOSAGE_ROWS * variants * columns);
  const count = DOSAGE_ROWS * variants;
  if (y instanceof Float32Array)
    kernels.transposeProduct(packed, stride, count, values as Float32Array, y, yStride, columns, rows);
  else kernels.transposeProduct64(packed, stride, count, values as Float64Array, y, yStride, columns, rows);
  for (let v = 0; v < variants; v++)
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < DOSAGE_ROWS; k++) sum += rows[(DOSAGE_ROWS * v + k) * columns + c];
      out[v * columns + c] = sum;
    }
}

const room = scratchFloat64();

const squaresTask = defineTask(
  'dosageSquares',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    variants: number,
    samples: number,
    mean: Float64Array,
    scale: Float64Array,
    out: Float64Array,
  ): void => {
    for (const [v, { copies, squares }] of dosageMoments(
      kernels,
      packed,
      stride,
      variants,
      samples,
    ).entries()) {
      const own = mean[v] + 1;
      out[v] = scale[v] ** 2 * (squares - 2 * own * copies + own * own * samples);
    }
  },
);

/** Sum of x² of each variant of a tile, x the standardised dosages of all people of its rows. */
export async function squaresOfDosages(
  pool: KernelPool,
  shape: Shape,
  tile: PackedTile,
  { mean, scale }: Pick<GenotypeTable, 'mean' | 'scale'>,
): Promise<Float64Array> {
  const out = sharedFloat64(tile.variants);
  const calls = splitTile(shape, tile, pool.threads).map(({ first, variants, packed }) => {
    const range = [first, first + variants] as const;
    return [
      ...([packed, shape.stride, variants, shape.samples] as const),
      ...([mean.subarray(...range), scale.subarray(...range)] as const),
      out.subarray(first - tile.first, first - tile.first + variants),
    ] as const;
  });
  await pool.run(squaresTask, calls, { milliseconds: tile.packed.length / 1e6 });
  return out;
}
