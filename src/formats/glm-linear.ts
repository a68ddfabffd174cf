import { HeredityError } from '../errors.js';
import type { VariantTable } from './bim.js';
import { findColumns } from './columns.js';
import { type GrowingArray, growingFloat64, growingInt32 } from './growing-array.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, plural, readLines } from './text.js';

/** Results of the association of one trait with some variants, a column an array. */
export interface GlmLinearRows {
  /** Index of each variant in the variant table. */
  readonly variant: Int32Array;
  /** Allele whose effect is given (A1 of the file): 1 or 2, for allele1 or allele2 of the variant table. */
  readonly effectAllele: Uint8Array;
  /** Of the effect allele. */
  readonly frequency: Float64Array;
  /** Samples in the regression. */
  readonly samples: Int32Array;
  /** NaN, as the next three, where there is no result. */
  readonly beta: Float64Array;
  readonly se: Float64Array;
  readonly t: Float64Array;
  /** Natural logarithm of the P-value, which may be far too small for a float64. */
  readonly logP: Float64Array;
  /** Why there is no result, in PLINK 2's words (`CONST_ALLELE`); `.` where there is one. */
  readonly error: readonly string[];
}

const HEADER = '#CHROM\tPOS\tID\tREF\tALT\tA1\tA1_FREQ\tTEST\tOBS_CT\tBETA\tSE\tT_STAT\tP\tERRCODE';

/**
 * Writes association results as `plink2 --glm hide-covar cols=+a1freq` does, REF and ALT being allele 2 and allele 1 of the
 * .bim file.
 */
export class GlmLinearWriter {
  readonly #file: OutputFile;
  readonly #rows: RowWriter;
  readonly #variants: VariantTable;

  private constructor(file: OutputFile, variants: VariantTable) {
    this.#file = file;
    this.#variants = variants;
    this.#rows = new RowWriter(file).text(HEADER).endLine();
  }

  /** @throws HeredityError as {@link OutputFile.create}. */
  static async create(path: string, variants: VariantTable): Promise<GlmLinearWriter> {
    return new GlmLinearWriter(await OutputFile.create(path), variants);
  }

  async append(results: GlmLinearRows): Promise<void> {
    const { chromosome, position, id, allele1, allele2 } = this.#variants;
    const rows = this.#rows;
    for (let i = 0; i < results.variant.length; i++) {
      const v = results.variant[i];
      const effect = results.effectAllele[i] === 1 ? allele1[v] : allele2[v];
      rows.text(chromosome[v]).text('\t').integer(position[v]).text('\t').text(id[v]).text('\t');
      rows.text(allele2[v]).text('\t').text(allele1[v]).text('\t').text(effect).text('\t');
      rows.sixDigits(results.frequency[i]).text('\tADD\t').integer(results.samples[i]).text('\t');
      rows.sixDigits(results.beta[i]).text('\t').sixDigits(results.se[i]).text('\t');
      rows.sixDigits(results.t[i]).text('\t').expSixDigits(results.logP[i]).text('\t');
      rows.text(results.error[i]).endLine();
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

/** What an association file says about the additive effect of each variant, a column an array. */
export interface GlmLinearTable {
  readonly count: number;
  readonly chromosome: readonly string[];
  readonly position: Int32Array;
  /** Not necessarily distinct: a variant of several alleles has several rows. */
  readonly id: readonly string[];
  /** Empty strings where the file does not tell, as in PLINK 1.9's. */
  readonly ref: readonly string[];
  readonly alt: readonly string[];
  readonly effectAllele: readonly string[];
  /** NaN where the file has no such column. */
  readonly frequency: Float64Array;
  readonly samples: Int32Array;
  /** NaN, as the next three, where the file has NA. */
  readonly beta: Float64Array;
  readonly se: Float64Array;
  readonly t: Float64Array;
  /** Natural logarithm of the P-value. */
  readonly logP: Float64Array;
  /** `.` where there is a result; `NA` in a file without such a column. */
  readonly error: readonly string[];
}

const COLUMNS = {
  chromosome: ['CHROM', '#CHROM', 'CHR'],
  position: ['POS', 'BP'],
  id: ['ID', 'SNP'],
  ref: ['REF'],
  alt: ['ALT'],
  effectAllele: ['A1'],
  frequency: ['A1_FREQ'],
  test: ['TEST'],
  samples: ['OBS_CT', 'NMISS'],
  beta: ['BETA'],
  se: ['SE'],
  t: ['T_STAT', 'STAT'],
  p: ['P'],
  log10P: ['LOG10_P', 'NEG_LOG10_P'],
  error: ['ERRCODE'],
} as const;
type Column = keyof typeof COLUMNS;
const OPTIONAL: readonly Column[] = ['ref', 'alt', 'frequency', 'p', 'log10P', 'error'];

/**
 * Reads PLINK 2's .glm.linear or PLINK 1.9's .assoc.linear; of each variant only the row of its additive effect (TEST is ADD).
 * @throws HeredityError `bad-input` for missing columns, and with line and column for anything malformed.
 */
export async function readGlmLinear(path: string): Promise<GlmLinearTable> {
  let fields: Record<Column, number> | undefined;
  let width = 0;
  const texts = {
    chromosome: strings(),
    id: strings(),
    ref: strings(),
    alt: strings(),
    effectAllele: strings(),
  };
  const error: string[] = [];
  const position = growingInt32();
  const samples = growingInt32();
  const frequency = growingFloat64();
  const beta = growingFloat64();
  const se = growingFloat64();
  const t = growingFloat64();
  const logP = growingFloat64();

  await readLines(path, (line) => {
    if (fields === undefined) {
      fields = findColumns(line, COLUMNS, OPTIONAL, 'give the output of plink2 --glm or plink --linear');
      if (fields.p < 0 && fields.log10P < 0) throw line.error(undefined, 'the header has no column P');
      width = line.fields;
      return;
    }
    if (line.fields !== width) {
      const problem = `the line has ${plural(line.fields, 'field')}`;
      throw line.error(undefined, problem, { expected: `${width}, as in the header` });
    }
    if (line.text(fields.test) !== 'ADD') return;
    texts.chromosome.push(line.symbol(fields.chromosome));
    texts.id.push(line.text(fields.id));
    texts.effectAllele.push(line.symbol(fields.effectAllele));
    texts.ref.push(fields.ref < 0 ? '' : line.symbol(fields.ref));
    texts.alt.push(fields.alt < 0 ? '' : line.symbol(fields.alt));
    position.push(wholeNumber(line, fields.position));
    samples.push(wholeNumber(line, fields.samples));
    pushNumber(frequency, line, fields.frequency);
    pushNumber(beta, line, fields.beta);
    pushNumber(se, line, fields.se);
    pushNumber(t, line, fields.t);
    logP.push(fields.p >= 0 ? readLogP(line, fields.p) : -Math.LN10 * numberOrNaN(line, fields.log10P));
    error.push(fields.error >= 0 ? line.symbol(fields.error) : 'NA');
  });

  if (error.length === 0)
    throw new HeredityError('bad-input', 'the file has no rows with TEST = ADD', { file: path });
  return {
    count: error.length,
    ...texts,
    position: position.toArray(),
    frequency: frequency.toArray(),
    samples: samples.toArray(),
    beta: beta.toArray(),
    se: se.toArray(),
    t: t.toArray(),
    logP: logP.toArray(),
    error,
  };
}

const strings = (): string[] => [];

function wholeNumber(line: Line, field: number): number {
  const value = line.numeric(field);
  if (Number.isInteger(value)) return value;
  throw line.error(field, 'this is not a whole number');
}

function pushNumber(values: GrowingArray<Float64Array<ArrayBuffer>>, line: Line, field: number): void {
  values.push(field < 0 ? Number.NaN : numberOrNaN(line, field));
}

function numberOrNaN(line: Line, field: number): number {
  const value = line.numeric(field);
  if (Number.isFinite(value)) return value;
  if (line.isNotAvailable(field)) return Number.NaN;
  throw line.error(field, 'this is not a number', { expected: 'a finite number or NA' });
}

/** log(P), also where P itself is too small for a float64. */
function readLogP(line: Line, field: number): number {
  const p = numberOrNaN(line, field);
  if (Number.isNaN(p)) return Number.NaN;
  if (p < 0 || p > 1) throw line.error(field, 'this is not a P-value', { expected: 'a number from 0 to 1' });
  if (p > 1e-300) return Math.log(p);
  const [mantissa, exponent = '0'] = line.text(field).toLowerCase().split('e');
  return Math.log(Number(mantissa)) + Math.LN10 * Number(exponent);
}
