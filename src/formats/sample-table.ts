import { HeredityError } from '../errors.js';
import { didYouMean } from './near-names.js';
import { headerIdColumns, isNote } from './sample-id.js';
import { SampleIds } from './sample-ids.js';
import { type Line, plural, readLines } from './text.js';

/**
 * A table of samples, as phenotypes and covariates come in: `FID IID` and one column a value, with or without a header
 * that begins with `FID IID`, `#FID IID` or, without families, `IID`; tabs, spaces or commas. Lines that begin with # may stand
 * before the first; a name that ends with .fam says which columns the table has. Fields may stand in double quotes and rows may begin with a name that the header does not announce (or
 * with nothing, between commas), as R writes tables.
 */
export interface SampleValues<C> {
  readonly count: number;
  readonly ids: SampleIds;
  /** False where the header has `IID` alone. */
  readonly hasFamilies: boolean;
  /** Undefined where the header has `IID` alone. Text of IDs is made when it is asked for first. */
  readonly familyId: readonly string[] | undefined;
  readonly individualId: readonly string[];
  /** In the order of the names that were asked for, else in file order; all have `count` values. */
  readonly columns: readonly C[];
  /** Whether each row begins with a name that was left out, as R writes tables. */
  readonly hasRowNames: boolean;
  /** Whether the table is a PLINK `.fam`, whose columns 3 to 6 are father, mother, sex and a trait. */
  readonly isFam: boolean;
}

/** Numbers that stand for a missing value unless others are named. */
export const MISSING_CODES: readonly number[] = [-9];
/** Memory is made ready for the rows of so many columns. */
const FEW_COLUMNS = 1000;

export interface SampleTableOptions {
  /** Columns to read, by name. @default all */
  readonly names?: readonly string[];
  /**
   * Names the columns of a table without header: the prefix itself where there is one column, else with 1, 2, … after it.
   */
  readonly prefix: string;
  /** Columns of a `.fam` that are read unless `names` says which. @default those after sex */
  readonly ofFam?: readonly string[];
  /** How many rows the table is thought to have, so that memory for them is there. */
  readonly rows?: number;
}

/** Takes the values of one column as the lines come. */
export interface ColumnReader<C> {
  add(line: Line, field: number): void;
  finish(): C;
}

/**
 * Missing values are NA, NaN, `.`, the missing codes and, between tabs, nothing.
 * @returns NaN for a missing value, undefined for one that is not a finite number.
 */
export function numberOrMissing(line: Line, field: number, missing: readonly number[]): number | undefined {
  const value = line.numeric(field);
  if (Number.isFinite(value)) return missing.includes(value) ? Number.NaN : value;
  return line.isNotAvailable(field) ? Number.NaN : undefined;
}

/**
 * Reads a table of samples.
 * @param newColumn makes the reader of each column that is wanted.
 * @throws HeredityError `bad-input` for a wrong number of fields, repeated samples or column names, unknown `names`;
 *   whatever a column throws.
 */
export async function readSampleTable<C>(
  path: string,
  options: SampleTableOptions,
  newColumn: (name: string, hasHeader: boolean, rows?: number) => ColumnReader<C>,
): Promise<SampleValues<C>> {
  const ids = new SampleIds();
  let layout: Layout | undefined;
  let hasRowNames: boolean | undefined;
  let readers: { readonly field: number; readonly column: ColumnReader<C> }[] = [];

  function begin(line: Line): Layout {
    const found = findLayout(line, options.prefix, /\.fam$/i.test(path));
    const ofFam = options.ofFam ?? found.names.slice(2 + FAM_COLUMNS.length);
    const chosen = chooseColumns(found, options.names ?? (found.isFam ? ofFam : undefined), path);
    const rows = chosen.length <= FEW_COLUMNS ? options.rows : undefined;
    readers = chosen.map((field) => ({
      field,
      column: newColumn(found.names[field], found.hasHeader, rows),
    }));
    return found;
  }

  await readLines(
    path,
    (line) => {
      if (layout === undefined) {
        if (isNote(line)) return;
        if (isCommaSeparated(line)) line.cutAt(',');
        layout = begin(line);
        if (layout.hasNamelessFirst) hasRowNames = true;
        if (layout.hasHeader) return;
      }
      hasRowNames ??= beginsWithRowName(line, layout);
      const first = hasRowNames ? 1 : 0;
      expectWidth(line, layout, first);
      const { idColumns } = layout;
      const at = first + idColumns - 1;
      if (line.isEmpty(at) || line.isEmpty(first))
        throw line.error(line.isEmpty(at) ? at : first, 'the sample has no ID');
      ids.addFromLine(line, idColumns === 2 ? first : -1, at);
      for (const { field, column } of readers) column.add(line, first + field);
    },
    { emptyFields: true, quotes: true },
  );

  if (ids.count === 0)
    throw new HeredityError('bad-input', 'there are no samples in the table', { file: path });
  return {
    count: ids.count,
    ids,
    hasFamilies: layout?.idColumns === 2,
    get familyId() {
      return layout?.idColumns === 2 ? ids.families() : undefined;
    },
    get individualId() {
      return ids.individuals();
    },
    columns: readers.map(({ column }) => column.finish()),
    hasRowNames: hasRowNames ?? false,
    isFam: layout?.isFam ?? false,
  };
}

interface Layout {
  readonly hasHeader: boolean;
  readonly idColumns: 1 | 2;
  /** Names of all columns, IDs included. */
  readonly names: readonly string[];
  /** Whether the header begins with an empty name, of the names of rows: R's write.csv. */
  readonly hasNamelessFirst?: boolean;
  readonly isFam?: boolean;
}

/** Of a `.fam`, between IIDs and traits. */
const FAM_COLUMNS = ['father', 'mother', 'sex'];

/** Whether the first line has commas between its fields and no blank. */
const isCommaSeparated = (line: Line): boolean => line.fields === 1 && line.text(0).includes(',');

function findLayout(line: Line, prefix: string, mayBeFam: boolean): Layout {
  const first = line.isEmpty(0) && headerIdColumns(line, 1) > 0 ? 1 : 0;
  const idColumns = headerIdColumns(line, first);
  const layout =
    idColumns === 0 ? unnamedLayout(line, prefix, mayBeFam) : namedLayout(line, idColumns, first);
  if (layout.names.length > layout.idColumns) return layout;
  const problem = line.text(0).includes(';')
    ? 'the fields are separated by semicolons'
    : 'the table has no column of values';
  throw line.error(undefined, problem, {
    expected: `FID, IID and one or more columns, separated by tabs, spaces or commas`,
  });
}

function namedLayout(line: Line, idColumns: 1 | 2, first: number): Layout {
  const names = Array.from({ length: line.fields - first }, (_, i) => line.text(first + i));
  while (names.at(-1) === '') names.pop(); // a tab at the end of the line
  const fieldOf = new Map<string, number>();
  for (const [field, name] of names.entries()) {
    if (name === '') throw line.error(first + field, 'the column has no name');
    const before = fieldOf.get(name);
    if (before !== undefined)
      throw line.error(first + field, `column ${first + before + 1} has the same name`);
    fieldOf.set(name, field);
  }
  return { hasHeader: true, idColumns, names, hasNamelessFirst: first > 0 };
}

function unnamedLayout(line: Line, prefix: string, mayBeFam: boolean): Layout {
  const isFam = mayBeFam && line.fields > 2 + FAM_COLUMNS.length;
  const first = ['FID', 'IID', ...(isFam ? FAM_COLUMNS : [])];
  const values = Math.max(0, line.fields - first.length);
  const names = Array.from({ length: values }, (_, i) => (values === 1 ? prefix : `${prefix}${i + 1}`));
  return { hasHeader: false, idColumns: 2, names: [...first, ...names], isFam };
}

/** Fields of the columns that are wanted. */
function chooseColumns(
  { names, idColumns }: Layout,
  wanted: readonly string[] | undefined,
  file: string,
): number[] {
  const available = names.slice(idColumns);
  if (wanted === undefined) return available.map((_, i) => idColumns + i);
  return [...new Set(wanted)].map((name) => {
    const field = available.indexOf(name);
    if (field >= 0) return idColumns + field;
    const fix = didYouMean(name, available);
    const problem = `there is no column ${JSON.stringify(name)}`;
    throw new HeredityError('bad-input', problem, { file, expected: oneOf(available), ...(fix && { fix }) });
  });
}

function oneOf(names: readonly string[]): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `${names.length === 1 ? '' : 'one of '}${names.slice(0, 20).join(', ')}${more}`;
}

/** Number of fields, tabs at the end of the line left aside. */
function widthOf(line: Line, expected: number): number {
  let { fields } = line;
  while (fields > expected && line.isEmpty(fields - 1)) fields--;
  return fields;
}

/** R's write.table: one field more than the header names, the first a number or in quotes. */
function beginsWithRowName(line: Line, { names, hasHeader }: Layout): boolean {
  if (!hasHeader || widthOf(line, names.length) !== names.length + 1) return false;
  return line.isQuoted(0) || Number.isInteger(line.numeric(0));
}

/** @param extra fields before those that the header names. */
function expectWidth(line: Line, { names, hasHeader }: Layout, extra: number): void {
  const expected = names.length + extra;
  const fields = widthOf(line, expected);
  if (fields === expected) return;
  const like = hasHeader ? 'as in the header' : 'as in the first line';
  throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
    expected: `${expected}, ${like}`,
    ...(hasHeader &&
      fields === expected + 1 && { fix: 'if the table is from R, write it with row.names = FALSE' }),
  });
}
