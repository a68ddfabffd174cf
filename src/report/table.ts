import { HeredityError } from '../errors.js';
import { formatCount, significant } from '../estimate/number.js';
import { largest } from '../linalg/extremes.js';

/** A value of a table; null where there is none. */
export type Cell = string | number | null;

/** One column of a table of `Row`s, for people ({@link textTable}) and for programs ({@link tsv}). */
export interface Column<Row> {
  /** Name of the column in TSV: one word. */
  readonly name: string;
  /** Heading for people. @default name */
  readonly header?: string;
  /** Unit, printed under the heading for people, such as `Mb`. */
  readonly unit?: string;
  readonly value: (row: Row) => Cell;
  /** The value for people. @default whole numbers with separators, others with four significant digits */
  readonly text?: (row: Row) => string;
  /** What a page sorts by, where the value is a text around a number. */
  readonly sortBy?: (row: Row) => number | null;
}

/** What stands in place of a value that is not there. */
const MISSING = { text: '-', tsv: 'NA' };

/**
 * A table with aligned columns, words to the left and numbers on the decimal point; two blanks between columns, a rule
 * under the head, no newline at the end.
 */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const hasUnits = columns.some((column) => column.unit !== undefined);
  const blocks = columns.map((column) => {
    const isNumber = rows.some((row) => typeof column.value(row) === 'number');
    const body = rows.map((row) => cellText(column, row));
    const cells = isNumber ? alignDecimals(body) : body;
    const head = [column.header ?? column.name, ...(hasUnits ? [column.unit ?? ''] : [])];
    const width = largest([...head, ...cells].map(length));
    const pad = isNumber ? padStart : padEnd;
    return [
      ...head.map((text) => pad(text, width)),
      '-'.repeat(width),
      ...cells.map((text) => pad(text, width)),
    ];
  });
  const lines = (blocks[0] ?? []).map((_, line) => blocks.map((block) => block[line]).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

/**
 * The table as tab-separated values with a head line; numbers at full precision, NA where there is none.
 * @throws HeredityError `internal` for a number that is not finite, or text with a tab or newline in it.
 */
export function tsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    columns.map((column) => tsvCell(column.name, column.value(row))).join('\t'),
  );
  return [columns.map((column) => column.name).join('\t'), ...lines, ''].join('\n');
}

/** The cell for people. @param missing what stands for a value that is not there. */
export function cellText<Row>(column: Column<Row>, row: Row, missing = MISSING.text): string {
  const value = column.value(row);
  if (value === null) return missing;
  if (column.text !== undefined) return column.text(row);
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? formatCount(value) : significant(value, 4);
}

function tsvCell(name: string, value: Cell): string {
  if (value === null) return MISSING.tsv;
  if (typeof value === 'number' ? !Number.isFinite(value) : /[\t\r\n]/.test(value)) {
    throw new HeredityError('internal', `column ${name} cannot be written`, { value: String(value) });
  }
  return String(value);
}

/** Pads on the right so that, once flush right, the decimal points stand below each other. */
function alignDecimals(texts: readonly string[]): string[] {
  const tails = texts.map((text) => (/\d/.test(text) ? length(text) - wholePart(text) : 0));
  const longest = Math.max(0, ...tails);
  return texts.map((text, i) => text + ' '.repeat(longest - tails[i]));
}

/** Characters before the first decimal point, or before the blank, bracket or exponent that follows a whole number. */
function wholePart(text: string): number {
  const match = /^[^\d]*[\d,]+/.exec(text);
  return match ? length(match[0]) : length(text);
}

function length(text: string): number {
  return [...text].length;
}

function padStart(text: string, width: number): string {
  return ' '.repeat(width - length(text)) + text;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(width - length(text));
}
