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
  const room = new RowRoom(stride);
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
      held = room.joined(held, rowsOf(tile, tile.first, needed, stride));
      const batch = take(held);
      if (batch.length > 0) yield batch;
    }
    const batch = take(tile);
    if (batch.length > 0) yield batch;
    const first = ranges[next]?.first ?? end;
    const earlier: PackedTile | undefined =
      held && first < tile.first ? rowsOf(held, first, held.first + held.variants, stride) : undefined;
    const rest = rowsOf(tile, Math.max(first, tile.first), end, stride);
    held = earlier ?? (rest.variants > 0 ? room.joined(undefined, rest) : undefined);
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

/** Times what is needed that a buffer has: the next few are hardly longer, and what is not touched takes no memory. */
const SLACK = 1.25;

/**
 * Rows that follow each other, in memory of their own: two buffers in turn, as those that are joined may lie in the last one. Threads let
 * go of shared memory late, so that a buffer for each call would pile up.
 */
class RowRoom {
  readonly #stride: number;
  #spare = sharedBytes(0);
  #last = sharedBytes(0);

  constructor(stride: number) {
    this.#stride = stride;
  }

  /** What the call before the last one gave is overwritten. */
  joined(a: PackedTile | undefined, b: PackedTile): PackedTile {
    const variants = (a?.variants ?? 0) + b.variants;
    const bytes = variants * this.#stride;
    const room = this.#spare.length >= bytes ? this.#spare : sharedBytes(Math.ceil(bytes * SLACK));
    this.#spare = this.#last;
    this.#last = room;
    const packed = room.subarray(0, bytes);
    if (a) packed.set(a.packed);
    packed.set(b.packed, (a?.variants ?? 0) * this.#stride);
    return { first: a?.first ?? b.first, variants, packed };
  }
}
