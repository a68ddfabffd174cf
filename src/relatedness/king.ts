import type { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, type SampleMask } from '../genotypes/sample-mask.js';
import { HET, MISSING, packedStride } from '../kernels/kernels.js';
import { sharedBytes, sharedInt32 } from '../kernels/memory.js';
import { defineTask, kernelTask } from '../kernels/pool.js';
import { overUnits } from '../parts/division.js';
import { type RunContext, silentRun } from '../run.js';

/**
 * KING-robust kinship (Manichaikul 2010, equation 11), over the variants that both people have:
 * φ = ½ - ¼ Σ (g_i - g_k)² / min(N_Aa,i, N_Aa,k), which is
 * (2 N_AaAa - 4 N_AAaa - N_Aa,i - N_Aa,k + 2 min) / (4 min), min the smaller number of heterozygous genotypes.
 */
function kingKinship(hetHet: number, opposed: number, hetI: number, hetK: number): number {
  const least = Math.min(hetI, hetK);
  return 0.5 - (4 * opposed + hetI + hetK - 2 * hetHet) / (4 * least);
}

/** Lower limits of kinship by degree: the geometric means of what degrees expect (Manichaikul 2010, table 1). */
export const KINSHIP_DEGREES = {
  duplicate: 2 ** -1.5,
  first: 2 ** -2.5,
  second: 2 ** -3.5,
  third: 2 ** -4.5,
} as const;

/** Pairs of people, in order of the later one, then of the earlier: {@link PAIR_FIELDS} numbers a pair. */
export interface KinshipPairs {
  readonly count: number;
  /**
   * Of each pair the later and the earlier person, as positions among the operator's people; the variants that both have; those
   * at which both are heterozygous, and those at which they are different homozygotes; and heterozygous genotypes of the
   * later and of the earlier one among them.
   */
  readonly fields: Int32Array;
}

/** Numbers of a pair in {@link KinshipPairs.fields}. */
const PAIR_FIELDS = 7;

/** A pair by name. */
export interface KinshipPair {
  readonly later: number;
  readonly earlier: number;
  readonly variants: number;
  readonly hetHet: number;
  readonly opposed: number;
  /** NaN where neither is heterozygous at a variant that both have, -Infinity where one of the two is not. */
  readonly kinship: number;
}

export function pairAt({ fields }: KinshipPairs, index: number): KinshipPair {
  const at = PAIR_FIELDS * index;
  const [hetHet, opposed] = [fields[at + 3], fields[at + 4]];
  return {
    later: fields[at],
    earlier: fields[at + 1],
    variants: fields[at + 2],
    hetHet,
    opposed,
    kinship: kingKinship(hetHet, opposed, fields[at + 5], fields[at + 6]),
  };
}

export interface KinshipOptions {
  /** Pairs of at least this kinship are given, and those whose kinship is not known; -Infinity for all. */
  readonly least: number;
  /** Bytes that genotypes may take. */
  readonly memory: number;
}

/** People of a call, both ways: enough that bit planes are built seldom, few enough that results stay small. */
const TILE = 128;
/** People whose rows are turned over in one call: their target lines stay in the second-level cache. */
const TRANSPOSED = 2048;
/** Pairs of genotypes that one thread counts in a millisecond, for deciding on threads. */
const PAIRS_PER_MS = 4e8;
/** Where more than one in so many pairs of a tile may be kin, the missing genotypes of all its pairs are looked at together. */
const MANY_OF = 16;
const TRANSPOSED_PER_MS = 5e5;
const transposeTask = kernelTask('transposeGenotypes');

/**
 * Pairs of a tile of people with an earlier one that are of at least some kinship: `found[0]` of them, PAIR_FIELDS numbers each
 * from `found[1]` on. Missing genotypes cost more than the rest: those of a pair are looked at only where it could be kin.
 */
const kinshipTile = defineTask(
  'kinshipTile',
  (
    kernels,
    a: Uint8Array,
    firstA: number,
    rowsA: number,
    b: Uint8Array,
    firstB: number,
    rowsB: number,
    stride: number,
    variants: number,
    least: number,
    found: Int32Array,
  ): void => {
    const countsA = work(0, 4 * rowsA);
    const countsB = work(1, 4 * rowsB);
    kernels.countGenotypes(a, stride, rowsA, variants, countsA);
    kernels.countGenotypes(b, stride, rowsB, variants, countsB);
    const cells = rowsA * rowsB;
    const [hetHet, opposed] = [work(2, cells), work(3, cells)];
    const [hetA, hetB, present] = [work(4, cells), work(5, cells), work(6, cells)];
    const some = missing(countsA, rowsA) || missing(countsB, rowsB);
    const exact = (ownA: Uint8Array, countA: number, ownB: Uint8Array, countB: number, at: number) =>
      kernels.kinshipCountsWithMissing(
        ...([ownA, countA, ownB, countB, stride, hetHet.subarray(at), opposed.subarray(at)] as const),
        ...([hetA.subarray(at), hetB.subarray(at), present.subarray(at)] as const),
      );
    /** How many pairs of row i come before it in the order of people. */
    const width = (i: number) => Math.max(0, Math.min(rowsB, firstA + i - firstB));
    const survivors = work(7, cells);
    let surviving = 0;
    const every = some && least === -Infinity;
    if (!every) kernels.kinshipCounts(a, rowsA, b, rowsB, stride, hetHet, opposed);
    for (let i = 0; i < rowsA && !every; i++) {
      const hetI = countsA[4 * i + HET];
      const missingI = countsA[4 * i + MISSING];
      const end = i * rowsB + width(i);
      for (let cell = i * rowsB, k = 0; cell < end; cell++, k += 4) {
        const hetK = countsB[k + HET];
        const missingK = countsB[k + MISSING];
        const most = largestKinship(hetHet[cell], opposed[cell], hetI, hetK, missingI, missingK);
        if (most < least) continue;
        survivors[surviving++] = cell;
        hetA[cell] = hetI;
        hetB[cell] = hetK;
        present[cell] = variants;
      }
    }
    if (every || (some && surviving > cells / MANY_OF)) exact(a, rowsA, b, rowsB, 0);
    else if (some)
      for (let s = 0; s < surviving; s++) {
        const cell = survivors[s];
        const [i, j] = [Math.floor(cell / rowsB), cell % rowsB];
        exact(a.subarray(i * stride), 1, b.subarray(j * stride), 1, cell);
      }
    let at = 1;
    const give = (cell: number, i: number, j: number) => {
      const kinship = kingKinship(hetHet[cell], opposed[cell], hetA[cell], hetB[cell]);
      if (kinship < least) return; // what is not known stays
      found[at] = firstA + i;
      found[at + 1] = firstB + j;
      found[at + 2] = present[cell];
      found[at + 3] = hetHet[cell];
      found[at + 4] = opposed[cell];
      found[at + 5] = hetA[cell];
      found[at + 6] = hetB[cell];
      at += PAIR_FIELDS;
    };
    if (every) {
      for (let i = 0; i < rowsA; i++) for (let j = 0; j < width(i); j++) give(i * rowsB + j, i, j);
    } else
      for (let s = 0; s < surviving; s++) {
        const cell = survivors[s];
        give(cell, Math.floor(cell / rowsB), cell % rowsB);
      }
    found[0] = (at - 1) / PAIR_FIELDS;
  },
);

/** The largest kinship that a pair can have over the variants that both have, given the missing genotypes of each. */
function largestKinship(
  hetHet: number,
  opposed: number,
  hetI: number,
  hetK: number,
  missingI: number,
  missingK: number,
): number {
  const differing =
    4 * opposed + Math.max(0, hetI - missingK - hetHet) + Math.max(0, hetK - missingI - hetHet);
  return 0.5 - differing / (4 * Math.min(hetI, hetK));
}

function missing(counts: Int32Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) if (counts[4 * i + MISSING] > 0) return true;
  return false;
}

/** Work space of this thread, kept between calls. */
const spaces: Int32Array[] = [];

function work(slot: number, length: number): Int32Array {
  if (!spaces[slot] || spaces[slot].length < length) spaces[slot] = new Int32Array(length);
  return spaces[slot].subarray(0, length);
}

/** Bytes of the genotypes of some people at all variants, a row a person. */
export const personRowsBytes = (people: number, variants: number): number => people * packedStride(variants);

/** Largest array of rows: a runtime allows twice as much. */
const MOST_BYTES = 2 ** 32;

/** Into how many groups people are cut so that the rows of two fit in memory. */
export function kinshipGroups(people: number, variants: number, memory: number): number {
  if (personRowsBytes(people, variants) <= Math.min(memory, MOST_BYTES)) return 1;
  const room = Math.min(memory / 2, MOST_BYTES) / packedStride(variants);
  return Math.ceil(people / Math.max(TILE, Math.floor(room / TILE) * TILE));
}

/**
 * Kinship of every pair of people of at least some size, in batches of consecutive rows. Genotypes are turned to rows of people
 * and held; where that is more than memory allows, people are cut into groups, and each pair of groups is read in turn.
 */
export function kinshipPairs(
  genotypes: GenotypeOperator,
  options: KinshipOptions,
  run: RunContext = silentRun,
): AsyncGenerator<KinshipPairs, void, void> {
  const { samples } = genotypes;
  const tiles = Math.ceil(samples / TILE);
  const work = { name: 'rows of 128 people', weights: Array.from({ length: tiles }, (_, tile) => tile + 1) };
  return overUnits(run, work, (first, end, inside) =>
    pairsOfRows(
      genotypes,
      options,
      [first, end].map((tile) => Math.min(samples, tile * TILE)),
      inside,
    ),
  );
}

/** Pairs of consecutive people, multiples of {@link TILE} from one to before another, with all that come before them. */
async function* pairsOfRows(
  genotypes: GenotypeOperator,
  { least, memory }: KinshipOptions,
  [from, to]: readonly number[],
  run: RunContext,
): AsyncGenerator<KinshipPairs> {
  const groups = kinshipGroups(to, genotypes.count, memory);
  const size = Math.ceil(to / groups / TILE) * TILE;
  const total = (to * (to - 1) - from * (from - 1)) / 2;
  const phase = run.progress.phase('kinship', { total, unit: 'pairs' });
  const advance = (pairs: number) => phase.advance(pairs);
  const read = (first: number, end: number) => personRows(genotypes, first, Math.min(size, end - first));
  const all = groups === 1 && to > from ? await read(0, to) : undefined;
  for (let first = from; first < to; first += size) {
    const rows = all ? rowsFrom(all, from) : await read(first, to);
    const end = first + rows.count;
    const found = new PairCollector(first, rows.count);
    for (let other = 0; other < end; other += size) {
      const columns = all ?? (other === first ? rows : await read(other, end));
      for await (const panel of panels(genotypes, rows, columns, least, advance)) {
        if (all) yield panel.finish();
        else found.addPanel(panel);
      }
    }
    if (!all) yield found.finish();
  }
  phase.end();
}

interface PersonRows {
  readonly first: number;
  readonly count: number;
  readonly packed: Uint8Array;
}

/** Those from a person on. */
function rowsFrom({ first, count, packed }: PersonRows, from: number): PersonRows {
  const stride = packed.length / count;
  return { first: from, count: first + count - from, packed: packed.subarray((from - first) * stride) };
}

/** Rows of consecutive people over all variants: one pass. */
async function personRows(genotypes: GenotypeOperator, first: number, count: number): Promise<PersonRows> {
  const { pool, rowStride, samples } = genotypes;
  const stride = packedStride(genotypes.count);
  const packed = sharedBytes(count * stride).fill(0x55);
  const group: SampleMask | undefined =
    count === samples ? undefined : createMask(samples, (i) => i >= first && i < first + count);
  for await (const part of genotypes.parts()) {
    const own = group ? await part.rowsAmong(group) : { packed: part.packed, stride: rowStride };
    const calls = Array.from({ length: Math.ceil(count / TRANSPOSED) }, (_, c) => {
      const at = c * TRANSPOSED;
      const people = Math.min(TRANSPOSED, count - at);
      const target = packed.subarray(at * stride, (at + people) * stride);
      return [own.packed, own.stride, part.count, at, people, target, stride, part.first] as const;
    });
    await pool.run(transposeTask, calls, { milliseconds: (count * part.count) / TRANSPOSED_PER_MS });
  }
  return { first, count, packed };
}

/** Pairs of some people (rows) with others (columns) that come before them, a panel of rows at a time. */
async function* panels(
  { pool, count: variants }: GenotypeOperator,
  rows: PersonRows,
  columns: PersonRows,
  least: number,
  onPairs: (pairs: number) => void,
): AsyncGenerator<PairCollector> {
  const stride = packedStride(variants);
  const buffers = new BufferShelf(1 + PAIR_FIELDS * TILE * TILE);
  const inFlight = 4 * pool.threads;
  for (let at = 0; at < rows.count; at += TILE) {
    const height = Math.min(TILE, rows.count - at);
    const row = rows.first + at;
    const tiles = tilesBefore(columns, row + height - 1);
    const found = new PairCollector(row, height);
    const a = rows.packed.subarray(at * stride, (at + height) * stride);
    for (let t = 0; t < tiles.length; t += inFlight) {
      const batch = tiles.slice(t, t + inFlight).map((tile) => ({ ...tile, target: buffers.take() }));
      const calls = batch.map(
        ({ packed, first, count, target }) =>
          [a, row, height, packed, first, count, stride, variants, least, target] as const,
      );
      const cells = batch.reduce((sum, { count }) => sum + count * height, 0);
      await pool.run(kinshipTile, calls, { milliseconds: (cells * variants) / PAIRS_PER_MS });
      for (const { first, count, target } of batch) {
        found.add(target.slice(1, 1 + PAIR_FIELDS * target[0]));
        buffers.give(target);
        onPairs(first + count <= row ? count * height : (height * (height - 1)) / 2);
      }
    }
    yield found;
  }
}

/** Tiles of people that come before a row. */
function tilesBefore({ first, count, packed }: PersonRows, row: number) {
  const stride = packed.length / count;
  const tiles: { first: number; count: number; packed: Uint8Array }[] = [];
  for (let at = 0; at < count && first + at < row; at += TILE) {
    const width = Math.min(TILE, count - at);
    tiles.push({
      first: first + at,
      count: width,
      packed: packed.subarray(at * stride, (at + width) * stride),
    });
  }
  return tiles;
}

/** Shared arrays that calls fill one after another. */
class BufferShelf {
  readonly #length: number;
  readonly #free: Int32Array[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  take(): Int32Array {
    return this.#free.pop() ?? sharedInt32(this.#length);
  }

  give(buffer: Int32Array): void {
    this.#free.push(buffer);
  }
}

/** Collects the pairs of some rows, which come tile by tile with ascending columns, and puts them in order. */
class PairCollector {
  readonly #firstRow: number;
  readonly #rows: number;
  readonly #chunks: Int32Array[] = [];

  constructor(firstRow: number, rows: number) {
    this.#firstRow = firstRow;
    this.#rows = rows;
  }

  /** @param fields PAIR_FIELDS numbers a pair. */
  add(fields: Int32Array): void {
    if (fields.length > 0) this.#chunks.push(fields);
  }

  addPanel(panel: PairCollector): void {
    this.#chunks.push(...panel.#chunks);
  }

  finish(): KinshipPairs {
    const next = new Int32Array(this.#rows + 1);
    for (const chunk of this.#chunks)
      for (let at = 0; at < chunk.length; at += PAIR_FIELDS) next[chunk[at] - this.#firstRow + 1]++;
    for (let row = 0; row < this.#rows; row++) next[row + 1] += next[row];
    const count = next[this.#rows];
    const fields = new Int32Array(PAIR_FIELDS * count);
    for (const chunk of this.#chunks)
      for (let at = 0; at < chunk.length; at += PAIR_FIELDS)
        fields.set(chunk.subarray(at, at + PAIR_FIELDS), PAIR_FIELDS * next[chunk[at] - this.#firstRow]++);
    return { count, fields };
  }
}
