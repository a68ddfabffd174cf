import type { HeredityError } from '../../errors.js';
import { concatenated } from '../bytes.js';
import type { IdTable } from '../id-table.js';
import { inputBytes, openInput, statInput } from '../input.js';
import { Line, withoutSignature } from '../text.js';
import { openTextTable, refuseMissingHeader } from './text-table.js';
import { openVcfTable } from './vcf-table.js';

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
   * Shows each row to `onRow`; can be called once. `columns` are those that `onRow` will look at.
   * @returns what was left out of the file: one sentence each.
   */
  read(columns: readonly number[], onRow: (row: GwasRow) => void): Promise<readonly string[]>;
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

/** So many bytes are looked at before the columns are recognised. */
const HEAD_BYTES = 1 << 16;
/** The head of a VCF file, with its contigs, may be longer. */
const LONGEST_HEAD = 64 << 20;

/**
 * Opens the results of a GWAS: text with tabs, spaces or commas, GWAS-VCF, or Parquet; text and VCF also as gzip.
 * @param onRead is told how many bytes of the file have been read in all.
 * @throws HeredityError `bad-input` where the file cannot be read, is of another kind, or has no header.
 */
export async function openGwasTable(path: string, onRead?: (fileBytes: number) => void): Promise<GwasTable> {
  const stats = await statInput(path);
  if (stats.kind === 'file' && (await firstBytes(path)) === 'PAR1') {
    // loaded when it is needed: Parquet is rare, and start-up counts
    const { openParquetTable } = await import('./parquet-table.js');
    return openParquetTable(path, onRead);
  }
  const bytes = inputBytes(path, onRead);
  const { head, whole } = await readHead(bytes);
  withoutSignature(path, head);
  const zero = head.indexOf(0);
  if (zero >= 0) throw new Line(path).notText(0, latin1(head.subarray(0, zero)).split('\n').length);
  const source = { file: path, head, whole, bytes: joined(head, bytes) };
  if (latin1(head.subarray(0, 16)) === '##fileformat=VCF') return openVcfTable(source);
  const table = await openTextTable(source);
  refuseMissingHeader(table);
  return table;
}

/** The bytes of a text file of which the first have been looked at. */
export interface GwasSource {
  readonly file: string;
  readonly head: Uint8Array;
  /** Whether the head is the whole file. */
  readonly whole: boolean;
  /** All bytes, the head included. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

async function firstBytes(path: string): Promise<string> {
  const file = await openInput(path);
  try {
    return latin1(new Uint8Array(await file.slice(0, 4)));
  } finally {
    await file.close();
  }
}

/** Enough bytes to hold the header and some rows. */
async function readHead(bytes: AsyncIterator<Uint8Array>): Promise<{ head: Uint8Array; whole: boolean }> {
  let head: Uint8Array = new Uint8Array(0);
  for (;;) {
    const next = await bytes.next();
    if (next.done) return { head, whole: true };
    head = concatenated([head, next.value]);
    if (head.includes(0)) return { head, whole: false };
    if (head.length < HEAD_BYTES) continue;
    const header = headerAt(head);
    if (header + HEAD_BYTES <= head.length || head.length > LONGEST_HEAD) return { head, whole: false };
  }
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

/** Bytes as characters, one each. */
const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

async function* joined(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (head.length > 0) yield head;
  yield* rest;
}
