import { HeredityError } from '../errors.js';
import { growingFloat64 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, plural, readLines } from './text.js';

/** Annotations of variants, one row each (METHODS 4.2). */
export interface AnnotationTable {
  readonly path: string;
  readonly count: number;
  /** The variants; undefined in a thin file, whose rows are those of the .bim file. */
  readonly ids: IdTable | undefined;
  readonly names: readonly string[];
  /** count x names, row-major. */
  readonly values: Float64Array;
}

/** The columns before the annotations of a full file. */
const LEADING = ['CHR', 'BP', 'SNP', 'CM'];

/**
 * Reads an LDSC .annot file, plain or gzip: CHR BP SNP CM (in any order) and one column an annotation; or, thin, only the
 * latter.
 * @throws HeredityError `bad-input` for missing columns, repeated names or variants, and with the line for what is no number.
 */
export async function readAnnotations(path: string, thin: boolean): Promise<AnnotationTable> {
  const ids = thin ? undefined : new IdTable();
  const values = growingFloat64();
  let names: string[] | undefined;
  let fields: number[] = [];
  let idField = -1;
  let width = 0;
  let count = 0;
  await readLines(path, (line) => {
    if (names === undefined) {
      const header = Array.from({ length: line.fields }, (_, field) => line.text(field));
      width = header.length;
      if (!thin) {
        checkLeading(line, header);
        idField = header.indexOf('SNP');
      }
      fields = header.flatMap((name, field) => (thin || !LEADING.includes(name) ? [field] : []));
      names = fields.map((field) => header[field]!);
      checkNames(line, names);
      return;
    }
    if (line.fields !== width) {
      throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
        expected: `${width}, as in the header`,
      });
    }
    ids?.addFromLine(line, idField, (id) => ({ what: `variant ${id}` }));
    for (const field of fields) {
      const value = line.numeric(field);
      if (!Number.isFinite(value)) {
        throw line.error(field, `the annotation ${names[fields.indexOf(field)]} is not a number`, {
          ...(thin && { fix: 'leave --thin-annot out where the file has columns CHR BP SNP CM' }),
        });
      }
      values.push(value);
    }
    count++;
  });
  if (count === 0)
    throw new HeredityError('bad-input', 'there are no annotations below the header', { file: path });
  return { path, count, ids, names: names!, values: values.toArray() };
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
    const v = variants[k]!;
    rows.text(table.chromosome[v]!).text('\t').integer(table.position[v]!).text('\t').text(table.id[v]!);
    rows.text('\t').text(String(table.centimorgan[v]!));
    for (let c = 0; c < names.length; c++) rows.text('\t').sixDigits(values[k * names.length + c]!);
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

function checkLeading(header: Line, names: readonly string[]): void {
  const missing = LEADING.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw header.error(undefined, `the header has no column ${missing.join(', ')}`, {
    expected: `${LEADING.join(' ')} and the annotations`,
    fix: 'pass --thin-annot where the file has only annotations',
  });
}

function checkNames(header: Line, names: readonly string[]): void {
  if (names.length === 0) throw header.error(undefined, 'the header names no annotation');
  const twice = names.find((name, c) => names.indexOf(name) < c);
  if (twice !== undefined) throw header.error(undefined, `two annotations are called ${twice}`);
}
