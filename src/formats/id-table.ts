import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { LineNumbers } from './line-numbers.js';
import type { Line } from './text.js';

/** The bytes of all IDs are numbered by unsigned 32-bit integers. */
const MOST_BYTES = 2 ** 32 - 1;

const UTF8 = new TextEncoder();

/**
 * Distinct IDs in the order in which they came, as bytes in one array: for tables of millions of variants, where a string
 * for each ID would take most of the time and memory. Text is made only for the IDs that are asked for.
 *
 * @example
 * const row = sumstats.ids.indexIn(scores.ids, j); // where SNP j of the LD scores is in the summary statistics, or -1
 */
export class IdTable {
  #bytes = new Uint8Array(1 << 16);
  #read = host().textReader(this.#bytes);
  /** Where each ID ends, and the next begins. */
  #ends = new Uint32Array(1024);
  #hashes = new Int32Array(1024);
  /** Index + 1 of an ID, or 0; twice as many slots as there is room for IDs. */
  #slots = new Int32Array(2048);
  #count = 0;
  readonly #lines = new LineNumbers();

  /** @param ids distinct; of equal ones only the first is kept. */
  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
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
  addBytes(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const slot = this.#find(bytes, start, end, hash);
    const present = this.#slots[slot] - 1;
    if (present >= 0) return present;
    const index = this.#count++;
    const from = index === 0 ? 0 : this.#ends[index - 1];
    const to = from + end - start;
    if (to > this.#bytes.length) this.#growBytes(to);
    for (let at = from, i = start; i < end; i++) this.#bytes[at++] = bytes[i];
    this.#ends[index] = to;
    this.#hashes[index] = hash;
    this.#slots[slot] = index + 1;
    if (this.#count === this.#hashes.length) this.#growSlots();
    return -1;
  }

  /** Index of an ID, or -1. */
  indexOf(id: string): number {
    const bytes = UTF8.encode(id);
    return this.indexOfBytes(bytes, 0, bytes.length);
  }

  /** As {@link indexOf}, for the UTF-8 bytes from `start` to before `end`. */
  indexOfBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#find(bytes, start, end, hashOf(bytes, start, end))] - 1;
  }

  /**
   * Index here of ID `index` of another table, or -1: how two tables are joined.
   * @param guess where it is looked for first, such as after the one before: tables in the same order join without a search.
   */
  indexIn(other: IdTable, index: number, guess = -1): number {
    const start = index === 0 ? 0 : other.#ends[index - 1];
    const end = other.#ends[index];
    const hash = other.#hashes[index];
    const isGuess = guess >= 0 && guess < this.#count && this.#hashes[guess] === hash;
    if (isGuess && this.#equals(guess, other.#bytes, start, end)) return guess;
    return this.#slots[this.#find(other.#bytes, start, end, hash)] - 1;
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
    if (present >= 0) {
      const { what, fix } = describe(this.text(present));
      const problem = `${what} is already on line ${this.#lines.of(present)}`;
      throw line.error(field, problem, fix === undefined ? {} : { fix });
    }
    this.#lines.note(this.#count - 1, line.number);
  }

  /** The slot that holds the ID, or the free one where the search for it ends. */
  #find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let entry: number; (entry = slots[slot]) !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, bytes, start, end)) break;
    }
    return slot;
  }

  #equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    let at = index === 0 ? 0 : this.#ends[index - 1];
    if (this.#ends[index] - at !== end - start) return false;
    for (let i = start; i < end; i++) if (own[at++] !== bytes[i]) return false;
    return true;
  }

  #growBytes(needed: number): void {
    if (needed > MOST_BYTES) throw new HeredityError('resource', 'the IDs take more than 4 GB of memory');
    const larger = new Uint8Array(Math.min(Math.max(2 * this.#bytes.length, needed), MOST_BYTES));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#read = host().textReader(larger);
  }

  #growSlots(): void {
    const count = this.#count;
    const hashes = new Int32Array(2 * count);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const ends = new Uint32Array(2 * count);
    ends.set(this.#ends);
    this.#ends = ends;
    const slots = new Int32Array(4 * count);
    const mask = slots.length - 1;
    for (let index = 0; index < count; index++) {
      let slot = hashes[index] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** 32 bits; the last steps are murmur3's, which spread what differs in few characters over all bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
