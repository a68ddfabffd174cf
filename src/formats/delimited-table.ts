import { HeredityError } from '../errors.js';
import { didYouMean } from './near-names.js';
import { type Line, plural, readLines } from './text.js';

/**
 * A table whose first line names its columns, with fields separated by commas or semicolons (quotes allowed, as
 * spreadsheets write them), tabs or spaces. For tables of pairs of relatives and of gap models; genotype studies have
 * their own readers.
 */
export class DelimitedTable {
  readonly file: string;
  readonly names: readonly string[];
  readonly #rows: readonly (readonly string[])[];
  /** Line of each row, counted from 1. */
  readonly #lines: readonly number[];
  readonly #missingCodes: ReadonlySet<number>;

  /** @param missingCodes numbers that stand for a missing value */
  constructor(
    file: string,
    names: readonly string[],
    rows: readonly (readonly string[])[],
    lines: readonly number[],
    missingCodes: ReadonlySet<number> = new Set(),
  ) {
    this.file = file;
    this.names = names;
    this.#rows = rows;
    this.#lines = lines;
    this.#missingCodes = missingCodes;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  /** A column as text; missing values (nothing, NA, NaN, a point, or a code for missing) are ''. */
  texts(name: string): string[] {
    const column = this.#column(name);
    return this.#rows.map((row) =>
      isMissing(row[column]) || this.#isMissingCode(row[column]) ? '' : row[column],
    );
  }

  /** How many values of a column are a number that stands for missing. */
  countMissingCodes(name: string): number {
    const column = this.#column(name);
    return this.#rows.filter((row) => this.#isMissingCode(row[column])).length;
  }

  #isMissingCode(text: string): boolean {
    return this.#missingCodes.size > 0 && NUMBER.test(text) && this.#missingCodes.has(Number(text));
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
      if (Number.isFinite(value)) return this.#missingCodes.has(value) ? Number.NaN : value;
      throw this.error(i, name, `${name} is not a number`, {
        expected: 'a number, or NA where it is missing',
        ...(/^[+-]?\d*,\d+$/.test(text) && { fix: 'write decimals with a point' }),
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

export interface DelimitedTableOptions {
  /** Numbers that stand for a missing value. @default none */
  readonly missingCodes?: ReadonlySet<number>;
}

/**
 * Reads a table with named columns, plain or gzip.
 * @throws HeredityError `bad-input` for rows of another width, repeated names, a quote that does not end, or no rows
 */
export async function readDelimitedTable(
  path: string,
  { missingCodes }: DelimitedTableOptions = {},
): Promise<DelimitedTable> {
  let names: readonly string[] | undefined;
  let separator: Separator | undefined;
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  await readLines(
    path,
    (line) => {
      if (names === undefined) {
        separator = separatorOf(wholeText(line));
        names = separator ? separatedFields(line, separator) : fieldsOf(line);
        // R's write.csv names every column but that of the names of rows
        if (names[0] === '' && names.length > 1) names = [ROW_NAMES, ...names.slice(1)];
        checkNames(line, names);
        return;
      }
      const fields = separator ? separatedFields(line, separator) : fieldsOf(line);
      // and its write.table has no place for that name
      if (rows.length === 0 && fields.length === names.length + 1 && hasRowName(line, fields, separator))
        names = [ROW_NAMES, ...names];
      if (fields.length !== names.length) {
        throw line.error(
          undefined,
          `the line has ${plural(fields.length, 'field')} instead of ${names.length}`,
          {
            expected: `${names.length} fields as in the first line, separated by ${separator ? SEPARATORS[separator] : 'tabs or spaces'}`,
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
  return new DelimitedTable(path, names, rows, lines, missingCodes);
}

const ROW_NAMES = 'row names';

/** Whether the first row begins with a name, as R names rows: in quotes, or 1 before a blank. */
const hasRowName = (line: Line, fields: readonly string[], separator: Separator | undefined): boolean =>
  fields.at(-1) !== '' && (line.text(0).startsWith('"') || (separator === undefined && fields[0] === '1'));

const SEPARATORS = { ',': 'commas', ';': 'semicolons' } as const;
type Separator = keyof typeof SEPARATORS;

/** A field in quotes, up to the separator behind it. */
const QUOTED: Readonly<Record<Separator, RegExp>> = {
  ',': /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/,
  ';': /^\s*"((?:[^"]|"")*)"\s*(?=;|$)/,
};

/** The separator that the line of names has most of; spreadsheets where decimals have a comma write semicolons. */
function separatorOf(head: string): Separator | undefined {
  const unquoted = head.replace(/"(?:[^"]|"")*"/g, '');
  const [commas, semicolons] = [unquoted.split(',').length, unquoted.split(';').length];
  if (commas === 1 && semicolons === 1) return undefined;
  return semicolons > commas ? ';' : ',';
}

/** Fields between blanks; quotes around one, as R writes them, are left out. */
function fieldsOf(line: Line): string[] {
  return rawFields(line).map((text) => /^"(.*)"$/.exec(text)?.[1] ?? text);
}

function rawFields(line: Line): string[] {
  return Array.from({ length: line.fields }, (_, field) => line.text(field));
}

/** The line with runs of blanks as one. */
function wholeText(line: Line): string {
  return rawFields(line).join(' ');
}

/** Fields between separators; in quotes, a separator is text and a doubled quote is one. */
function separatedFields(line: Line, separator: Separator): string[] {
  const text = wholeText(line);
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const quoted = QUOTED[separator].exec(text.slice(at));
    if (quoted) {
      fields.push(quoted[1].replaceAll('""', '"'));
      at += quoted[0].length + 1;
      continue;
    }
    const end = text.indexOf(separator, at);
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
