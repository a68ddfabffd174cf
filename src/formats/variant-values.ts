import { HeredityError } from '../errors.js';
import { findColumns } from './columns.js';
import { growingFloat64 } from './growing-array.js';
import { IdIndex } from './id-index.js';
import { isComment } from './table.js';
import { type Line, readLines } from './text.js';

/** One number for each of some variants. */
export interface VariantValues {
  readonly count: number;
  /** Undefined where the file does not have the variant. */
  valueOf(id: string): number | undefined;
}

const ID_NAMES = ['SNP', 'Predictor', 'ID', 'variant'];

/**
 * Reads a table of variants with one column of numbers, such as LD scores or weights: columns by the names of their
 * header, or, without a header, the ID and the number as the first two columns. Plain or gzip.
 * @param names what the column of numbers may be called; the first is used in messages.
 * @param notAvailable stands for NA, which else is refused.
 * @throws HeredityError `bad-input` with the line, for what is no number of at least 0 and for repeated variants.
 */
export async function readVariantValues(
  path: string,
  names: readonly string[],
  notAvailable?: number,
): Promise<VariantValues> {
  const ids = new IdIndex();
  const values = growingFloat64();
  let fields: { id: number; value: number } | undefined;
  await readLines(path, (line) => {
    if (fields === undefined) {
      const hasHeader = hasNames(line);
      if (!hasHeader && isComment(line)) return;
      fields = hasHeader
        ? findColumns(
            line,
            { id: ID_NAMES, value: names },
            [],
            `name the columns ${ID_NAMES[0]} and ${names[0]}`,
          )
        : { id: 0, value: 1 };
      if (hasHeader) return;
    }
    if (line.fields <= Math.max(fields.id, fields.value)) {
      throw line.error(undefined, 'the line is too short', { expected: `variant and ${names[0]}` });
    }
    ids.addFromLine(line.text(fields.id), line, fields.id, (id) => ({ what: `variant ${id}` }));
    const isMissing = notAvailable !== undefined && line.isNotAvailable(fields.value);
    const value = isMissing ? notAvailable : line.numeric(fields.value);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw line.error(fields.value, `${names[0]} is not a number of at least 0`);
    }
    values.push(value);
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'the table has no variants', { file: path });
  const all = values.toArray();
  return { count: ids.count, valueOf: (id) => all[ids.indexOf(id)] };
}

function hasNames(line: Line): boolean {
  if (line.fields < 2) return false;
  return ID_NAMES.some((name) =>
    Array.from({ length: line.fields }, (_, field) => line.text(field).toLowerCase()).includes(
      name.toLowerCase(),
    ),
  );
}
