import { HeredityError } from '../errors.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { OutputFile } from './output.js';
import { expectedRows, PlainRows, SharedTexts } from './plain-rows.js';
import { RowWriter } from './row-writer.js';
import { type Line, readLines } from './text.js';

/** Variants in file order, a column an array. */
export interface VariantTable {
  readonly count: number;
  /** As written in the file; {@link chromosomeLabel} makes `1` and `chr1` one. */
  readonly chromosome: readonly string[];
  /** Distinct, unless {@link VariantTable.repeated} says that they are not. */
  readonly id: readonly string[];
  /** IDs that several variants share, such as `.`; undefined where there are none. */
  readonly repeated?: RepeatedIds | undefined;
  readonly centimorgan: Float64Array;
  /** In base pairs from 1; 0 or less where it is not known. */
  readonly position: Int32Array;
  /** The allele that genotype codes count (PLINK's A1, mostly the minor one). */
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
}

/** Variants that have the ID of one before them. */
export interface RepeatedIds {
  readonly count: number;
  /** Says where the first of them is, for whoever needs distinct IDs. */
  readonly error: HeredityError;
}

const FIELDS = 'chromosome, variant ID, centimorgans, position, allele 1, allele 2';
const COLUMNS = { width: 6, numbers: [2, 3], texts: [0, 1, 4, 5] };
const LARGEST_POSITION = 2 ** 31 - 1;

/** `chr1` for `1`, `chr1` and `CHR1`. */
export function chromosomeLabel(name: string): string {
  return `chr${name.replace(/^chr/i, '')}`;
}

/**
 * Reads a PLINK .bim file. Each chromosome has to be in one piece; positions within it may be unknown or
 * out of order, as in real files. IDs may be repeated: whoever matches by them calls {@link requireDistinctIds}.
 * @throws HeredityError `bad-input` with the line, for anything malformed or out of order.
 */
export async function readBim(path: string): Promise<VariantTable> {
  const ids = new IdTable();
  /** Of each variant, which of the IDs is its own. */
  const idOf = growingInt32();
  let repeated: RepeatedIds | undefined;
  const chromosome: string[] = [];
  const allele1: string[] = [];
  const allele2: string[] = [];
  const centimorgan = growingFloat64();
  const position = growingInt32();
  const order = new ChromosomeOrder();
  const texts = [new SharedTexts(), new SharedTexts()];
  /** Takes rows as long as they are of one chromosome: another begins with a {@link Line}. */
  const onRows = (rows: PlainRows) => {
    const name = chromosome[chromosome.length - 1];
    const positions = rows.numbers(3);
    const strange = positions.findIndex((value) => !isPosition(value));
    const good = Math.min(rows.equalTo(0, name), strange < 0 ? rows.count : strange);
    const expected = expectedRows(chromosome.length + good, rows.share);
    const before = ids.count;
    const taken = ids.addRows(rows, 1, good, expected);
    for (let row = 0; row < taken; row++) {
      idOf.push(before + row);
      chromosome.push(name);
    }
    centimorgan.append(rows.numbers(2), taken, expected);
    position.append(positions, taken, expected);
    texts[0].addTo(allele1, rows.bytes, rows.spans(4), taken);
    texts[1].addTo(allele2, rows.bytes, rows.spans(5), taken);
    return taken;
  };
  await readLines(path, (line) => {
    expectBimFields(line);
    if (chromosome.length === 0) line.readPlainRows({ rows: new PlainRows(COLUMNS), onRows });
    const name = line.symbol(0);
    order.check(line, name);
    const own = line.text(1);
    const present = ids.add(own);
    if (present >= 0) {
      const error = repeated?.error ?? describeRepeated(own, line, idOf.indexOf(present) + 1);
      repeated = { count: (repeated?.count ?? 0) + 1, error };
    }
    idOf.push(present >= 0 ? present : ids.count - 1);
    chromosome.push(name);
    centimorgan.push(readCentimorgan(line));
    position.push(readPosition(line));
    allele1.push(line.symbol(4));
    allele2.push(line.symbol(5));
  });
  if (chromosome.length === 0) throw new HeredityError('bad-input', 'there are no variants', { file: path });
  let id: string[] | undefined;
  const indices = idOf.toArray();
  return {
    count: chromosome.length,
    chromosome,
    /** Made when they are asked for: most runs name no variant. */
    get id() {
      if (id === undefined) {
        const distinct = ids.texts();
        id = repeated ? Array.from(indices, (index) => distinct[index]) : distinct;
      }
      return id;
    },
    repeated,
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
    rows.text(variants.chromosome[i]).text('\t').text(variants.id[i]).text('\t');
    rows.text(String(variants.centimorgan[i])).text('\t').integer(variants.position[i]).text('\t');
    rows.text(variants.allele1[i]).text('\t').text(variants.allele2[i]).endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

/**
 * Number of variants whose position is below that of a variant before them on the same chromosome, unknown positions left
 * aside. Windows in base pairs need 0.
 */
export function countOutOfOrder({
  chromosome,
  position,
}: Pick<VariantTable, 'chromosome' | 'position'>): number {
  let count = 0;
  let highest = 0;
  for (let i = 0; i < position.length; i++) {
    if (i === 0 || chromosome[i] !== chromosome[i - 1]) highest = 0;
    if (position[i] > 0 && position[i] < highest) count++;
    highest = Math.max(highest, position[i]);
  }
  return count;
}

/** Checks that each chromosome is in one piece. */
class ChromosomeOrder {
  #name: string | undefined;
  #label = '';
  /** Last line of each chromosome that is behind us. */
  readonly #ended = new Map<string, number>();

  check(line: Line, name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    const label = chromosomeLabel(name);
    if (label === this.#label) return; // `1` and `chr1` in one file
    this.#ended.set(this.#label, line.number - 1);
    this.#label = label;
    const ended = this.#ended.get(label);
    if (ended === undefined) return;
    const problem = `chromosome ${name} ended on line ${ended}, and here it is again`;
    const fix = 'sort the file set, such as with plink --bfile IN --make-bed --out SORTED';
    throw line.error(0, problem, { expected: 'the variants of a chromosome together', fix });
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
  if (isPosition(position)) return position;
  throw line.error(3, 'the position is not a whole number', {
    expected: 'base pairs, or 0 where it is not known',
  });
}

function isPosition(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= LARGEST_POSITION;
}

function readCentimorgan(line: Line): number {
  const centimorgan = line.numeric(2);
  if (Number.isFinite(centimorgan)) return centimorgan;
  throw line.error(2, 'the genetic position is not a number', {
    expected: 'centimorgans, or 0 where it is not known',
  });
}

/**
 * @throws HeredityError `bad-input` with the line of the first variant whose ID another has: for runs that match by ID.
 */
export function requireDistinctIds({ repeated }: VariantTable): void {
  if (repeated) throw repeated.error;
}

/** @param before number of the variant that has the ID already, counted from 1. */
function describeRepeated(id: string, line: Line, before: number): HeredityError {
  const fix =
    id === '.'
      ? "give the variants IDs, such as with plink2 --bfile IN --set-missing-var-ids '@:#:$r:$a' --make-bed --out OUT"
      : 'drop or rename one of them, such as with plink2 --bfile IN --rm-dup force-first --make-bed --out OUT';
  return line.error(1, `variant ID ${JSON.stringify(id)} is already on line ${before}`, { fix });
}
