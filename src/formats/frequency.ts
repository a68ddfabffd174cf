import { HeredityError } from '../errors.js';
import { findColumns } from './columns.js';
import { growingFloat64 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { plural, readLines } from './text.js';

/** Allele frequencies by variant. */
export interface Frequencies {
  readonly count: number;
  readonly ids: IdTable;
  /** From 0 to 1; NaN where it is not known. */
  readonly frequency: Float64Array;
}

const COLUMNS = { id: ['SNP'], frequency: ['MAF', 'FRQ'] } as const;

/**
 * Reads PLINK .frq files, plain or gzip, or any table with columns SNP and MAF or FRQ; of several files (chromosomes), the
 * rows of all.
 * @throws HeredityError `bad-input` for missing files and columns, and with the line for bad frequencies and repeated
 *   variants.
 */
export async function readFrequencies(paths: readonly string[]): Promise<Frequencies> {
  const ids = new IdTable();
  const frequency = growingFloat64();
  for (const path of paths) {
    let fields: Record<keyof typeof COLUMNS, number> | undefined;
    let width = 0;
    const before = ids.count;
    await readLines(path, (line) => {
      if (fields === undefined) {
        fields = findColumns(line, COLUMNS, [], 'make the file with plink --freq');
        width = line.fields;
        return;
      }
      if (line.fields !== width) {
        throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
          expected: `${width}, as in the header`,
        });
      }
      ids.addFromLine(line, fields.id, (id) => ({ what: `variant ${id}` }));
      const value = line.isNotAvailable(fields.frequency) ? Number.NaN : line.numeric(fields.frequency);
      if (!(value >= 0 && value <= 1) && !line.isNotAvailable(fields.frequency))
        throw line.error(fields.frequency, 'the frequency is not a number from 0 to 1');
      frequency.push(value);
    });
    if (ids.count === before)
      throw new HeredityError('bad-input', 'there are no frequencies below the header', { file: path });
  }
  return { count: ids.count, ids, frequency: frequency.toArray() };
}
