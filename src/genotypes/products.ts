import { ROW_ALIGNMENT } from '../kernels/kernels.js';
import { type KernelPool, kernelTask } from '../kernels/pool.js';
import type { CodeValues } from './standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from './store.js';

/** About how many genotype-column multiply-adds one thread does in a millisecond, for deciding on threads. */
export const PRODUCTS_PER_MS = 2e7;

const transposeProductTask = kernelTask('transposeProduct');
const transposeProduct64Task = kernelTask('transposeProduct64');
const productTask = kernelTask('product');

/** Columns over samples: column c of `values` starts at c * stride and is zero from the last sample on. */
export const sampleColumnStride = (block: { stride: number }): number => 4 * block.stride;

/**
 * X'Y of one tile, X the values' genotypes (samples x variants).
 * @param y columns x {@link sampleColumnStride}, shared, zero in the padding; float64 input takes the float64 kernel.
 * @param out the tile's variants x columns, row-major, shared; overwritten.
 */
export async function transposeProductTile(
  pool: KernelPool,
  block: Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>,
  tile: PackedTile,
  table: CodeValues,
  y: Float32Array | Float64Array,
  columns: number,
  out: Float64Array,
): Promise<void> {
  const yStride = sampleColumnStride(block);
  const milliseconds = (tile.variants * block.samples * columns) / PRODUCTS_PER_MS;
  const slices = splitTile(block, tile, pool.threads).map(({ first, variants, packed }) => ({
    packed,
    variants,
    codes: [4 * first, 4 * (first + variants)] as const,
    out: out.subarray((first - tile.first) * columns, (first - tile.first + variants) * columns),
  }));
  if (y instanceof Float32Array) {
    const calls = slices.map(
      (s) =>
        [
          s.packed,
          block.stride,
          s.variants,
          table.values32.subarray(...s.codes),
          y,
          yStride,
          columns,
          s.out,
        ] as const,
    );
    await pool.run(transposeProductTask, calls, { milliseconds });
  } else {
    const calls = slices.map(
      (s) =>
        [
          s.packed,
          block.stride,
          s.variants,
          table.values.subarray(...s.codes),
          y,
          yStride,
          columns,
          s.out,
        ] as const,
    );
    await pool.run(transposeProduct64Task, calls, { milliseconds: 2 * milliseconds });
  }
}

/**
 * out := out + X B of one tile.
 * @param b the tile's variants x columns, row-major, shared.
 * @param out columns x {@link sampleColumnStride}, shared; its padding stays zero.
 */
export async function productTile(
  pool: KernelPool,
  block: Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>,
  tile: PackedTile,
  table: Pick<CodeValues, 'values32'>,
  b: Float32Array,
  columns: number,
  out: Float64Array,
): Promise<void> {
  const calls = stripCalls(block, pool.threads).map(
    ({ firstByte, bytes }) =>
      [
        tile.packed,
        block.stride,
        tile.variants,
        firstByte,
        bytes,
        table.values32.subarray(4 * tile.first, 4 * (tile.first + tile.variants)),
        b,
        columns,
        out,
        sampleColumnStride(block),
      ] as const,
  );
  await pool.run(productTask, calls, {
    milliseconds: (tile.variants * block.samples * columns) / PRODUCTS_PER_MS,
  });
}

/** Bytes of each row that one call of a product of samples takes: a few calls a thread. */
export function stripCalls(
  block: { stride: number },
  threads: number,
): { firstByte: number; bytes: number }[] {
  const strips = block.stride / ROW_ALIGNMENT;
  const perCall = Math.max(1, Math.min(16, Math.ceil(strips / (4 * threads)))) * ROW_ALIGNMENT;
  return Array.from({ length: Math.ceil(block.stride / perCall) }, (_, k) => ({
    firstByte: k * perCall,
    bytes: Math.min(perCall, block.stride - k * perCall),
  }));
}
