import { HeredityError } from '../errors.js';
import { pairLetters } from './alleles.js';
import type { VariantTable } from './bim.js';
import { findColumns } from './columns.js';
import type { GlmLinearRows } from './glm-linear.js';
import { growingFloat64 } from './growing-array.js';
import { IdTable, type RowKeys } from './id-table.js';
import { OutputFile } from './output.js';
import { expectedRows, SharedTexts } from './plain-rows.js';
import { RowWriter } from './row-writer.js';
import { RowsById } from './rows-by-id.js';
import { readTable } from './table.js';
import { type Line, plural } from './text.js';

/** Columns of summary statistics as LDSC takes them, an array each. */
export interface SumstatsValues {
  readonly count: number;
  /** The allele whose effect has the sign of `z`; empty, as the next, where alleles were not read. */
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
  readonly z: Float64Array;
  /** Sample size of each variant. */
  readonly n: Float64Array;
  /** Allele frequencies of the column FRQ, which `munge --keep-maf` writes; NaN where it has none, undefined without it. */
  readonly frequency: Float64Array | undefined;
  /** Rows of the file that lack a value, and so are not here. */
  readonly skipped: number;
}

/** Summary statistics with their IDs. */
export interface Sumstats extends SumstatsValues {
  readonly ids: IdTable;
}

/** Summary statistics whose IDs were looked for in a table of others as they were read. */
export interface MatchedSumstats extends SumstatsValues {
  /** Row of each ID of the table, -1 where it is not here; undefined where the rows are those of the table, in its order. */
  readonly rowOf: Int32Array | undefined;
  /** ID of the first row. */
  readonly firstId: string;
}

const NEEDED = { id: ['SNP'], z: ['Z'], n: ['N'] } as const;
const COLUMNS = { ...NEEDED, frequency: ['FRQ'] } as const;
const WITH_ALLELES = {
  id: ['SNP'],
  allele1: ['A1'],
  allele2: ['A2'],
  z: ['Z'],
  n: ['N'],
  frequency: ['FRQ'],
} as const;

/**
 * Reads an LDSC .sumstats file, plain or gzip: columns SNP, A1, A2, Z and N, and FRQ if there is one, in any order among others. Rows
 * without a value in one of the first five (munge_sumstats writes such rows) are skipped and counted.
 * @param options.alleles whether A1 and A2 are read: heritability takes none, as in LDSC. @default true
 * @throws HeredityError `bad-input` for missing columns, and with the line for bad numbers and repeated variants.
 */
export async function readSumstats(
  path: string,
  { alleles = true }: { readonly alleles?: boolean } = {},
): Promise<Sumstats> {
  const ids = new IdTable();
  return { ids, ...(await readValues(path, ids, alleles)) };
}

/**
 * As {@link readSumstats}, for what is to be joined with a table by its IDs: no table of these is made.
 * @throws HeredityError as {@link readSumstats}.
 */
export async function readSumstatsFor(
  table: IdTable,
  path: string,
  { alleles = true }: { readonly alleles?: boolean } = {},
): Promise<MatchedSumstats> {
  const ids = new RowsById(table);
  const values = await readValues(path, ids, alleles);
  return { ...values, rowOf: ids.rowOf, firstId: ids.first };
}

async function readValues(path: string, ids: RowKeys, alleles: boolean): Promise<SumstatsValues> {
  const allele1: string[] = [];
  const allele2: string[] = [];
  const [letters1, letters2] = [new SharedTexts(), new SharedTexts()];
  const z = growingFloat64();
  const n = growingFloat64();
  const frequency = growingFloat64();
  let skipped = 0;
  let fields = { id: -1, allele1: -1, allele2: -1, z: -1, n: -1, frequency: -1 };
  let required: readonly number[] = [];
  await readTable(
    path,
    {
      required: Object.values(NEEDED),
      onHeader: (header) => {
        const fix = `bring GWAS results into LDSC's format with heredity munge --sumstats ${path}`;
        fields = {
          ...fields,
          ...findColumns(header, alleles ? WITH_ALLELES : COLUMNS, ['frequency'], fix),
        };
        const { frequency: _, ...needed } = fields;
        required = Object.values(needed).filter((field) => field >= 0);
      },
      onRow: (line) => {
        if (required.some((field) => line.isNotAvailable(field))) {
          skipped++;
          return;
        }
        ids.addFromLine(line, fields.id, describeVariant);
        if (alleles) {
          allele1.push(line.symbol(fields.allele1));
          allele2.push(line.symbol(fields.allele2));
        }
        z.push(readZ(line, fields.z));
        n.push(readSampleSize(line, fields.n));
        if (fields.frequency >= 0) frequency.push(line.numeric(fields.frequency));
      },
      plainColumns: () => ({
        numbers: [fields.z, fields.n, fields.frequency].filter((field) => field >= 0),
        texts: [fields.id, fields.allele1, fields.allele2].filter((field) => field >= 0),
      }),
      onPlainRows: (rows) => {
        const sizes = rows.numbers(fields.n);
        let good = 0;
        while (good < rows.count && sizes[good] > 0) good++;
        const expected = expectedRows(ids.count + good, rows.share);
        const taken = ids.addRows(rows, fields.id, good, expected);
        if (alleles) {
          letters1.addTo(allele1, rows.bytes, rows.spans(fields.allele1), taken);
          letters2.addTo(allele2, rows.bytes, rows.spans(fields.allele2), taken);
        }
        z.append(rows.numbers(fields.z), taken, expected);
        n.append(sizes, taken, expected);
        if (fields.frequency >= 0) frequency.append(rows.numbers(fields.frequency), taken, expected);
        return taken;
      },
    },
    { emptyFields: true },
  );
  if (ids.count === 0) {
    const problem = `there are no variants with Z and N (${plural(skipped, 'row')} without)`;
    throw new HeredityError('bad-input', problem, { file: path });
  }
  return {
    count: ids.count,
    allele1,
    allele2,
    z: z.toArray(),
    n: n.toArray(),
    frequency: fields.frequency >= 0 ? frequency.toArray() : undefined,
    skipped,
  };
}

function describeVariant(id: string): { what: string; fix: string } {
  return { what: `variant ${id}`, fix: 'keep one row of each variant' };
}

function readZ(line: Line, field: number): number {
  const z = line.numeric(field);
  if (Number.isFinite(z)) return z;
  throw line.error(field, 'the Z score is not a number', { expected: 'a finite number or NA' });
}

function readSampleSize(line: Line, field: number): number {
  const n = line.numeric(field);
  if (Number.isFinite(n) && n > 0) return n;
  throw line.error(field, 'the sample size is not a positive number');
}

/** Summary statistics of one trait for some variants; association results are such. */
export interface SumstatsRows extends Pick<GlmLinearRows, 'variant' | 'effectAllele'> {
  /** NaN where there is no result: the variant is then left out, and counted. */
  readonly z: Float64Array;
  readonly n: ArrayLike<number>;
}

/**
 * Writes an LDSC .sumstats file (gzip where the name ends in .gz): SNP, A1 (the allele of the effect), A2, Z with six significant digits, N.
 */
export class SumstatsWriter {
  readonly #file: OutputFile;
  readonly #rows: RowWriter;
  readonly #variants: Pick<VariantTable, 'id' | 'allele1' | 'allele2'>;
  #skipped = 0;

  private constructor(file: OutputFile, variants: Pick<VariantTable, 'id' | 'allele1' | 'allele2'>) {
    this.#file = file;
    this.#variants = variants;
    this.#rows = new RowWriter(file).text('SNP\tA1\tA2\tZ\tN').endLine();
  }

  /** @throws HeredityError as {@link OutputFile.create}. */
  static async create(
    path: string,
    variants: Pick<VariantTable, 'id' | 'allele1' | 'allele2'>,
  ): Promise<SumstatsWriter> {
    return new SumstatsWriter(await OutputFile.create(path), variants);
  }

  /** Variants without a result so far. */
  get skipped(): number {
    return this.#skipped;
  }

  async append({ variant, effectAllele, z, n }: SumstatsRows): Promise<void> {
    const { id, allele1, allele2 } = this.#variants;
    const rows = this.#rows;
    for (let i = 0; i < variant.length; i++) {
      if (Number.isNaN(z[i])) {
        this.#skipped++;
        continue;
      }
      const v = variant[i];
      const [effect, other] = effectAllele[i] === 1 ? [allele1[v], allele2[v]] : [allele2[v], allele1[v]];
      rows.text(id[v]).text('\t').text(effect).text('\t').text(other).text('\t');
      rows.sixDigits(z[i]).text('\t').text(String(n[i])).endLine();
      if (rows.full) await rows.flush();
    }
  }

  async finish(): Promise<void> {
    await this.#rows.flush();
    await this.#file.finish();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }
}

/** Summary statistics that are written, a column an array. */
export interface SumstatsColumns {
  readonly ids: IdTable;
  /** NaN for a variant without values. */
  readonly z: Float64Array;
  /** Whether a variant without values has a row with its ID alone; else it has none. */
  readonly emptyRows: boolean;
  /** {@link pairCode} of each variant; undefined where alleles are not known. */
  readonly pair: Uint8Array | undefined;
  /** Of each variant, or of all. */
  readonly n: Float64Array | number;
  /** Written as FRQ, where it is there. */
  readonly frequency?: Float64Array | undefined;
}

/**
 * Writes an LDSC .sumstats file as munge_sumstats does: Z with three decimals, N as a whole number or with three decimals,
 * empty fields in the row of a variant without values.
 * @throws HeredityError as {@link OutputFile.create}.
 */
export async function writeSumstats(path: string, columns: SumstatsColumns): Promise<void> {
  const { ids, z, emptyRows, pair, n, frequency } = columns;
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  const empty = '\t'.repeat(2 + (pair ? 2 : 0) + (frequency ? 1 : 0));
  rows.text(`SNP${pair ? '\tA1\tA2' : ''}\tZ\tN${frequency ? '\tFRQ' : ''}`).endLine();
  for (let i = 0; i < ids.count; i++) {
    if (Number.isNaN(z[i])) {
      if (emptyRows) rows.bytes(ids.bytes(i)).text(empty).endLine();
    } else {
      rows.bytes(ids.bytes(i));
      if (pair) rows.text('\t').text(LETTERS_OF[pair[i]]);
      rows.text('\t').fixed(z[i], 3).text('\t');
      const size = typeof n === 'number' ? n : n[i];
      if (Number.isInteger(size)) rows.integer(size);
      else rows.fixed(size, 3);
      if (frequency) rows.text('\t').fixed(frequency[i], 3);
      rows.endLine();
    }
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

/** `A\tG` by pair. */
const LETTERS_OF = Array.from({ length: 16 }, (_, pair) => pairLetters(pair).join('\t'));
