import { HeredityError } from '../errors.js';
import { findColumns } from './columns.js';
import { growingFloat64 } from './growing-array.js';
import { OutputFile } from './output.js';
import { RowIds } from './row-ids.js';
import { RowWriter } from './row-writer.js';
import { readTable } from './table.js';

/** Allele frequencies by variant. */
export interface Frequencies {
  readonly count: number;
  readonly ids: RowIds;
  /** From 0 to 1; NaN where it is not known, or is not that of one allele. */
  readonly frequency: Float64Array;
}

/** Endings of files of frequencies, the first that is there being taken; PLINK 1's before PLINK 2's. */
export const FREQUENCY_ENDINGS: readonly string[] = ['.frq.gz', '.frq', '.afreq.gz', '.afreq'];

const COLUMNS = {
  id: ['SNP', 'ID'],
  frequency: ['MAF', 'FRQ', 'ALT_FREQS', 'ALT1_FREQ', 'FREQ', 'AF'],
} as const;

/**
 * Reads PLINK's .frq or .afreq files, plain or gzip, or any table with columns SNP or ID and MAF, FRQ, ALT_FREQS, FREQ or AF; of
 * several files (chromosomes), the rows of all. A variant with several alternative alleles has no one frequency.
 * @throws HeredityError `bad-input` for missing files and columns, and with line and column for bad frequencies.
 */
export async function readFrequencies(paths: readonly string[]): Promise<Frequencies> {
  const ids = new RowIds();
  const frequency = growingFloat64();
  for (const path of paths) {
    let fields = { id: -1, frequency: -1 };
    const rows = await readTable(path, {
      required: Object.values(COLUMNS),
      onHeader: (header) => {
        fields = findColumns(header, COLUMNS, [], 'make the file with plink --freq');
      },
      onRow: (line) => {
        const isKnown = !line.isNotAvailable(fields.frequency) && !SEVERAL.test(line.text(fields.frequency));
        const value = isKnown ? line.numeric(fields.frequency) : Number.NaN;
        if (isKnown && !(value >= 0 && value <= 1))
          throw line.error(fields.frequency, 'the frequency is not a number from 0 to 1');
        ids.addFromLine(line, fields.id);
        frequency.push(value);
      },
    });
    if (rows === 0)
      throw new HeredityError('bad-input', 'there are no frequencies below the header', { file: path });
  }
  return { count: ids.count, ids, frequency: frequency.toArray() };
}

/** Frequencies of several alternative alleles, as PLINK 2 has them: `0.1,0.02`. */
const SEVERAL = /^[\d.e+-]+(,[\d.e+-]+)+$/i;

export interface FrequencyVariants {
  readonly chromosome: readonly string[];
  readonly id: readonly string[];
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
}

/** Minor alleles, an entry a row. */
export interface MinorAlleles {
  readonly frequency: ArrayLike<number>;
  /** Whether it is allele 1. */
  readonly isFirst: (row: number) => boolean;
  /** Alleles that were seen, of both kinds. */
  readonly observed: (row: number) => number;
}

/**
 * Writes PLINK's .frq: the minor allele as A1, its frequency with all digits (what is .05 stays on its side of it), and the number of
 * alleles that were seen.
 * @param variants indices in `table`, a row each.
 */
export async function writeFrequencies(
  path: string,
  table: FrequencyVariants,
  variants: ArrayLike<number>,
  minor: MinorAlleles,
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text('CHR\tSNP\tA1\tA2\tMAF\tNCHROBS').endLine();
  for (let k = 0; k < variants.length; k++) {
    const v = variants[k];
    const alleles = [table.allele1[v], table.allele2[v]];
    if (!minor.isFirst(k)) alleles.reverse();
    rows.text([table.chromosome[v], table.id[v], ...alleles, minor.frequency[k], ''].join('\t'));
    rows.integer(minor.observed(k)).endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}
