import type { Kernels } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import { COLUMN_NUMBER, COLUMN_TEXT } from '../kernels/table-rows.js';
import { SINGLE_CHARACTERS } from './bytes.js';

/** Values that are held of rows at once, so that they stay in the processor's cache. */
const VALUES = 1 << 16;
const MOST_ROWS = 8192;
const LEAST_ROWS = 256;
const SPACE = 32;

/** Columns of a table that rows are read by, counted from 0 in the order of the file. */
export interface PlainColumns {
  /** Fields of a row. */
  readonly width: number;
  readonly numbers: readonly number[];
  readonly texts: readonly number[];
  /** The character that separates fields, of {@link ReadLinesOptions}; tabs and spaces where there is none. */
  readonly separator?: '\t' | ',' | undefined;
}

/**
 * Rows of a text table in which nothing is unusual, many at once: the kernels find their fields and read their numbers
 * ({@link Kernels.plainRows}). All other rows come one by one, as a {@link Line}.
 */
export class PlainRows {
  readonly kernels: Kernels;
  readonly most: number;
  readonly #kinds: Uint8Array;
  readonly #separator: number;
  readonly #space: WorkSpace;
  /** Place of each column among those of its kind. */
  readonly #places: Int32Array;
  /** The bytes in which the spans are. */
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  /** Line of the first row, counted from 1. */
  firstLine = 1;
  /** Share of the file that has been read with these rows; 0 where it is not known. */
  share = 0;

  constructor({ width, numbers, texts, separator }: PlainColumns) {
    this.kernels = textKernels();
    this.most = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(VALUES / (1 + numbers.length))));
    this.#separator = separator?.charCodeAt(0) ?? 0;
    this.#kinds = new Uint8Array(width);
    for (const column of numbers) this.#kinds[column] = COLUMN_NUMBER;
    for (const column of texts) this.#kinds[column] = COLUMN_TEXT;
    const counts = [0, 0, 0];
    this.#places = Int32Array.from(this.#kinds, (kind) => counts[kind]++);
    this.#space = takeSpace(this.most * counts[COLUMN_NUMBER], 2 * this.most * counts[COLUMN_TEXT]);
  }

  /** Lets the rows of another file be read where these were; nothing is to be read of these after that. */
  release(): void {
    unused.push(this.#space);
  }

  /** Takes the rows from `from` on that are plain; the last byte before `end` is a newline. @returns how many. */
  take(bytes: Uint8Array, from: number, end: number, firstLine: number): number {
    this.bytes = bytes;
    this.firstLine = firstLine;
    const { most } = this;
    this.count = this.kernels.plainRows(
      ...([bytes, from, end, this.#kinds, this.#kinds.length, this.#separator, most] as const),
      ...([this.#space.starts, this.#space.numbers, this.#space.spans] as const),
    );
    return this.count;
  }

  /** Where row `row` begins; of as many rows as there are, the line after them. */
  startOf(row: number): number {
    return this.#space.starts[row];
  }

  /** What is wanted of a column: `COLUMN_NUMBER`, `COLUMN_TEXT`, or 0 for nothing. */
  kindOf(column: number): number {
    return this.#kinds[column];
  }

  /** The number of a row in a column of numbers. */
  numberAt(column: number, row: number): number {
    return this.#space.numbers[this.#places[column] * this.most + row];
  }

  /** Where the field of a row begins in {@link bytes}; any column's. */
  fieldStart(column: number, row: number): number {
    if (this.#kinds[column] === COLUMN_TEXT)
      return this.#space.spans[2 * (this.#places[column] * this.most + row)];
    let at = this.startOf(row);
    while (this.#separator === 0 && this.bytes[at] === SPACE) at++;
    for (let field = 0; field < column; field++) {
      at = this.#endFrom(at) + 1;
      while (this.#separator === 0 && this.bytes[at] === SPACE) at++;
    }
    return at;
  }

  /** Where it ends. */
  fieldEnd(column: number, row: number): number {
    if (this.#kinds[column] === COLUMN_TEXT)
      return this.#space.spans[2 * (this.#places[column] * this.most + row) + 1];
    return this.#endFrom(this.fieldStart(column, row));
  }

  /** Where the field ends that begins at a byte: fields of plain rows are not empty and hold no blanks. */
  #endFrom(at: number): number {
    let end = at;
    while (this.bytes[end] > SPACE && this.bytes[end] !== this.#separator) end++;
    return end;
  }

  /** The numbers of a column, one a row. A view, until the next rows are taken. */
  numbers(column: number): Float64Array {
    const from = this.#places[column] * this.most;
    return this.#space.numbers.subarray(from, from + this.count);
  }

  /** How many of the first rows have this text in a column. */
  equalTo(column: number, text: string): number {
    const wanted = new TextEncoder().encode(text);
    const { bytes } = this;
    const spans = this.spans(column);
    for (let row = 0; row < this.count; row++) {
      const start = spans[2 * row];
      if (spans[2 * row + 1] - start !== wanted.length) return row;
      for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return row;
    }
    return this.count;
  }

  /** Where the texts of a column begin and end in {@link bytes}, two a row. A view, as {@link numbers}. */
  spans(column: number): Int32Array {
    const from = 2 * this.#places[column] * this.most;
    return this.#space.spans.subarray(from, from + 2 * this.count);
  }
}

/** What rows are read into. A file of a set is small, and memory that is touched first takes longer than the rows do. */
interface WorkSpace {
  readonly starts: Int32Array;
  readonly numbers: Float64Array;
  readonly spans: Int32Array;
}

const unused: WorkSpace[] = [];

function takeSpace(numbers: number, spans: number): WorkSpace {
  const fits = unused.findIndex((space) => space.numbers.length >= numbers && space.spans.length >= spans);
  if (fits >= 0) return unused.splice(fits, 1)[0];
  return {
    starts: new Int32Array(MOST_ROWS + 1),
    numbers: new Float64Array(numbers),
    spans: new Int32Array(spans),
  };
}

let kernels: Kernels | undefined;

/** How many rows there will be, where `rows` are this share of all; 0 where that is not known. A little more than too few. */
export function expectedRows(rows: number, share: number): number {
  return share > LEAST_SHARE ? Math.ceil((MARGIN * rows) / share) : 0;
}

const LEAST_SHARE = 1e-3;
const MARGIN = 1.1;

/** The fastest there are: what is read is the same with all. */
export function textKernels(): Kernels {
  kernels ??= loadKernels();
  return kernels;
}

/** Texts of a column that mostly are those of the row before, or one character: equal ones share a string. */
export class SharedTexts {
  /** Bytes of the text before, as characters; and what was made of them. */
  #last = '';
  #made = '';
  readonly #make: (text: string) => string;
  readonly #single: readonly string[];

  /** @param make makes the texts that are given of those that are read. */
  constructor(make = (text: string) => text) {
    this.#make = make;
    this.#single = SINGLE_CHARACTERS.map(make);
  }

  /** Adds the texts of some rows to a list. */
  addTo(list: { push(text: string): unknown }, bytes: Uint8Array, spans: Int32Array, rows: number): void {
    for (let row = 0; row < rows; row++) list.push(this.of(bytes, spans[2 * row], spans[2 * row + 1]));
  }

  /** As {@link addTo}, equal ones at once. */
  addRunsTo(
    list: { push(text: string, times: number): unknown },
    bytes: Uint8Array,
    spans: Int32Array,
    rows: number,
  ): void {
    for (let row = 0, next = 0; row < rows; row = next) {
      do next++;
      while (next < rows && areEqual(bytes, spans, row, next));
      list.push(this.of(bytes, spans[2 * row], spans[2 * row + 1]), next - row);
    }
  }

  /** The text of the next row. */
  of(bytes: Uint8Array, start: number, end: number): string {
    const last = this.#last;
    if (end - start === 1 && bytes[start] < 128) return this.#single[bytes[start]];
    if (last.length === end - start) {
      let i = 0;
      while (i < last.length && last.charCodeAt(i) === bytes[start + i]) i++;
      if (i === last.length) return this.#made;
    }
    this.#last = UTF8.decode(bytes.subarray(start, end));
    this.#made = this.#make(this.#last);
    return this.#made;
  }
}

/** Whether two spans, each a start and an end, are of the same bytes. */
function areEqual(bytes: Uint8Array, spans: Int32Array, a: number, b: number): boolean {
  const [start, other, end] = [spans[2 * a], spans[2 * b], spans[2 * a + 1]];
  if (spans[2 * b + 1] - other !== end - start) return false;
  for (let at = start; at < end; at++) if (bytes[at] !== bytes[other + at - start]) return false;
  return true;
}

const UTF8 = new TextDecoder();
