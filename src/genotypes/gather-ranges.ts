import { sharedBytes } from '../kernels/memory.js';
import type { GenotypeBlock, PackedTile } from './store.js';

/** Consecutive variants of a block. */
export interface VariantRange {
  readonly first: number;
  readonly variants: number;
}

export interface GatheredRange<R extends VariantRange> {
  readonly range: R;
  /** Its packed rows, good until the next batch is asked for. */
  readonly packed: Uint8Array;
}

/**
 * Packed rows of ranges, which may overlap, in one pass over the block: batches of those that a tile completes. Only rows of
 * ranges that lie in two tiles or more are copied, once for all of these.
 *
 * @param ranges ascending by their first variant and by their last.
 */
export async function* gatherRanges<R extends VariantRange>(
  block: GenotypeBlock,
  ranges: readonly R[],
): AsyncGenerator<GatheredRange<R>[]> {
  const stride = block.rows * block.stride; // of a variant
  let next = 0;
  /** Rows of earlier tiles from the first of the next range on. */
  let held: PackedTile | undefined;
  const take = (rows: PackedTile): GatheredRange<R>[] => {
    const batch: GatheredRange<R>[] = [];
    for (; next < ranges.length; next++) {
      const range = ranges[next]!;
      const at = range.first - rows.first;
      if (at < 0 || at + range.variants > rows.variants) break;
      batch.push({ range, packed: rows.packed.subarray(at * stride, (at + range.variants) * stride) });
    }
    return batch;
  };
  for await (const tile of block.tiles()) {
    const end = tile.first + tile.variants;
    if (held) {
      let needed = tile.first;
      for (let r = next; r < ranges.length && ranges[r]!.first < tile.first; r++)
        needed = Math.min(end, ranges[r]!.first + ranges[r]!.variants);
      held = joined(held, rowsOf(tile, tile.first, needed, stride), stride);
      const batch = take(held);
      if (batch.length > 0) yield batch;
    }
    const batch = take(tile);
    if (batch.length > 0) yield batch;
    const first = ranges[next]?.first ?? end;
    const earlier: PackedTile | undefined =
      held && first < tile.first ? rowsOf(held, first, held.first + held.variants, stride) : undefined;
    const rest = rowsOf(tile, Math.max(first, tile.first), end, stride);
    held = earlier ?? (rest.variants > 0 ? joined(undefined, rest, stride) : undefined);
  }
}

/** The rows of some variants of a tile, not copied; none where they lie behind it. */
function rowsOf({ packed, first }: PackedTile, from: number, to: number, stride: number): PackedTile {
  const variants = Math.max(0, to - from);
  return {
    first: from,
    variants,
    packed: packed.subarray((from - first) * stride, (from - first + variants) * stride),
  };
}

/** Rows that follow each other, in memory of their own. */
function joined(a: PackedTile | undefined, b: PackedTile, stride: number): PackedTile {
  const variants = (a?.variants ?? 0) + b.variants;
  const packed = sharedBytes(variants * stride);
  if (a) packed.set(a.packed);
  packed.set(b.packed, (a?.variants ?? 0) * stride);
  return { first: a?.first ?? b.first, variants, packed };
}
