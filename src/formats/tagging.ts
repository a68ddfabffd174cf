import { HeredityError } from '../errors.js';
import { type GrowingArray, growingFloat64, growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { OutputFile } from './output.js';
import { expectedRows, PlainRows, SharedTexts } from './plain-rows.js';
import { RowWriter } from './row-writer.js';
import { isComment } from './table.js';
import { type Line, plural, readLines } from './text.js';

/** How much heritability the variants around each variant hold under a heritability model (METHODS 8.4). */
export interface Taggings {
  /** Annotations may overlap, and the last category is the base that holds every variant; partitions do not overlap. */
  readonly kind: 'annotations' | 'partitions';
  readonly names: readonly string[];
  readonly variants: number;
  /** Sum of r² with the other regression variants, itself included: the inverse weight of each variant. */
  readonly tagging: Float64Array;
  /** `byCategory[c * variants + j]` = sum over l in the window of a_c(l) e_l r²_jl. */
  readonly byCategory: Float64Array;
  /** `contribution[c * categories + k]` = sum over the variants l of category c of a_k(l) e_l. */
  readonly contribution: Float64Array;
  /** Variants of each category. */
  readonly sizes: Float64Array;
  /** Variants that the taggings were computed from. */
  readonly reference: number;
}

/** LDAK's tagging file: taggings and the variants to which they belong. */
export interface TaggingTable extends Taggings {
  readonly id: readonly string[];
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
  /** Variants in the window, itself included. */
  readonly neighbours: Int32Array;
  readonly weight: Float64Array;
  readonly maf: Float64Array;
  /** Categories to which the variant belongs. */
  readonly categories: Int32Array;
  readonly expectedHeritability: Float64Array;
}

/** As read from a file, with what finds its variants. */
export interface TaggingFile extends TaggingTable {
  readonly ids: IdTable;
}

const COLUMNS = [
  'Predictor',
  'A1',
  'A2',
  'Neighbours',
  'Tagging',
  'Weight',
  'MAF',
  'Categories',
  'Exp_Heritability',
];

/**
 * Writes LDAK's format.
 * @param table weights of 1 throughout are written as LDAK does without weights.
 */
export async function writeTagging(path: string, table: TaggingTable): Promise<void> {
  const { kind, names, variants, byCategory, contribution, sizes } = table;
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text([...COLUMNS, ...names].join(' ')).endLine();
  const unweighted = table.weight.every((w) => w === 1);
  for (let j = 0; j < variants; j++) {
    rows.text(table.id[j]).text(' ').text(table.allele1[j]).text(' ').text(table.allele2[j]).text(' ');
    rows.integer(table.neighbours[j]).text(' ').decimals(table.tagging[j], 3).text(' ');
    if (unweighted) rows.text('1 ');
    else rows.decimals(table.weight[j], 4).text(' ');
    rows.decimals(table.maf[j], 6).text(' ').integer(table.categories[j]).text(' ');
    rows.decimals(table.expectedHeritability[j], 4);
    for (let c = 0; c < names.length; c++) rows.text(' ').decimals(byCategory[c * variants + j], 4);
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  for (const k of names.keys()) {
    rows.text(`The relative contribution of ${labelOf(kind, k, names)} to each category`);
    for (const c of names.keys()) rows.text(' ').decimals(contribution[c * names.length + k], 4);
    rows.endLine();
  }
  const { reference } = table;
  rows.text(`There are ${reference} reference ${variants} regression ${reference} heritability predictors`);
  for (const size of sizes) rows.text(' ').integer(size);
  await rows.endLine().flush();
  await file.finish();
}

/** How LDAK calls category k. */
function labelOf(kind: Taggings['kind'], k: number, names: readonly string[]): string {
  if (kind === 'annotations') return k === names.length - 1 ? 'the Base' : `Annotation ${k + 1}`;
  return names[k] === 'Background' ? 'the Background' : `Partition ${k + 1}`;
}

/**
 * Reads LDAK's tagging file, plain or gzip.
 * @throws HeredityError `bad-input` with line and column, for anything that such a file does not have.
 */
export async function readTagging(path: string): Promise<TaggingFile> {
  const reader = new TaggingReader(path);
  await readLines(path, (line) => reader.add(line));
  return reader.finish();
}

/** Words before the numbers of `The relative contribution of ... to each category`. */
const LEAST_WORDS = 9;

class TaggingReader {
  readonly #path: string;
  #names: string[] = [];
  readonly #ids = new IdTable();
  readonly #allele1: string[] = [];
  readonly #allele2: string[] = [];
  readonly #neighbours = growingInt32();
  readonly #categories = growingInt32();
  readonly #tagging = growingFloat64();
  readonly #weight = growingFloat64();
  readonly #maf = growingFloat64();
  readonly #expected = growingFloat64();
  #byCategory: GrowingArray<Float64Array<ArrayBuffer>>[] = [];
  readonly #letters = [new SharedTexts(), new SharedTexts()];
  readonly #contributions: number[][] = [];
  #kind: Taggings['kind'] = 'annotations';
  #reference: number | undefined;
  #sizes: number[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** The columns behind the alleles that every file has, in their order. */
  get #numbers() {
    return [
      this.#neighbours,
      this.#tagging,
      this.#weight,
      this.#maf,
      this.#categories,
      this.#expected,
    ] as const;
  }

  add(line: Line): void {
    if (this.#names.length === 0) {
      if (!isComment(line)) this.#readHeader(line);
    } else if (line.text(0) === 'The' && line.text(1) === 'relative') this.#readContribution(line);
    else if (line.text(0) === 'There' && line.text(1) === 'are') this.#readCounts(line);
    else this.#readVariant(line);
  }

  finish(): TaggingFile {
    const count = this.#names.length;
    if (this.#reference === undefined || this.#contributions.length !== count) {
      throw new HeredityError('bad-input', 'the tagging file is not whole', {
        file: this.#path,
        expected: `after the variants, ${plural(count, 'line')} "The relative contribution of ..." and a line "There are ..."`,
        fix: 'compute it again with heredity ld tagging',
      });
    }
    const variants = this.#ids.count;
    if (variants === 0) {
      throw new HeredityError('bad-input', 'the tagging file has no variants', { file: this.#path });
    }
    this.#checkSums();
    const byCategory = new Float64Array(count * variants);
    for (const [c, own] of this.#byCategory.entries()) byCategory.set(own.toArray(), c * variants);
    const contribution = new Float64Array(count * count);
    for (const [k, values] of this.#contributions.entries())
      for (const [c, value] of values.entries()) contribution[c * count + k] = value;
    let id: string[] | undefined; // made when they are asked for
    const ids = this.#ids;
    return {
      kind: this.#kind,
      names: this.#names,
      variants,
      tagging: this.#tagging.toArray(),
      byCategory,
      contribution,
      sizes: Float64Array.from(this.#sizes),
      reference: this.#reference,
      ids,
      get id() {
        id ??= ids.texts();
        return id;
      },
      allele1: this.#allele1,
      allele2: this.#allele2,
      neighbours: this.#neighbours.toArray(),
      weight: this.#weight.toArray(),
      maf: this.#maf.toArray(),
      categories: this.#categories.toArray(),
      expectedHeritability: this.#expected.toArray(),
    };
  }

  /** A category without expected heritability, or a file without reference variants, has no share of anything. */
  #checkSums(): void {
    const empty = this.#names.findIndex((_, c) => !(Math.abs(this.#contributions[c][c]) > 0));
    if (empty >= 0)
      throw new HeredityError('bad-input', `category ${this.#names[empty]} has no expected heritability`, {
        file: this.#path,
        expected: 'a contribution of the category to itself that is not 0',
        fix: 'leave the category out, and compute the taggings again',
      });
    if (!(Number(this.#reference) > 0))
      throw new HeredityError('bad-input', 'the number of reference predictors is not above 0', {
        file: this.#path,
        value: Number(this.#reference),
      });
  }

  #readHeader(line: Line): void {
    // LDAK calls the seventh column Variance where it does not assume Hardy-Weinberg proportions
    const wrong = COLUMNS.findIndex(
      (name, field) => field >= line.fields || (field !== 6 && line.text(field) !== name),
    );
    if (wrong >= 0 || line.fields === COLUMNS.length) {
      throw line.error(undefined, 'this is not the header of an LDAK tagging file', {
        expected: `${COLUMNS.join(' ')} and one column a category`,
        fix: 'compute taggings with heredity ld tagging, or ldak --calc-tagging',
      });
    }
    for (let field = COLUMNS.length; field < line.fields; field++) this.#names.push(line.text(field));
    this.#byCategory = this.#names.map(() => growingFloat64());
    const numbers = Array.from({ length: line.fields - 3 }, (_, k) => 3 + k);
    const rows = new PlainRows({ width: line.fields, numbers, texts: [0, 1, 2] });
    line.readPlainRows({ rows, onRows: (plain) => this.#addVariants(plain) });
  }

  /** Takes variants many at once: one that is there already, or behind the contributions, is for {@link add}. */
  #addVariants(rows: PlainRows): number {
    if (this.#contributions.length > 0) return 0;
    const expected = expectedRows(this.#ids.count + rows.count, rows.share);
    const taken = this.#ids.addRows(rows, 0, rows.count, expected);
    for (const [k, list] of [this.#allele1, this.#allele2].entries())
      this.#letters[k].addTo(list, rows.bytes, rows.spans(1 + k), taken);
    for (const [k, own] of [...this.#numbers, ...this.#byCategory].entries())
      own.append(rows.numbers(3 + k), taken, expected);
    return taken;
  }

  #readVariant(line: Line): void {
    line.expectFields(COLUMNS.length + this.#names.length, 'as many fields as the header');
    if (this.#contributions.length > 0)
      throw line.error(0, 'a variant after the contributions of the categories');
    this.#ids.addFromLine(line, 0, (id) => ({ what: `variant ${id}` }));
    this.#allele1.push(line.symbol(1));
    this.#allele2.push(line.symbol(2));
    for (const [k, own] of [...this.#numbers, ...this.#byCategory].entries())
      own.push(readNumber(line, 3 + k));
  }

  #readContribution(line: Line): void {
    const { length } = this.#names;
    const first = line.fields - length;
    if (first < LEAST_WORDS)
      throw line.error(undefined, 'the line has too few contributions', {
        expected: `${length}, one a category`,
      });
    const values = Array.from({ length }, (_, c) => readNumber(line, first + c));
    if (/^(Partition|Background)$/.test(line.text(4)) || line.text(5) === 'Background')
      this.#kind = 'partitions';
    this.#contributions.push(values);
  }

  #readCounts(line: Line): void {
    const { length } = this.#names;
    line.expectFields(9 + length, 'There are N reference N regression N heritability predictors and counts');
    this.#reference = readNumber(line, 2);
    this.#sizes = Array.from({ length }, (_, c) => readNumber(line, 9 + c));
  }
}

function readNumber(line: Line, field: number): number {
  const value = line.numeric(field);
  if (Number.isFinite(value)) return value;
  throw line.error(field, 'this is not a number');
}
