import type { HeredityError } from '../errors.js';
import { type PlainColumns, PlainRows } from './plain-rows.js';
import { type Line, plural, type ReadLinesOptions, readLines } from './text.js';

/** What is done with the lines of a table that has a header. */
export interface TableReader {
  /** Names that a line that begins with `#` must have to be the header; else it is a comment, as before any header. */
  readonly required: readonly (readonly string[])[];
  /** Gets the header, whose names {@link headerNames} gives. */
  readonly onHeader: (header: Line) => void;
  readonly onRow: (row: Line) => void;
  /** Columns by which plain rows are read, many at once, in place of `onRow`; asked for after a line until there are some. */
  readonly plainColumns?: () => Omit<PlainColumns, 'width' | 'separator'> | undefined;
  /** Gets plain rows; returns how many it took: the one behind these goes to `onRow`. */
  readonly onPlainRows?: (rows: PlainRows) => number;
}

/**
 * Reads a table: comments (lines that begin with `#`), a header, and rows as wide as it; empty fields at line ends do not count.
 * @returns the number of rows.
 * @throws HeredityError `bad-input` for a row of another width, for one that repeats the header, and for a header in which
 *   commas or semicolons separate; whatever the reader throws.
 */
export async function readTable(
  path: string,
  { required, onHeader, onRow, plainColumns, onPlainRows }: TableReader,
  options: ReadLinesOptions = {},
): Promise<number> {
  let names: readonly string[] | undefined;
  let rows = 0;
  let isPlain = plainColumns === undefined;
  let plainRows: PlainRows | undefined;
  const readPlainRows = (line: Line, width: number) => {
    const columns = plainColumns?.();
    if (columns === undefined) return;
    isPlain = true;
    plainRows = new PlainRows({ ...columns, width, separator: options.separator });
    line.readPlainRows({
      rows: plainRows,
      onRows: (plain) => {
        const taken = onPlainRows!(plain);
        rows += taken;
        return taken;
      },
    });
  };
  await readLines(
    path,
    (line) => {
      if (names === undefined) {
        const found = headerNames(line);
        if (isComment(line) && !hasAll(found, required)) return;
        refuseOtherSeparators(line, found);
        onHeader(line);
        names = found;
        readPlainRows(line, names.length);
        return;
      }
      try {
        expectWidth(line, names.length);
        onRow(line);
        rows++;
        if (!isPlain) readPlainRows(line, names.length);
      } catch (error) {
        throw repeatsHeader(line, names) ? headerAgain(line) : error;
      }
    },
    { quotes: true, ...options },
  );
  plainRows?.release();
  return rows;
}

/** The names in a header: without a leading `#`, and without empty fields at the end. */
export function headerNames(header: Line): string[] {
  const names = Array.from({ length: header.fields }, (_, field) => header.text(field));
  while (names.length > 1 && names.at(-1) === '') names.pop();
  return names.map((name, field) => (field === 0 ? name.replace(/^#/, '') : name));
}

/** Whether a line begins with `#`. */
export function isComment(line: Line): boolean {
  return line.fields > 0 && line.text(0).startsWith('#');
}

function hasAll(names: readonly string[], required: TableReader['required']): boolean {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return required.every((aliases) => aliases.some((alias) => lower.has(alias.toLowerCase())));
}

function expectWidth(line: Line, width: number): void {
  let { fields } = line;
  while (fields > width && line.isEmpty(fields - 1)) fields--;
  if (fields === width) return;
  throw line.error(undefined, `the line has ${plural(fields, 'field')}`, {
    expected: `${width}, as in the header`,
  });
}

const SEPARATORS = [
  [';', 'semicolons'],
  [',', 'commas'],
] as const;

/** A header in one piece, or in few, that another character separates. */
function refuseOtherSeparators(header: Line, names: readonly string[]): void {
  for (const [character, words] of SEPARATORS) {
    if (names.length > 2 || !names.some((name) => name.split(character).length > 2)) continue;
    throw header.error(undefined, `${words} separate the columns of this file`, {
      expected: 'tabs or spaces',
      fix: `replace them, such as with tr '${character}' '\\t'${character === ';' ? '; decimal commas have to become points' : ''}`,
    });
  }
}

function repeatsHeader(line: Line, names: readonly string[]): boolean {
  const own = headerNames(line);
  return own.length === names.length && own.every((name, field) => name === names[field]);
}

function headerAgain(line: Line): HeredityError {
  return line.error(undefined, 'this line repeats the header', {
    fix: 'files were put together with their headers: keep the first only',
  });
}
