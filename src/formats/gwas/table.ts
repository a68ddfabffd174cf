import type { HeredityError } from '../../errors.js';
import type { IdTable } from '../id-table.js';
import type { PlainRows } from '../plain-rows.js';

/** One row of a GWAS file, the same object for every row; columns are counted from 0. A line of text is one. */
export interface GwasRow {
  /** Nothing, a point, or one of {@link MISSING_WORDS}. */
  isNotAvailable(column: number): boolean;
  /** NaN where the value is not a decimal number. */
  numeric(column: number): number;
  text(column: number): string;
  /** As {@link text}, for a value that mostly is the same as in the row before. */
  symbol(column: number): string;
  /** Whether a value holds a byte that is marked in a table of 256. */
  holdsAny(column: number, marked: Uint8Array): boolean;
  /** Adds the value to a table of IDs, as {@link IdTable.addBytes}. */
  addTo(table: IdTable, column: number): number;
  /** Index of the value in a table of IDs, or -1. */
  indexIn(table: IdTable, column: number): number;
  /** An error about this row, or about one value in it. */
  error(
    column: number | undefined,
    problem: string,
    more?: { expected?: string; fix?: string },
  ): HeredityError;
}

/** Rows that were cut many at once, which can be looked at by columns. */
export interface GwasRows {
  readonly plain: PlainRows;
  /** The row at an index, the same object for every row. */
  at(index: number): GwasRow;
}

/** The results of one genome-wide association study, whatever kind of file they are in: named columns and rows. */
export interface GwasTable {
  readonly file: string;
  /** Such as `text, tab-separated`. */
  readonly kind: string;
  readonly names: readonly string[];
  /** Some of the first rows, as text. */
  readonly sample: readonly (readonly string[])[];
  /** Cases and controls of the whole study, where the head of the file tells. */
  readonly people?: { readonly cases: number; readonly controls: number };
  /** What was decided while it was opened: one sentence each. */
  readonly notes?: readonly string[];
  /**
   * Shows each row to `onRow`; can be called once.
   * @param columns those that `onRow` will look at. @param numbers of these, those that hold numbers.
   * @param onRows takes rows in place of `onRow` where many are cut at once, in the order of the file.
   * @returns what was left out of the file: one sentence each.
   */
  read(
    columns: readonly number[],
    onRow: (row: GwasRow) => void,
    numbers?: readonly number[],
    onRows?: (rows: GwasRows) => void,
  ): Promise<readonly string[]>;
}

/** A table and the file that it is read from, to be closed also where its rows are not wanted. */
export interface OpenGwasTable extends GwasTable {
  close(): Promise<void>;
}

/** Written for a missing value by R, pandas and others, in lower case, beside nothing and a point. */
export const MISSING_WORDS: ReadonlySet<string> = new Set([
  'na',
  'nan',
  '-nan',
  'n/a',
  '#n/a',
  '#na',
  '<na>',
  'null',
  'none',
]);

/** The bytes of a text file of which the first have been looked at. */
export interface GwasSource {
  readonly file: string;
  readonly head: Uint8Array;
  /** Whether the head is the whole file. */
  readonly whole: boolean;
  /** All bytes, the head included. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Where the first line begins that is not about the file (`##…`); the length where no such line has begun. */
export function headerAt(head: Uint8Array): number {
  let at = 0;
  while (head[at] === HASH && head[at + 1] === HASH) {
    const end = head.indexOf(NEWLINE, at);
    if (end < 0) return head.length;
    at = end + 1;
  }
  return at;
}

const HASH = 35;
const NEWLINE = 10;
