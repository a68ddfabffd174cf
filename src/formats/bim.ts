import { HeredityError } from '../errors.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { IdIndex } from './id-index.js';
import { OutputFile } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, readLines } from './text.js';

/** Variants in file order, a column an array. */
export interface VariantTable {
  readonly count: number;
  /** As written in the file; {@link chromosomeLabel} makes `1` and `chr1` one. */
  readonly chromosome: readonly string[];
  /** Distinct. */
  readonly id: readonly string[];
  readonly centimorgan: Float64Array;
  /** In base pairs from 1; 0 or less where it is not known. */
  readonly position: Int32Array;
  /** The allele that genotype codes count (PLINK's A1, mostly the minor one). */
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
}

const FIELDS = 'chromosome, variant ID, centimorgans, position, allele 1, allele 2';
const SORT = 'sort the file set, such as with plink --bfile IN --make-bed --out SORTED';
const LARGEST_POSITION = 2 ** 31 - 1;

/** `chr1` for `1`, `chr1` and `CHR1`. */
export function chromosomeLabel(name: string): string {
  return `chr${name.replace(/^chr/i, '')}`;
}

/**
 * Reads a PLINK .bim file. Variants have to be sorted: each chromosome in one piece, known positions not decreasing.
 * @throws HeredityError `bad-input` with the line, for anything malformed, repeated or out of order.
 */
export async function readBim(path: string): Promise<VariantTable> {
  const ids = new IdIndex();
  const chromosome: string[] = [];
  const allele1: string[] = [];
  const allele2: string[] = [];
  const centimorgan = growingFloat64();
  const position = growingInt32();
  const order = new VariantOrder();
  await readLines(path, (line) => {
    expectBimFields(line);
    const name = line.symbol(0);
    const base = readPosition(line);
    order.check(line, name, base);
    ids.addFromLine(line.text(1), line, 1, describeRepeated);
    chromosome.push(name);
    centimorgan.push(readCentimorgan(line));
    position.push(base);
    allele1.push(line.symbol(4));
    allele2.push(line.symbol(5));
  });
  if (ids.count === 0) throw new HeredityError('bad-input', 'there are no variants', { file: path });
  return {
    count: ids.count,
    chromosome,
    id: ids.ids,
    centimorgan: centimorgan.toArray(),
    position: position.toArray(),
    allele1,
    allele2,
  };
}

/** Writes a PLINK .bim file. */
export async function writeBim(path: string, variants: VariantTable): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  for (let i = 0; i < variants.count; i++) {
    rows.text(variants.chromosome[i]!).text('\t').text(variants.id[i]!).text('\t');
    rows.text(String(variants.centimorgan[i]!)).text('\t').integer(variants.position[i]!).text('\t');
    rows.text(variants.allele1[i]!).text('\t').text(variants.allele2[i]!).endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

/** Checks that each chromosome is in one piece and that its known positions do not decrease. */
class VariantOrder {
  #name: string | undefined;
  #label = '';
  #highest = 0;
  /** Last line of each chromosome that is behind us. */
  readonly #left = new Map<string, number>();

  check(line: Line, name: string, position: number): void {
    if (name !== this.#name) this.#enter(line, name);
    if (position <= 0) return;
    if (position < this.#highest) {
      const expected = `at least ${this.#highest}, the position before it on chromosome ${name}`;
      throw line.error(3, 'the variants are not sorted by position', { expected, fix: SORT });
    }
    this.#highest = position;
  }

  #enter(line: Line, name: string): void {
    const label = chromosomeLabel(name);
    this.#name = name;
    if (label === this.#label) return; // `1` and `chr1` in one file
    this.#left.set(this.#label, line.number - 1);
    const left = this.#left.get(label);
    if (left !== undefined) {
      const problem = `chromosome ${name} ended on line ${left}, and here it is again`;
      throw line.error(0, problem, { expected: 'variants sorted by chromosome', fix: SORT });
    }
    this.#label = label;
    this.#highest = 0;
  }
}

function expectBimFields(line: Line): void {
  if (line.number === 1 && line.text(0).startsWith('#')) {
    const fix = 'convert a .pvar with its .pgen, such as with plink2 --pfile IN --make-bed --out OUT';
    throw line.error(0, 'a .bim file has no header', { expected: FIELDS, fix });
  }
  line.expectFields(6, FIELDS);
}

function readPosition(line: Line): number {
  const position = line.numeric(3);
  if (Number.isInteger(position) && Math.abs(position) <= LARGEST_POSITION) return position;
  throw line.error(3, 'the position is not a whole number', {
    expected: 'base pairs, or 0 where it is not known',
  });
}

function readCentimorgan(line: Line): number {
  const centimorgan = line.numeric(2);
  if (Number.isFinite(centimorgan)) return centimorgan;
  throw line.error(2, 'the genetic position is not a number', {
    expected: 'centimorgans, or 0 where it is not known',
  });
}

function describeRepeated(id: string): { what: string; fix: string } {
  const fix =
    id === '.'
      ? "give the variants IDs, such as with plink2 --bfile IN --set-missing-var-ids '@:#:$r:$a' --make-bed --out OUT"
      : 'drop or rename one of them, such as with plink2 --bfile IN --rm-dup force-first --make-bed --out OUT';
  return { what: `variant ID ${JSON.stringify(id)}`, fix };
}
