import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { largeInt32, largeUint8, largeUint32 } from '../kernels/memory.js';
import { hashOfBytes, type IdSlots, isId, putId, slotOf } from '../kernels/typescript/table-rows.js';
import { LineNumbers } from './line-numbers.js';
import { type PlainRows, textKernels } from './plain-rows.js';
import type { Line } from './text.js';

/** At least so many slots for each ID there is room for: more make a search shorter, and more of memory. */
const SLOTS_AN_ID = 1.3;

/** IDs that count up get longer; room that is not touched takes no memory. */
const LATER_ARE_LONGER = 1.3;

/** The bytes of all IDs are numbered by unsigned 32-bit integers. */
const MOST_BYTES = 2 ** 32 - 1;

const UTF8 = new TextEncoder();

/** IDs one after another, and where each ends. */
export interface PackedIds {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** What the rows of a file are known by, of which no two may be the same. */
export interface RowKeys {
  readonly count: number;
  /** As {@link IdTable.addRows}. */
  addRows(rows: PlainRows, column: number, count?: number, expected?: number): number;
  /** As {@link IdTable.addFromLine}. */
  addFromLine(line: Line, field: number, describe: (id: string) => { what: string; fix?: string }): void;
}

/**
 * Distinct IDs in the order in which they came, as bytes in one array: for tables of millions of variants, where a string
 * for each ID would take most of the time and memory. Text is made only for the IDs that are asked for.
 *
 * @example
 * const row = sumstats.ids.indexIn(scores.ids, j); // where SNP j of the LD scores is in the summary statistics, or -1
 */
export class IdTable implements RowKeys {
  #bytes = new Uint8Array(1 << 16);
  #read = host().textReader(this.#bytes);
  /** Where each ID ends, and the next begins. */
  #ends = new Uint32Array(1024);
  /** Of each ID; empty where none was needed yet. */
  #hashes = new Int32Array(1024);
  /** Index + 1 of an ID, or 0. */
  #slots = new Int32Array(2048);
  #count = 0;
  readonly #lines = new LineNumbers();

  /** @param ids distinct; of equal ones only the first is kept. */
  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }

  /** A table from what {@link packed} gave. */
  static fromPacked({ bytes, ends }: PackedIds): IdTable {
    const table = new IdTable();
    table.#bytes = bytes;
    table.#read = host().textReader(bytes);
    table.#ends = ends;
    table.#count = ends.length;
    [table.#hashes, table.#slots] = [new Int32Array(0), new Int32Array(0)]; // made when something is looked for
    return table;
  }

  /** The IDs as they are held, without what finds them. Views, not to be changed. */
  packed(): PackedIds {
    const count = this.#count;
    return {
      bytes: this.#bytes.subarray(0, count === 0 ? 0 : this.#ends[count - 1]),
      ends: this.#ends.subarray(0, count),
    };
  }

  get count(): number {
    return this.#count;
  }

  /** Adds an ID and returns -1; or, where an equal one is there already, returns the index of that. */
  add(id: string): number {
    const bytes = UTF8.encode(id);
    return this.addBytes(bytes, 0, bytes.length);
  }

  /** As {@link add}, for the UTF-8 bytes from `start` to before `end`. */
  addBytes(source: Uint8Array, start: number, end: number): number {
    this.#hash();
    if (this.#count === this.#hashes.length) this.#growTo(this.#count + 1);
    const hash = hashOfBytes(source, start, end);
    const table = this.#table();
    const slot = slotOf(table, source, start, end, hash);
    const present = table.slots[slot] - 1;
    if (present >= 0) return present;
    const from = this.#count === 0 ? 0 : this.#ends[this.#count - 1];
    if (from + end - start > this.#bytes.length) this.#growBytes(from + end - start);
    putId(this.#table(), this.#count++, source, start, end, hash, slot);
    return -1;
  }

  /**
   * Adds the IDs of plain rows, up to one that is there already.
   * @param column of the rows that has the IDs. @param expected so many IDs in the end, as far as one can tell.
   * @returns how many were added.
   */
  addRows(rows: PlainRows, column: number, count = rows.count, expected = 0): number {
    const before = this.#count;
    const added = this.addSpans(rows.bytes, rows.spans(column), count, expected);
    this.#lines.note(before, rows.firstLine);
    return added;
  }

  /** Adds the IDs of some spans of bytes, two numbers a span, up to one that is there already. @returns how many. */
  addSpans(source: Uint8Array, spans: Int32Array, count: number, expected = 0): number {
    this.#hash();
    let to = this.#count === 0 ? 0 : this.#ends[this.#count - 1];
    for (let i = 0; i < 2 * count; i += 2) to += spans[i + 1] - spans[i];
    if (to > this.#bytes.length)
      this.#growBytes(Math.max(to, Math.ceil(((LATER_ARE_LONGER * to) / (this.#count + count)) * expected)));
    if (this.#count + count >= this.#hashes.length) this.#growTo(Math.max(expected, this.#count + count) + 1);
    const { bytes, ends, hashes, slots } = this.#table();
    const added = textKernels().addIds(
      ...([source, spans, count, bytes, ends, hashes, slots, slots.length, this.#count] as const),
    );
    this.#count += added;
    return added;
  }

  /** Index of an ID, or -1. */
  indexOf(id: string): number {
    const bytes = UTF8.encode(id);
    return this.indexOfBytes(bytes, 0, bytes.length);
  }

  /**
   * As {@link indexOf}, for the UTF-8 bytes from `start` to before `end`.
   * @param guess where it is looked for first: what finds IDs is not made for rows that are in the same order.
   */
  indexOfBytes(bytes: Uint8Array, start: number, end: number, guess = -1): number {
    const own = { bytes: this.#bytes, ends: this.#ends, hashes: this.#hashes, slots: this.#slots };
    if (guess >= 0 && guess < this.#count && isId(own, guess, bytes, start, end)) return guess;
    const table = this.#table();
    return table.slots[slotOf(table, bytes, start, end, hashOfBytes(bytes, start, end))] - 1;
  }

  /**
   * Index here of ID `index` of another table, or -1: how two tables are joined.
   * @param guess where it is looked for first, such as after the one before: tables in the same order join without a search.
   */
  indexIn(other: IdTable, index: number, guess = -1): number {
    const start = index === 0 ? 0 : other.#ends[index - 1];
    const end = other.#ends[index];
    const table = this.#table();
    const hash = other.#hash()[index];
    const isGuess = guess >= 0 && guess < this.#count && this.#hashes[guess] === hash;
    if (isGuess && isId(table, guess, other.#bytes, start, end)) return guess;
    return table.slots[slotOf(table, other.#bytes, start, end, hash)] - 1;
  }

  /** Index here of every ID of another table, or -1: {@link indexIn} for all. */
  rowsOf(other: IdTable): Int32Array {
    const rows = largeInt32(other.count);
    const { bytes, ends, hashes, slots } = this.#table();
    textKernels().findIds(
      ...([other.#bytes, other.#ends, other.#hash(), other.count] as const),
      ...([bytes, ends, hashes, this.#count, slots, slots.length, rows] as const),
    );
    return rows;
  }

  /**
   * Index here of each of some spans of bytes, or -1.
   * @param guess where the first is looked for before it is searched. @returns where the next one is to be looked for.
   */
  findSpans(source: Uint8Array, spans: Int32Array, count: number, guess: number, rows: Int32Array): number {
    const find = () => {
      const [bytes, ends, hashes, slots] = [this.#bytes, this.#ends, this.#hashes, this.#slots];
      return textKernels().findSpans(
        ...([source, spans, count, bytes, ends, hashes, this.#count] as const),
        ...([slots, slots.length, guess, rows] as const),
      );
    };
    const next = find();
    if (this.#slots.length > 0 || !rows.subarray(0, count).includes(-1)) return next;
    this.#fillSlots(); // only for what has another order than the table
    return find();
  }

  /** An ID as text, or its bytes from `from` to before `to`. */
  text(index: number, from = 0, to?: number): string {
    const start = index === 0 ? 0 : this.#ends[index - 1];
    return this.#read(start + from, to === undefined ? this.#ends[index] : start + to);
  }

  /** All IDs as text. */
  texts(): string[] {
    return Array.from({ length: this.#count }, (_, index) => this.text(index));
  }

  /** The UTF-8 bytes of an ID; a view of the table, not to be changed. */
  bytes(index: number): Uint8Array {
    return this.#bytes.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  /**
   * Adds an ID that a line must not share with a line before it.
   * @param describe names the ID in the message, such as `variant rs1`, and may say what to do.
   * @throws HeredityError `bad-input` that names both lines.
   */
  addFromLine(line: Line, field: number, describe: (id: string) => { what: string; fix?: string }): void {
    this.#noteLine(line.addTo(this, field), line, field, describe);
  }

  /** As {@link addFromLine}, for an ID of so many bytes that was put together from a line. */
  addBytesFromLine(
    bytes: Uint8Array,
    length: number,
    line: Line,
    field: number,
    describe: (id: string) => { what: string; fix?: string },
  ): void {
    this.#noteLine(this.addBytes(bytes, 0, length), line, field, describe);
  }

  /** @param present index of the ID where it was there already, else -1. */
  #noteLine(
    present: number,
    line: Line,
    field: number,
    describe: (id: string) => { what: string; fix?: string },
  ): void {
    if (present >= 0) throw repeated(line, field, describe(this.text(present)), this.#lines.of(present));
    this.#lines.note(this.#count - 1, line.number);
  }

  #table(): IdSlots {
    if (this.#slots.length === 0) this.#fillSlots();
    return { bytes: this.#bytes, ends: this.#ends, hashes: this.#hashes, slots: this.#slots };
  }

  #growBytes(needed: number): void {
    if (needed > MOST_BYTES) throw new HeredityError('resource', 'the IDs take more than 4 GB of memory');
    const larger = largeUint8(Math.min(Math.max(2 * this.#bytes.length, needed), MOST_BYTES));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#read = host().textReader(larger);
  }

  #growTo(needed: number): void {
    const room = Math.max(needed, 2 * this.#hashes.length);
    const hashes = largeInt32(room);
    hashes.set(this.#hashes.subarray(0, this.#count));
    this.#hashes = hashes;
    const ends = largeUint32(room);
    ends.set(this.#ends.subarray(0, this.#count));
    this.#ends = ends;
    this.#fillSlots();
  }

  /** The hashes of all IDs. */
  #hash(): Int32Array {
    if (this.#hashes.length < this.#count) {
      this.#hashes = largeInt32(this.#count);
      textKernels().hashIds(this.#bytes, this.#ends, this.#count, this.#hashes);
    }
    return this.#hashes;
  }

  #fillSlots(): void {
    this.#hash();
    let slots = Math.max(this.#slots.length, 2048);
    while (slots < SLOTS_AN_ID * this.#hashes.length) slots *= 2;
    this.#slots = largeInt32(slots);
    textKernels().fillSlots(this.#hashes, this.#count, this.#slots, slots);
  }
}

/** An error about an ID that a line before has, too. */
export function repeated(
  line: Line,
  field: number,
  { what, fix }: { readonly what: string; readonly fix?: string },
  before: number,
): HeredityError {
  return line.error(field, `${what} is already on line ${before}`, fix === undefined ? {} : { fix });
}
