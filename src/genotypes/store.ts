import { packedStride } from '../kernels/kernels.js';
import { sharedBytes, sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool, kernelTask } from '../kernels/pool.js';
import { type RunContext, silentRun } from '../run.js';
import { dosageSums, SUMS_OF_DOSAGES } from './dosages.js';
import { createMask, maskIndices, type SampleMask } from './sample-mask.js';
import { VariantStatistics } from './statistics.js';

/** Where packed variants come from; src/formats/bed.ts is one. */
export interface VariantSource {
  /** Packed rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages. @default 1 */
  readonly rows?: number;
  /**
   * Whether it costs nothing to write rows of any stride, padded with the code for missing, as decoders make them one by one: such
   * rows are read to their places. @default false
   */
  readonly anyStride?: boolean;
  /** Reads consecutive variants, `targetStride` bytes a row. */
  readVariants(first: number, count: number, target: Uint8Array, targetStride: number): Promise<void>;
}

/** Some consecutive variants of a block, packed and padded in shared memory. */
export interface PackedTile {
  /** Position of the first variant within its block. */
  readonly first: number;
  readonly variants: number;
  readonly packed: Uint8Array;
  /** Of dosages: what {@link dosageSums} has added up. */
  readonly sums?: Float64Array;
}

/** The genotypes of a set of variants: tiles that are either held in memory or read again at each pass. */
export interface GenotypeBlock {
  /** Index in the file of each variant, ascending. */
  readonly variants: Int32Array;
  readonly samples: number;
  /** Bytes of a packed row. */
  readonly stride: number;
  /** Packed rows of a variant: 1 of hard calls, DOSAGE_ROWS of dosages (src/genotypes/dosages.ts). */
  readonly rows: number;
  readonly resident: boolean;
  /**
   * One pass over the block. While a caller works on a tile the next one is being read. A tile of a block that is not
   * resident is good until the next one is asked for.
   */
  tiles(): AsyncIterable<PackedTile>;
  /** Gives the memory of the block back to the store; the block cannot be used any more. */
  close(): void;
}

/**
 * Bytes of a tile: small beside any memory limit, as two are held at once, and large enough to read at full speed, to share
 * out to threads, and to make the pass over a product's result, one a tile, cheap. Sums of a product run over tiles, so that
 * it may not change with the memory.
 */
const TILE_BYTES = 16 << 20;

/** Bytes of a tile of a pass that only counts: small enough to stay in the caches, and to touch little memory. */
export const COUNTED_TILE_BYTES = 4 << 20;

/** Bytes of rows as they stand in the file, which a tile is filled from piece by piece while they are in the caches. */
const RAW_BYTES = 4 << 20;

/** Variants of a tile are a multiple of this, so that tiles of an LD matrix never straddle two of them. */
const TILE_MULTIPLE = 256;

/** Rows that are not wanted are read with those around them while one in so many is wanted. */
const SPARSE = 4;

/** Bytes of a row as it is tiled: a row of the file is read whole, however few of its samples are kept. */
const tiledRow = (inFile: number, kept: number): number =>
  Math.max(packedStride(kept), Math.ceil(inFile / 4));

function tileVariants(rowBytes: number, tileBytes: number): number {
  return Math.max(1, Math.floor(tileBytes / rowBytes / TILE_MULTIPLE)) * TILE_MULTIPLE;
}

/** Bytes that a pass over genotypes takes beside them: two tiles, and rows of the file. */
export function storeBytes(inFile: number, kept: number, variants: number): number {
  const most = Math.min(variants, tileVariants(tiledRow(inFile, kept), TILE_BYTES));
  const raw = Math.ceil(inFile / 4) * variants;
  return 2 * most * packedStride(kept) + Math.min(raw, Math.max(RAW_BYTES, Math.ceil(inFile / 4)));
}

/** Keeps the samples of a mask in packed rows ({@link Kernels.repack}). */
export const repackTask = kernelTask('repack');
const countTask = kernelTask('countGenotypes');

const dosageSumsTask = defineTask('dosageSums', dosageSums);

/** Genotypes of chosen samples: opens blocks of variants, subset and repacked on the way in. */
export class GenotypeStore {
  readonly samples: number;
  readonly stride: number;
  /** As {@link GenotypeBlock.rows}. */
  readonly rows: number;
  readonly pool: KernelPool;
  readonly #source: VariantSource;
  readonly #mask: SampleMask;
  readonly #tileVariants: number;
  /** Tile buffers not in use. Threads keep shared memory alive long after its last use, so it is used again. */
  readonly #free: Uint8Array[] = [];
  #raw = sharedBytes(0);
  #lastRead: Promise<unknown> = Promise.resolve();

  /** @param mask the samples of the file to keep, in file order. */
  constructor(source: VariantSource, mask: SampleMask, pool: KernelPool, tileBytes = TILE_BYTES) {
    this.#source = source;
    this.#mask = mask;
    this.pool = pool;
    this.samples = mask.count;
    this.stride = packedStride(mask.count);
    this.rows = source.rows ?? 1;
    this.#tileVariants = tileVariants(this.rows * tiledRow(mask.samples, mask.count), tileBytes);
  }

  /** Indices in the file of the samples kept, ascending. */
  get people(): Int32Array {
    return maskIndices(this.#mask);
  }

  /** The genotypes of some of the people. @param kept their positions among those of this store, ascending. */
  among(kept: readonly number[]): GenotypeStore {
    const { people } = this;
    const chosen = new Set(kept.map((i) => people[i]));
    const mask = createMask(this.#mask.samples, (i) => chosen.has(i));
    return new GenotypeStore(this.#source, mask, this.pool);
  }

  /** Packed bytes of so many variants. */
  bytes(variants: number): number {
    return variants * this.rows * this.stride;
  }

  /**
   * Opens a block. It is read into memory when its packed size is within `memory` bytes, else streamed at each pass.
   * @param variants indices in the file, ascending.
   */
  async open(variants: Int32Array, memory: number): Promise<GenotypeBlock> {
    const resident = this.bytes(variants.length) <= memory;
    const { samples, stride, rows } = this;
    const block = { variants, samples, stride, rows, resident };
    if (!resident) return { ...block, tiles: () => this.#stream(variants), close() {} };
    const tiles: PackedTile[] = [];
    for (let first = 0; first < variants.length; first += this.#tileVariants)
      tiles.push(await this.#read(variants, first));
    return {
      ...block,
      async *tiles() {
        yield* tiles;
      },
      close: () => this.#release(tiles.splice(0)),
    };
  }

  /** Genotype counts of some variants (indices in the file, ascending), in one pass. */
  async count(variants: Int32Array, run: RunContext = silentRun): Promise<VariantStatistics> {
    const phase = run.progress.phase('counting genotypes', { total: variants.length, unit: 'variants' });
    const small = new GenotypeStore(this.#source, this.#mask, this.pool, COUNTED_TILE_BYTES);
    const block = await small.open(variants, 0);
    const counts = sharedInt32(4 * block.variants.length);
    for await (const tile of block.tiles()) {
      const calls = splitTile(block, tile, this.pool.threads).map(
        ({ first, variants, packed }) =>
          [
            packed,
            block.stride,
            variants,
            block.samples,
            counts.subarray(4 * first, 4 * (first + variants)),
          ] as const,
      );
      // judged by the whole pass: threads that start for one tile serve all
      await this.pool.run(countTask, calls, { milliseconds: this.bytes(block.variants.length) / 1e7 });
      phase.advance(tile.variants);
    }
    phase.end();
    return new VariantStatistics(counts);
  }

  /** {@link dosageSums} of some variants, for {@link DosageStatistics}, in one pass. */
  async addUpDosages(variants: Int32Array, run: RunContext = silentRun): Promise<Float64Array> {
    const phase = run.progress.phase('adding up dosages', { total: variants.length, unit: 'variants' });
    const all = new Float64Array(SUMS_OF_DOSAGES * variants.length);
    for await (const { first, variants: count, sums } of this.#stream(variants)) {
      all.set(sums!, SUMS_OF_DOSAGES * first);
      phase.advance(count);
    }
    phase.end();
    return all;
  }

  async *#stream(variants: Int32Array): AsyncGenerator<PackedTile> {
    let ahead: Promise<PackedTile> | undefined;
    for (let first = 0; first < variants.length; first += this.#tileVariants) {
      const tile = await (ahead ?? this.#read(variants, first));
      const next = first + this.#tileVariants;
      ahead = next < variants.length ? this.#read(variants, next) : undefined;
      ahead?.catch(() => {}); // reported when it is awaited; a caller that stops early never awaits it
      yield tile;
      this.#release([tile]);
    }
  }

  /** One tile is read at a time, whoever asks: reads share the room for raw rows. */
  #read(variants: Int32Array, first: number): Promise<PackedTile> {
    const read = this.#lastRead.then(() => this.#readNow(variants, first));
    this.#lastRead = read.catch(() => {});
    return read;
  }

  /** Reads the tile of the list that starts at `first`, and repacks it to the samples kept. */
  async #readNow(variants: Int32Array, first: number): Promise<PackedTile> {
    const chosen = variants.subarray(first, first + this.#tileVariants);
    const count = chosen.length;
    const packed = this.#room(this.bytes(count));
    const sourceStride = Math.ceil(this.#mask.samples / 4);
    const source = this.rows * sourceStride;
    const target = this.rows * this.stride;
    const asTheyAre = this.#source.anyStride && this.samples === this.#mask.samples;
    for (const { at, kept, rows } of readings(chosen, Math.max(1, Math.floor(RAW_BYTES / source)))) {
      const start = chosen[at];
      if (asTheyAre && rows === kept) {
        const place = packed.subarray(at * target, (at + rows) * target);
        await this.#source.readVariants(start, rows, place, this.stride);
        continue;
      }
      const raw = this.#rawRows(rows * source);
      await this.#source.readVariants(start, rows, raw, sourceStride);
      const calls = consecutiveRuns(chosen.subarray(at, at + kept))
        .flatMap((run) => pieces(run, Math.max(1, Math.ceil((1 << 20) / source))))
        .map((run) => {
          const row = chosen[at + run.at] - start;
          const first = at + run.at;
          return [
            raw.subarray(row * source, (row + run.variants) * source),
            sourceStride,
            run.variants * this.rows,
            this.#mask.samples,
            this.#mask.bits,
            packed.subarray(first * target, (first + run.variants) * target),
            this.stride,
          ] as const;
        });
      // the first piece of a tile is judged by the whole pass: threads that start for it serve all
      const milliseconds = ((at === 0 ? variants.length : rows) * source) / 2e6;
      await this.pool.run(repackTask, calls, { milliseconds });
    }
    if (this.rows === 1) return { first, variants: count, packed };
    return { first, variants: count, packed, sums: await this.#addUp({ first, variants: count, packed }) };
  }

  /** Puts missing dosages of a tile at the mean, and adds up. */
  async #addUp(tile: PackedTile): Promise<Float64Array> {
    const sums = sharedFloat64(tile.variants * SUMS_OF_DOSAGES);
    const calls = splitTile(this, tile, this.pool.threads).map(({ first, variants, packed }) => {
      const at = (first - tile.first) * SUMS_OF_DOSAGES;
      const own = sums.subarray(at, at + variants * SUMS_OF_DOSAGES);
      return [packed, this.stride, variants, this.samples, own] as const;
    });
    await this.pool.run(dosageSumsTask, calls, { milliseconds: tile.packed.length / 1e6 });
    return sums;
  }

  #room(bytes: number): Uint8Array {
    const large = this.#free.findIndex((buffer) => buffer.length >= bytes);
    const buffer = large >= 0 ? this.#free.splice(large, 1)[0] : sharedBytes(bytes);
    return buffer.subarray(0, bytes);
  }

  /** Room for rows as they stand in the file. */
  #rawRows(bytes: number): Uint8Array {
    if (this.#raw.length < bytes) this.#raw = sharedBytes(bytes);
    return this.#raw.subarray(0, bytes);
  }

  #release(tiles: readonly PackedTile[]): void {
    for (const { packed } of tiles) this.#free.push(new Uint8Array(packed.buffer));
  }
}

/** Tiles of a block that is in memory are worked on so many together, those of another one by one. */
const TILES_TOGETHER = 16;

/** One pass over a block in tiles that follow each other and are there together. */
export async function* tileGroups(block: GenotypeBlock): AsyncGenerator<readonly PackedTile[]> {
  const most = block.resident ? TILES_TOGETHER : 1;
  let group: PackedTile[] = [];
  for await (const tile of block.tiles()) {
    group.push(tile);
    if (group.length < most) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** The same variants twice: all of them, and behind them all of them again. It is closed with the block. */
export function twiceOver(block: GenotypeBlock): GenotypeBlock {
  const { length } = block.variants;
  const variants = new Int32Array(2 * length);
  variants.set(block.variants);
  variants.set(block.variants, length);
  return {
    ...block,
    variants,
    async *tiles() {
      yield* block.tiles();
      for await (const tile of block.tiles()) yield { ...tile, first: tile.first + length };
    },
  };
}

/** Splits a tile into pieces of whole variants, a few for each thread. */
export function splitTile(
  block: { readonly stride: number; readonly rows: number },
  tile: PackedTile,
  threads: number,
  multiple = 8,
): PackedTile[] {
  const target = Math.ceil(tile.variants / (4 * threads));
  const size = Math.max(multiple, Math.ceil(target / multiple) * multiple);
  const bytes = block.rows * block.stride;
  return pieces({ at: 0, variants: tile.variants, rows: tile.variants }, size).map(({ at, variants }) => ({
    first: tile.first + at,
    variants,
    packed: tile.packed.subarray(at * bytes, (at + variants) * bytes),
  }));
}

interface Run {
  /** Position of the first variant in the list. */
  at: number;
  variants: number;
  /** Rows of the file from the first to the last of them. */
  rows: number;
}

function consecutiveRuns(variants: Int32Array): Run[] {
  const runs: Run[] = [];
  for (let k = 0; k < variants.length; k++) {
    const last = runs.at(-1);
    if (last && variants[k] === variants[k - 1] + 1) {
      last.variants++;
      last.rows++;
    } else {
      runs.push({ at: k, variants: 1, rows: 1 });
    }
  }
  return runs;
}

/** Rows of the file that are read at once. */
interface Reading {
  /** Position in the list of the first variant, with which the rows begin. */
  at: number;
  /** How many variants of the list are among the rows. */
  kept: number;
  rows: number;
}

/** How some variants (indices in the file, ascending) are read: up to `most` rows at once, and few that are not wanted. */
function readings(variants: Int32Array, most: number): Reading[] {
  const list: Reading[] = [];
  for (let k = 0; k < variants.length; k++) {
    const last = list.at(-1);
    const rows = last ? variants[k] - variants[last.at] + 1 : 0;
    if (last && rows <= most && rows <= SPARSE * (last.kept + 1)) {
      last.kept++;
      last.rows = rows;
    } else {
      list.push({ at: k, kept: 1, rows: 1 });
    }
  }
  return list;
}

function pieces(run: Run, size: number): Run[] {
  const list: Run[] = [];
  for (let done = 0; done < run.variants; done += size) {
    const variants = Math.min(size, run.variants - done);
    list.push({ at: run.at + done, variants, rows: variants });
  }
  return list;
}
