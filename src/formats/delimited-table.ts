import { HeredityError } from '../errors.js';
import { didYouMean } from './near-names.js';
import { type Line, plural, readLines } from './text.js';

/**
 * A table whose first line names its columns, with fields separated by commas (quotes allowed, as spreadsheets write
 * them), tabs or spaces. For tables of pairs of relatives and of gap models; genotype studies have their own readers.
 */
export class DelimitedTable {
  readonly file: string;
  readonly names: readonly string[];
  readonly #rows: readonly (readonly string[])[];
  /** Line of each row, counted from 1. */
  readonly #lines: readonly number[];

  constructor(
    file: string,
    names: readonly string[],
    rows: readonly (readonly string[])[],
    lines: readonly number[],
  ) {
    this.file = file;
    this.names = names;
    this.#rows = rows;
    this.#lines = lines;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  /** A column as text; missing values (nothing, NA, NaN or a point) are ''. */
  texts(name: string): string[] {
    const column = this.#column(name);
    return this.#rows.map((row) => (isMissing(row[column]) ? '' : row[column]));
  }

  /**
   * A column of numbers, missing values NaN.
   * @throws HeredityError `bad-input` for a value that is no number, with its place
   */
  numbers(name: string): Float64Array {
    const column = this.#column(name);
    return Float64Array.from(this.#rows, (row, i) => {
      const text = row[column];
      if (isMissing(text)) return Number.NaN;
      const value = NUMBER.test(text) ? Number(text) : Number.NaN;
      if (Number.isFinite(value)) return value;
      throw this.error(i, name, `${name} is not a number`, {
        expected: 'a number, or NA where it is missing',
      });
    });
  }

  /** An error about one field. */
  error(
    row: number,
    name: string,
    problem: string,
    more: { expected?: string; fix?: string } = {},
  ): HeredityError {
    const column = this.#column(name);
    const where = {
      file: this.file,
      line: this.#lines[row],
      column: column + 1,
      value: this.#rows[row][column],
    };
    return new HeredityError('bad-input', problem, { ...where, ...more });
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  #column(name: string): number {
    const column = this.names.indexOf(name);
    if (column >= 0) return column;
    const near = didYouMean(name, this.names);
    throw new HeredityError('bad-input', `the table has no column ${name}`, {
      file: this.file,
      line: 1,
      expected: `one of ${this.names.join(', ')}`,
      ...(near && { fix: near }),
    });
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function isMissing(text: string): boolean {
  return /^(na|nan|\.|)$/i.test(text);
}

/**
 * Reads a table with named columns, plain or gzip.
 * @throws HeredityError `bad-input` for rows of another width, repeated names, a quote that does not end, or no rows
 */
export async function readDelimitedTable(path: string): Promise<DelimitedTable> {
  let names: readonly string[] | undefined;
  let comma = false;
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  await readLines(
    path,
    (line) => {
      if (names === undefined) {
        comma = wholeText(line).includes(',');
        names = comma ? commaFields(line) : fieldsOf(line);
        checkNames(line, names);
        return;
      }
      const fields = comma ? commaFields(line) : fieldsOf(line);
      if (fields.length !== names.length) {
        throw line.error(
          undefined,
          `the line has ${plural(fields.length, 'field')} instead of ${names.length}`,
          {
            expected: `${names.length} fields as in the first line, separated by ${comma ? 'commas' : 'tabs or spaces'}`,
          },
        );
      }
      rows.push(fields);
      lines.push(line.number);
    },
    { emptyFields: true },
  );
  if (names === undefined || rows.length === 0) {
    throw new HeredityError('bad-input', 'the table has no rows below its column names', { file: path });
  }
  return new DelimitedTable(path, names, rows, lines);
}

function fieldsOf(line: Line): string[] {
  return Array.from({ length: line.fields }, (_, field) => line.text(field));
}

/** The line with runs of blanks as one. */
function wholeText(line: Line): string {
  return fieldsOf(line).join(' ');
}

/** Fields between commas; in quotes, commas are text and a doubled quote is one. */
function commaFields(line: Line): string[] {
  const text = wholeText(line);
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/.exec(text.slice(at));
    if (quoted) {
      fields.push(quoted[1].replaceAll('""', '"'));
      at += quoted[0].length + 1;
      continue;
    }
    const end = text.indexOf(',', at);
    const field = text.slice(at, end < 0 ? text.length : end).trim();
    if (field.startsWith('"')) {
      throw line.error(undefined, 'a quoted field does not end', {
        expected: 'fields such as "older women"',
      });
    }
    fields.push(field);
    at = end < 0 ? text.length + 1 : end + 1;
  }
  return fields;
}

function checkNames(line: Line, names: readonly string[]): void {
  const empty = names.indexOf('');
  if (empty >= 0)
    throw line.error(undefined, `column ${empty + 1} has no name`, { expected: 'a name for every column' });
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw line.error(undefined, `two columns are called ${twice}`);
}
