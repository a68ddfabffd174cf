import { packedStride } from '../kernels/kernels.js';
import { sharedBytes, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { requireHardCalls } from './dosages.js';
import type { SampleMask } from './sample-mask.js';
import { VariantStatistics } from './statistics.js';
import { type GenotypeBlock, type PackedTile, repackTask, splitTile } from './store.js';

/** Packed rows of consecutive variants. */
export interface PackedRows extends PackedTile {
  /** Bytes of a row. */
  readonly stride: number;
}

type Shape = Pick<GenotypeBlock, 'stride' | 'samples' | 'rows'>;

/** Bytes that one thread repacks in a millisecond. */
const REPACKED_PER_MS = 2e6;
/** Bytes whose genotypes one thread counts in a millisecond. */
const COUNTED_PER_MS = 1e7;

/** The rows with the people of a group only; not copied where they are everybody. */
export async function repackAmong(
  pool: KernelPool,
  shape: Shape,
  rows: readonly PackedTile[],
  people: SampleMask,
): Promise<PackedRows[]> {
  if (people.count === shape.samples) return rows.map((row) => ({ ...row, stride: shape.stride }));
  const stride = packedStride(people.count);
  const size = shape.rows * stride;
  const own = rows.map((row) => ({ ...row, packed: sharedBytes(row.variants * size), stride }));
  const calls = rows.flatMap((row, r) =>
    splitTile(shape, row, pool.threads).map(({ first, variants, packed }) => {
      const target = own[r].packed.subarray(
        (first - row.first) * size,
        (first - row.first + variants) * size,
      );
      return [
        packed,
        shape.stride,
        variants * shape.rows,
        shape.samples,
        people.bits,
        target,
        stride,
      ] as const;
    }),
  );
  const bytes = rows.reduce((sum, { packed }) => sum + packed.length, 0);
  await pool.run(repackTask, calls, { milliseconds: bytes / REPACKED_PER_MS });
  return own;
}

const countAmongTask = defineTask(
  'countAmong',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    variants: number,
    samples: number,
    people: SampleMask,
    counts: Int32Array,
  ): void => {
    if (people.count === samples) {
      kernels.countGenotypes(packed, stride, variants, samples, counts);
      return;
    }
    const ownStride = packedStride(people.count);
    const own = new Uint8Array(variants * ownStride);
    kernels.repack(packed, stride, variants, samples, people.bits, own, ownStride);
    kernels.countGenotypes(own, ownStride, variants, people.count, counts);
  },
);

/** Genotype counts of some packed rows among the people of a group: `counts[4 * v + code]`. */
export async function countRowsAmong(
  pool: KernelPool,
  shape: Shape,
  tile: PackedTile,
  people: SampleMask,
  counts: Int32Array = sharedInt32(4 * tile.variants),
): Promise<Int32Array> {
  requireHardCalls(shape.rows, 'genotype counts');
  const calls = splitTile(shape, tile, pool.threads).map(({ first, variants, packed }) => {
    const at = 4 * (first - tile.first);
    return [
      packed,
      shape.stride,
      variants,
      shape.samples,
      people,
      counts.subarray(at, at + 4 * variants),
    ] as const;
  });
  const perMs = people.count === shape.samples ? COUNTED_PER_MS : REPACKED_PER_MS;
  await pool.run(countAmongTask, calls, { milliseconds: tile.packed.length / perMs });
  return counts;
}

/** Genotype counts of a block among the people of a group, in one pass. */
export async function countAmong(
  pool: KernelPool,
  block: GenotypeBlock,
  people: SampleMask,
): Promise<VariantStatistics> {
  const counts = sharedInt32(4 * block.variants.length);
  for await (const tile of block.tiles()) {
    const own = counts.subarray(4 * tile.first, 4 * (tile.first + tile.variants));
    await countRowsAmong(pool, block, tile, people, own);
  }
  return new VariantStatistics(counts);
}
