import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2, MISSING } from '../kernels/kernels.js';
import {
  CODE_OF_DIGIT,
  DOSAGE_ROWS,
  DOSAGE_SUMS,
  LEVELS_OF_COPY,
  ONE_COPY,
} from '../kernels/variant-rows.js';
import type { VariantTable } from './bim.js';
import { concatenated } from './bytes.js';
import { HARD_CALL_THRESHOLD, HardCallLosses, lostVariance, thresholdInUnits } from './hard-calls.js';
import { IdIndex } from './id-index.js';
import { inputBytes } from './input.js';
import { PackedRows } from './packed-rows.js';
import type { VariantFile } from './record-source.js';
import { VariantTableBuilder } from './variant-table.js';

/** Packed genotypes that are held at most: a VCF file is read whole, and PLINK 2 converts larger ones. */
const MOST_VCF_BYTES = 4 * 2 ** 30;

export interface VcfFile extends VariantFile {
  readonly sampleIds: readonly string[];
  readonly variants: VariantTable;
  /** All variants of the file, those with more than two alleles too. */
  readonly total: number;
  readonly notes: readonly string[];
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const SLASH = 47;
const ZERO = 48;
const ONE = 49;
const COLON = 58;
const BAR = 124;
const FIXED_COLUMNS = 9;
const CODE_OF_COPIES = [HOM_ALLELE2, HET, HOM_ALLELE1] as const;

/**
 * Reads the genotypes of a VCF file, plain, gzip or bgzip, into memory: GT, or DS where a threshold is given or the variant
 * has no GT; with `dosage` DS is kept beside them, GT where a sample has none. Genotypes count ALT, which becomes allele 1; one copy (as of X in men) counts as two of the same. Half a call
 * (`0/.`) is missing. Variants with more than two alleles are left out.
 * @throws HeredityError `bad-input` with line and column for whatever is malformed; `resource` beyond {@link MOST_VCF_BYTES}.
 */
export async function readVcf(
  path: string,
  { threshold, dosage = false }: { readonly threshold: number | undefined; readonly dosage?: boolean },
): Promise<VcfFile> {
  const reader = new VcfReader(path, threshold, dosage);
  let pending: Uint8Array[] = [];
  for await (const chunk of inputBytes(path)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      pending.push(chunk.slice());
      continue;
    }
    const bytes = concatenated([...pending, chunk.subarray(0, end)]);
    pending = [chunk.slice(end)];
    reader.read(bytes);
  }
  const rest = concatenated([...pending, Uint8Array.of(NEWLINE)]);
  if (rest.length > 1) reader.read(rest);
  return reader.finish();
}

class VcfReader {
  readonly #path: string;
  readonly #threshold: number | undefined;
  readonly #limit: number;
  readonly #builder: VariantTableBuilder;
  #bytes: Uint8Array = new Uint8Array(0);
  /** What stands from a byte of them to before another. */
  #text: (start: number, end: number) => string = () => '';
  #line = 0;
  #total = 0;
  #halfCalls = 0;
  #sampleIds: string[] | undefined;
  #rows: PackedRows | undefined;
  /** Dosages, where they are kept. */
  #dosages: PackedRows | undefined;
  readonly #keepsDosages: boolean;
  #hasDosages = false;
  readonly #missing: number[] = [];
  readonly #lost: number[] = [];

  constructor(path: string, threshold: number | undefined, keepsDosages: boolean) {
    this.#path = path;
    this.#keepsDosages = keepsDosages;
    this.#threshold = threshold;
    this.#limit = thresholdInUnits(threshold ?? HARD_CALL_THRESHOLD);
    this.#builder = new VariantTableBuilder(path, 'line');
  }

  /** Whole lines. */
  read(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#text = host().textReader(bytes);
    for (let at = 0; at < bytes.length; ) {
      this.#line++;
      const newline = bytes.indexOf(NEWLINE, at);
      const end = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
      if (this.#line === 1) this.#checkKind(at, end);
      if (end > at) {
        if (bytes[at] === 35) this.#readHeader(at, end);
        else this.#readVariant(at, end);
      }
      at = newline + 1;
    }
  }

  finish(): VcfFile {
    const ids = this.#sampleIds;
    if (!ids) throw this.#error(undefined, 'there is no header line that begins with #CHROM');
    const variants = this.#builder.finish();
    const losses = new HardCallLosses(variants.count, ids.length, this.#threshold ?? HARD_CALL_THRESHOLD);
    losses.missing.set(this.#missing);
    losses.lost.set(this.#lost);
    const notes = [...this.#builder.notes()];
    if (this.#halfCalls > 0)
      notes.push(
        `${this.#path}: ${this.#halfCalls} genotypes with one allele missing are missing in this run`,
      );
    return {
      sampleIds: ids,
      variants,
      total: this.#total,
      notes,
      losses: this.#missing.some((count) => count >= 0) ? losses : undefined,
      dosages: this.#hasDosages ? this.#dosages : undefined,
      readVariants: async (...range) => this.#rows!.readVariants(...range),
      close: async () => {
        this.#rows?.clear();
        this.#dosages?.clear();
      },
    };
  }

  /** Room for the next variant in the rows, all missing. */
  #next(rows: PackedRows): Uint8Array {
    if (this.#rows!.bytes + (this.#dosages?.bytes ?? 0) > MOST_VCF_BYTES) {
      throw new HeredityError('resource', 'the genotypes of this VCF file take more than 4 GB of memory', {
        file: this.#path,
        line: this.#line,
        fix: 'convert it with plink2 --vcf FILE --make-pgen --out OUT, and give --pfile OUT',
      });
    }
    return rows.next();
  }

  #checkKind(at: number, end: number): void {
    const start = this.#text(at, Math.min(end, at + 16));
    if (start.startsWith('##fileformat=VCF') || start.startsWith('#CHROM')) return;
    const fix = start.startsWith('BCF')
      ? 'this is a BCF file: convert it with plink2 --bcf FILE --make-pgen --out OUT, and give --pfile OUT'
      : 'give a VCF file, plain or gzip';
    throw this.#error(undefined, 'this is not a VCF file', { expected: '##fileformat=VCF', fix });
  }

  #readHeader(at: number, end: number): void {
    if (this.#bytes[at + 1] === 35) return;
    if (this.#sampleIds) throw this.#error(undefined, 'there is a second header line');
    const names = this.#text(at, end).split('\t');
    if (names[0] !== '#CHROM' || names[4] !== 'ALT') {
      throw this.#error(undefined, 'this header line does not begin with #CHROM POS ID REF ALT', {
        expected: 'fields between tabs',
      });
    }
    const ids = names.slice(FIXED_COLUMNS);
    if (ids.length === 0)
      throw this.#error(undefined, 'the file has no genotypes: no sample is named after FORMAT');
    const distinct = new IdIndex();
    for (const [k, id] of ids.entries()) {
      if (id === '') throw this.#error(FIXED_COLUMNS + k, 'a sample has no ID');
      if (/\s/.test(id))
        throw this.#error(FIXED_COLUMNS + k, `the ID of sample ${JSON.stringify(id)} holds white space`);
      if (distinct.add(id) >= 0) throw this.#error(FIXED_COLUMNS + k, `sample ${id} is there twice`);
    }
    this.#sampleIds = ids;
    this.#rows = new PackedRows(this.#path, ids.length, 1);
    if (this.#keepsDosages) this.#dosages = new PackedRows(this.#path, ids.length, DOSAGE_ROWS);
  }

  #readVariant(start: number, end: number): void {
    if (!this.#sampleIds) throw this.#error(undefined, 'there is no header line that begins with #CHROM');
    const fields: string[] = [];
    let at = start;
    while (fields.length < FIXED_COLUMNS) {
      const tab = this.#bytes.indexOf(TAB, at);
      if (tab < 0 || tab > end) {
        throw this.#error(undefined, `the line has ${fields.length + 1} fields`, {
          expected: `${FIXED_COLUMNS + this.#sampleIds.length}, between tabs`,
        });
      }
      // QUAL, FILTER and INFO are not read
      fields.push(fields.length > 4 && fields.length < 8 ? '' : this.#text(at, tab));
      at = tab + 1;
    }
    this.#total++;
    const [chromosome, position, id, reference, alternative] = fields as [
      string,
      string,
      string,
      string,
      string,
    ];
    if (alternative.includes(',')) return;
    for (const [column, text] of [chromosome, position, id, reference, alternative].entries()) {
      if (text === '' || /\s/.test(text)) throw this.#error(column, 'a field is empty or holds white space');
    }
    this.#builder.add({
      at: this.#line,
      chromosome,
      id,
      position: /^\d+$/.test(position) ? Number(position) : Number.NaN,
      allele1: alternative,
      allele2: reference,
    });
    const format = fields[8].split(':');
    const gt = format.indexOf('GT');
    const ds = format.indexOf('DS');
    if (gt < 0 && ds < 0) {
      throw this.#error(8, 'the variant has neither genotypes nor dosages', {
        expected: 'GT or DS in FORMAT',
      });
    }
    if (ds >= 0) this.#hasDosages = true;
    const usesDosage = ds >= 0 && (this.#threshold !== undefined || gt < 0);
    this.#readSamples(at, end, gt, usesDosage || this.#keepsDosages ? ds : -1, usesDosage);
  }

  /**
   * Genotypes of a line from byte `at` on.
   * @param gt place of GT in a sample's field, or -1; @param ds that of DS.
   * @param usesDosage whether hard calls are of DS.
   */
  #readSamples(at: number, end: number, gt: number, ds: number, usesDosage: boolean): void {
    const bytes = this.#bytes;
    const samples = this.#sampleIds!.length;
    const row = this.#next(this.#rows!);
    const dosages = this.#dosages && this.#next(this.#dosages);
    const sums = new Float64Array(DOSAGE_SUMS);
    for (let i = 0; i < samples; i++) {
      if (at > end) {
        throw this.#error(undefined, `the line has ${FIXED_COLUMNS + i} fields`, {
          expected: `${FIXED_COLUMNS + samples}, between tabs`,
        });
      }
      let code: number = MISSING;
      let copies = 2;
      let dosage = -1;
      for (let part = 0; ; part++) {
        const from = at;
        while (at < end && bytes[at] !== COLON && bytes[at] !== TAB) at++;
        if (part === gt) {
          code = this.#genotype(from, at, i);
          if (at - from === 1) copies = 1;
        } else if (part === ds) {
          dosage = this.#dosage(from, at, i);
        }
        if (at >= end || bytes[at] === TAB) break;
        at++;
      }
      at++; // the tab
      if (dosage >= 0) {
        const units = Math.floor(dosage * (copies === 1 ? 2 : 1) * ONE_COPY + 0.5);
        if (units > 2 * ONE_COPY) throw this.#sampleError(i, 'a dosage is above 2');
        const whole = Math.floor((units + ONE_COPY / 2) / ONE_COPY);
        const isNear = Math.abs(units - whole * ONE_COPY) <= this.#limit;
        if (dosages) setLevel(dosages, i, Math.floor((units * LEVELS_OF_COPY) / ONE_COPY + 0.5));
        if (usesDosage) {
          code = isNear ? CODE_OF_COPIES[whole] : MISSING;
          countDosage(sums, units, isNear ? whole : undefined);
        }
      } else if (code !== MISSING) {
        const whole = CODE_OF_COPIES.indexOf(code as 0 | 2 | 3);
        if (dosages) setLevel(dosages, i, whole * LEVELS_OF_COPY);
        if (usesDosage) countDosage(sums, whole * ONE_COPY, whole);
      }
      row[i >> 2] ^= (MISSING ^ code) << (2 * (i & 3));
    }
    if (at <= end) {
      throw this.#error(FIXED_COLUMNS + samples, 'the line has more fields than the header names samples');
    }
    this.#missing.push(usesDosage ? sums[3] - sums[0] : -1);
    this.#lost.push(usesDosage && sums[3] > 0 ? lostVariance(sums) : 0);
  }

  /** PLINK 1 code of a GT field. */
  #genotype(from: number, to: number, sample: number): number {
    const bytes = this.#bytes;
    const first = bytes[from];
    if (to - from === 3 && (bytes[from + 1] === SLASH || bytes[from + 1] === BAR)) {
      const second = bytes[from + 2];
      const isFirst = first === ZERO || first === ONE;
      const isSecond = second === ZERO || second === ONE;
      if (isFirst && isSecond) return CODE_OF_COPIES[first + second - 2 * ZERO];
      if ((isFirst || first === POINT) && (isSecond || second === POINT)) {
        if (isFirst || isSecond) this.#halfCalls++;
        return MISSING;
      }
    } else if (to - from === 1) {
      if (first === POINT) return MISSING;
      if (first === ZERO) return HOM_ALLELE2;
      if (first === ONE) return HOM_ALLELE1;
    }
    throw this.#sampleError(sample, 'a genotype cannot be read', from, to, 'such as 0/1, 0|1, ./. or 0');
  }

  /** A DS field; -1 where it is missing. */
  #dosage(from: number, to: number, sample: number): number {
    if (to === from || (to - from === 1 && this.#bytes[from] === POINT)) return -1;
    const text = this.#text(from, to);
    if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
    throw this.#sampleError(sample, 'a dosage is not a number', from, to, 'a number from 0 to 2, or a point');
  }

  #sampleError(sample: number, problem: string, from = 0, to = 0, expected?: string): HeredityError {
    const value = to > from ? this.#text(from, Math.min(to, from + 60)) : undefined;
    return this.#error(FIXED_COLUMNS + sample, `${problem} (sample ${this.#sampleIds![sample]})`, {
      ...(value !== undefined && { value }),
      ...(expected !== undefined && { expected }),
    });
  }

  #error(
    column: number | undefined,
    problem: string,
    more: { value?: string; expected?: string; fix?: string } = {},
  ) {
    return new HeredityError('bad-input', problem, {
      file: this.#path,
      line: this.#line,
      ...(column !== undefined && { column: column + 1 }),
      ...more,
    });
  }
}

/** Sets the level of a sample in rows of dosages, which were missing. */
function setLevel(rows: Uint8Array, sample: number, level: number): void {
  const stride = rows.length / DOSAGE_ROWS;
  for (let k = 0; k < DOSAGE_ROWS; k++)
    rows[k * stride + (sample >> 2)] |= CODE_OF_DIGIT[(level >> (2 * k)) & 3] << (2 * (sample & 3));
}

/** Adds a sample to sums as {@link Kernels.pgenRecords} makes them; `copies` of the hard call, where there is one. */
function countDosage(sums: Float64Array, dosage: number, copies: number | undefined): void {
  sums[3] += 1;
  sums[4] += dosage;
  sums[5] += dosage * dosage;
  if (copies === undefined) {
    sums[7] += dosage;
    return;
  }
  sums[0] += 1;
  sums[1] += copies;
  sums[2] += copies * copies;
  sums[6] += copies * dosage;
}
