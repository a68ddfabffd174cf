import { HeredityError } from '../errors.js';
import { growingFloat64 } from './growing-array.js';
import { OutputFile } from './output.js';
import { RowIds } from './row-ids.js';
import { RowWriter } from './row-writer.js';
import { headerNames, readTable } from './table.js';
import type { Line } from './text.js';

/** Annotations of variants, one row each (METHODS 4.2). */
export interface AnnotationTable {
  readonly path: string;
  readonly count: number;
  /** The variants; undefined in a thin file, whose rows are those of the .bim file. */
  readonly ids: RowIds | undefined;
  readonly names: readonly string[];
  /** count x names, row-major. */
  readonly values: Float64Array;
}

/** The columns before the annotations of a full file. */
const LEADING = ['CHR', 'BP', 'SNP', 'CM'];

/** Columns of full files that are no annotations either. */
const NO_ANNOTATION = new Set([...LEADING, 'A1', 'A2']);

/**
 * Reads an LDSC .annot file, plain or gzip: SNP, with it CHR, BP and CM as a rule, and one column an annotation, in any order; or,
 * thin, only the latter.
 * @param thin whether the file is thin; where it is not said, one whose header has none of these names is.
 * @throws HeredityError `bad-input` for missing columns and repeated names, and with line and column for what is no number.
 */
export async function readAnnotations(path: string, thin?: boolean): Promise<AnnotationTable> {
  const values = growingFloat64();
  let ids: RowIds | undefined;
  let columns: readonly { readonly name: string; readonly field: number }[] = [];
  let idField = -1;
  const count = await readTable(path, {
    required: LEADING.filter((name) => name !== 'CM').map((name) => [name]),
    onHeader: (header) => {
      const names = headerNames(header);
      const upper = names.map((name) => name.toUpperCase());
      const isThin = thin ?? !upper.some((name) => LEADING.includes(name));
      if (!isThin) {
        idField = upper.indexOf('SNP');
        if (idField < 0) throw withoutIds(header, upper, thin);
        ids = new RowIds();
      }
      columns = names
        .map((name, field) => ({ name, field }))
        .filter(({ field }) => isThin || !NO_ANNOTATION.has(upper[field]));
      checkNames(
        header,
        columns.map(({ name }) => name),
      );
    },
    onRow: (line) => {
      for (const { name, field } of columns) {
        const value = line.numeric(field);
        if (Number.isFinite(value)) values.push(value);
        else
          throw line.error(field, `the annotation ${name} is not a number`, {
            ...(thin && { fix: 'leave --thin-annot out where the file has columns CHR BP SNP CM' }),
          });
      }
      ids?.addFromLine(line, idField);
    },
  });
  if (count === 0)
    throw new HeredityError('bad-input', 'there are no annotations below the header', { file: path });
  return { path, count, ids, names: columns.map(({ name }) => name), values: values.toArray() };
}

export interface AnnotatedVariants {
  readonly chromosome: readonly string[];
  readonly id: readonly string[];
  readonly position: Int32Array;
  readonly centimorgan: Float64Array;
}

/**
 * Writes a full LDSC .annot file; gzip where the name ends in .gz.
 * @param variants indices in `table`, a row each. @param values variants x names, row-major.
 */
export async function writeAnnotations(
  path: string,
  table: AnnotatedVariants,
  variants: ArrayLike<number>,
  names: readonly string[],
  values: Float64Array,
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text([...LEADING, ...names].join('\t')).endLine();
  for (let k = 0; k < variants.length; k++) {
    const v = variants[k];
    rows.text(table.chromosome[v]).text('\t').integer(table.position[v]).text('\t').text(table.id[v]);
    rows.text('\t').text(String(table.centimorgan[v]));
    for (let c = 0; c < names.length; c++) rows.text('\t').sixDigits(values[k * names.length + c]);
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

function withoutIds(header: Line, names: readonly string[], thin: boolean | undefined): HeredityError {
  const missing = LEADING.filter((name) => !names.includes(name));
  return header.error(undefined, `the header has no column ${missing.join(', ')}`, {
    expected: `${LEADING.join(' ')} and the annotations`,
    fix:
      thin === false
        ? 'pass --thin-annot where the file has only annotations'
        : 'add the column SNP, or leave all of these out (a thin file)',
  });
}

function checkNames(header: Line, names: readonly string[]): void {
  if (names.length === 0) throw header.error(undefined, 'the header names no annotation');
  const twice = names.find((name, c) => names.indexOf(name) < c);
  if (twice !== undefined) throw header.error(undefined, `two annotations are called ${twice}`);
}
