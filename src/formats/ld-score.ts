import { stat } from 'node:fs/promises';
import { HeredityError } from '../errors.js';
import { findColumns } from './columns.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { statInput } from './input.js';
import { OutputFile, writeOutput } from './output.js';
import { RowWriter } from './row-writer.js';
import { type Line, plural, readLines } from './text.js';

/** LD scores of LDSC's files, in the order of chromosomes and positions (METHODS 4.2). */
export interface LdScoreTable {
  readonly count: number;
  readonly ids: IdTable;
  readonly chromosome: readonly string[];
  readonly position: Int32Array;
  /** Names of the scores as in the header (`L2`, `baseL2`), with `_0`, `_1` and so on where there are several prefixes. */
  readonly columns: readonly string[];
  /** count x columns, row-major. */
  readonly scores: Float64Array;
  /** Rows that name a variant again, which are left out. */
  readonly duplicates: number;
  /** The files read. */
  readonly files: readonly string[];
}

/** Which variants were counted: all, or those with a minor allele frequency above .05. */
export type CountedVariants = 'M' | 'M_5_50';

const COLUMNS = { chromosome: ['CHR'], id: ['SNP'], position: ['BP'] } as const;

/** Columns that LDSC's readers leave out besides those named above. */
const NO_SCORES = new Set(['CM', 'MAF']);

const ENDINGS = ['.l2.ldscore.gz', '.l2.ldscore'];

/** Chromosomes that are looked for under a prefix of many files. */
const CHROMOSOMES = Array.from({ length: 22 }, (_, c) => String(c + 1));

/**
 * The prefixes of single files that a prefix stands for: itself; or, of files by chromosome, those of the autosomes that have
 * scores, the number put in place of `@` or at the end (`scores/` stands for `scores/1.l2.ldscore.gz` and so on).
 * @throws HeredityError `bad-input` where there is none.
 */
export async function ldScorePrefixes(prefix: string, perChromosome: boolean): Promise<string[]> {
  if (!perChromosome) return [ENDINGS.reduce((name, ending) => withoutEnd(name, ending), prefix)];
  const pattern = prefix.includes('@') ? prefix : `${prefix}@`;
  const prefixes = CHROMOSOMES.map((chromosome) => pattern.replaceAll('@', chromosome));
  const present = await Promise.all(prefixes.map(scoreFile));
  const found = prefixes.filter((_, c) => present[c] !== undefined);
  if (found.length > 0) return found;
  throw new HeredityError('bad-input', 'there are no LD scores of any chromosome', {
    file: `${pattern}${ENDINGS[0]}`,
    expected: `files such as ${prefixes[0]}${ENDINGS[0]}`,
    fix: 'check the prefix; scores in one file are given with the flag without -chr',
  });
}

/**
 * Reads LD scores. Columns of several prefixes are put side by side, matched by variant. Rows are sorted by chromosome and
 * position where they are not yet, as blocks of the jackknife have to be neighbours.
 *
 * @param perChromosome whether each prefix stands for a file a chromosome ({@link ldScorePrefixes}).
 * @throws HeredityError `bad-input` for missing files and columns, and with the line for what is not a number; `mismatch`
 *   where two prefixes do not have the same variants.
 */
export async function readLdScores(
  prefixes: readonly string[],
  perChromosome = false,
): Promise<LdScoreTable> {
  const tables: LdScoreTable[] = [];
  for (const prefix of prefixes) tables.push(await readPrefix(prefix, perChromosome));
  return tables.length === 1 ? tables[0]! : sideBySide(tables);
}

/**
 * Number of variants behind each score (`.l2.M` or `.l2.M_5_50`), summed over chromosomes; several prefixes one after another.
 * @throws HeredityError `bad-input` for missing files, or lines that are not numbers.
 */
export async function readVariantCounts(
  prefixes: readonly string[],
  perChromosome: boolean,
  counted: CountedVariants,
): Promise<Float64Array> {
  const counts: number[] = [];
  for (const prefix of prefixes) {
    let sums: number[] | undefined;
    for (const single of await ldScorePrefixes(prefix, perChromosome)) {
      const path = `${single}.l2.${counted}`;
      const numbers = await readCounts(path, counted);
      if (sums && sums.length !== numbers.length) {
        throw new HeredityError('mismatch', `the file has ${plural(numbers.length, 'number')}`, {
          file: path,
          expected: `${sums.length}, as the other chromosomes`,
        });
      }
      sums = numbers.map((number, c) => number + (sums?.[c] ?? 0));
    }
    for (const sum of sums!) counts.push(sum);
  }
  return Float64Array.from(counts);
}

export interface LdScoreRows {
  readonly chromosome: readonly string[];
  readonly id: readonly string[];
  readonly position: Int32Array;
}

/**
 * Writes LD scores as LDSC does: CHR SNP BP and the scores with three decimals; gzip where the name ends in .gz.
 * @param variants indices in `table`, a row each. @param scores variants x columns, row-major.
 */
export async function writeLdScores(
  path: string,
  table: LdScoreRows,
  variants: ArrayLike<number>,
  columns: readonly string[],
  scores: Float64Array,
): Promise<void> {
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file).text(['CHR', 'SNP', 'BP', ...columns].join('\t')).endLine();
  for (let k = 0; k < variants.length; k++) {
    const v = variants[k]!;
    rows.text(table.chromosome[v]!).text('\t').text(table.id[v]!).text('\t').integer(table.position[v]!);
    for (let c = 0; c < columns.length; c++) rows.text('\t').decimals(scores[k * columns.length + c]!, 3);
    rows.endLine();
    if (rows.full) await rows.flush();
  }
  await rows.flush();
  await file.finish();
}

/** Writes a `.l2.M` or `.l2.M_5_50` file. */
export async function writeVariantCounts(path: string, counts: ArrayLike<number>): Promise<void> {
  await writeOutput(path, `${Array.from(counts, String).join('\t')}\n`);
}

async function readPrefix(prefix: string, perChromosome: boolean): Promise<LdScoreTable> {
  const ids = new IdTable();
  const chromosome: string[] = [];
  const position = growingInt32();
  const scores = growingFloat64();
  const files: string[] = [];
  let columns: string[] | undefined;
  let duplicates = 0;
  for (const single of await ldScorePrefixes(prefix, perChromosome)) {
    const path = (await scoreFile(single)) ?? `${single}${ENDINGS[0]}`;
    await statInput(path);
    files.push(path);
    let fields: Record<keyof typeof COLUMNS, number> | undefined;
    let scoreFields: number[] = [];
    let width = 0;
    await readLines(path, (line) => {
      if (fields === undefined) {
        fields = findColumns(line, COLUMNS, [], 'give LD scores in the format of LDSC');
        scoreFields = scoreFieldsOf(line);
        width = line.fields;
        const names = scoreFields.map((field) => line.text(field));
        columns ??= names;
        checkSameColumns(line, names, columns);
        return;
      }
      if (line.fields !== width) {
        throw line.error(undefined, `the line has ${plural(line.fields, 'field')}`, {
          expected: `${width}, as in the header`,
        });
      }
      if (line.addTo(ids, fields.id) >= 0) {
        duplicates++;
        return;
      }
      chromosome.push(line.symbol(fields.chromosome));
      position.push(readPosition(line, fields.position));
      for (let c = 0; c < scoreFields.length; c++) scores.push(readScore(line, scoreFields[c]!));
    });
    if (fields === undefined || ids.count === 0)
      throw new HeredityError('bad-input', 'there are no LD scores below the header', { file: path });
  }
  return sorted({
    count: ids.count,
    ids,
    chromosome,
    position: position.toArray(),
    columns: columns!,
    scores: scores.toArray(),
    duplicates,
    files,
  });
}

function scoreFieldsOf(header: Line): number[] {
  const named = new Set<string>(Object.values(COLUMNS).flat());
  const fields: number[] = [];
  for (let field = 0; field < header.fields; field++) {
    const name = header.text(field).toUpperCase();
    if (!named.has(name) && !NO_SCORES.has(name)) fields.push(field);
  }
  if (fields.length > 0) return fields;
  throw header.error(undefined, 'the header names no LD score', { expected: 'a column L2, or several' });
}

function checkSameColumns(header: Line, names: readonly string[], columns: readonly string[]): void {
  if (names.length === columns.length && names.every((name, c) => name === columns[c])) return;
  throw header.error(undefined, 'the LD scores differ from those of the chromosomes before', {
    expected: columns.slice(0, 20).join(', '),
  });
}

function readPosition(line: Line, field: number): number {
  const position = line.numeric(field);
  if (Number.isInteger(position) && Math.abs(position) < 2 ** 31) return position;
  throw line.error(field, 'the position is not a whole number', { expected: 'base pairs' });
}

function readScore(line: Line, field: number): number {
  const score = line.numeric(field);
  if (Number.isFinite(score)) return score;
  throw line.error(field, 'the LD score is not a number', {
    fix: 'leave the variant out, or compute it again',
  });
}

/** The same rows by chromosome (numbers before names) and position; rows of one position stay in order. */
function sorted(table: LdScoreTable): LdScoreTable {
  const { count, chromosome, position } = table;
  const compare = (a: number, b: number) =>
    compareChromosomes(chromosome[a]!, chromosome[b]!) || position[a]! - position[b]!;
  let isSorted = true;
  for (let i = 1; i < count && isSorted; i++) isSorted = compare(i - 1, i) <= 0;
  if (isSorted) return table;
  return withRows(
    table,
    Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => compare(a, b) || a - b),
  );
}

function compareChromosomes(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return Number.isNaN(x) ? (a < b ? -1 : 1) : x - y;
}

function withRows(table: LdScoreTable, rows: Int32Array): LdScoreTable {
  const { ids, chromosome, position, scores, columns } = table;
  const width = columns.length;
  const ordered = new IdTable();
  const orderedScores = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const id = ids.bytes(rows[i]!);
    ordered.addBytes(id, 0, id.length);
    orderedScores.set(scores.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  }
  return {
    ...table,
    count: rows.length,
    ids: ordered,
    chromosome: Array.from(rows, (row) => chromosome[row]!),
    position: rows.map((row) => position[row]!),
    scores: orderedScores,
  };
}

function sideBySide(tables: readonly LdScoreTable[]): LdScoreTable {
  const first = tables[0]!;
  const width = tables.reduce((sum, { columns }) => sum + columns.length, 0);
  const scores = new Float64Array(first.count * width);
  let at = 0;
  for (const table of tables) {
    const own = table.columns.length;
    for (let i = 0; i < first.count; i++) {
      const row = table.ids.indexIn(first.ids, i);
      if (row < 0 || table.count !== first.count) throw differentVariants(first, table, i, row);
      for (let c = 0; c < own; c++) scores[i * width + at + c] = table.scores[row * own + c]!;
    }
    at += own;
  }
  return {
    ...first,
    columns: tables.flatMap(({ columns }, t) => columns.map((name) => `${name}_${t}`)),
    scores,
    duplicates: tables.reduce((sum, { duplicates }) => sum + duplicates, 0),
    files: tables.flatMap(({ files }) => files),
  };
}

function differentVariants(first: LdScoreTable, other: LdScoreTable, i: number, row: number): HeredityError {
  const problem =
    row < 0
      ? `LD scores of ${first.ids.text(i)} are in ${first.files[0]} and not here`
      : 'the number of variants differs';
  return new HeredityError('mismatch', problem, {
    file: other.files[0]!,
    value: other.count,
    expected: `the ${first.count} variants of ${first.files[0]}`,
    fix: 'compute all LD scores for the same variants, such as with --print-snps',
  });
}

async function readCounts(path: string, counted: CountedVariants): Promise<number[]> {
  const present = await stat(path).catch(() => undefined);
  if (!present) {
    const other = counted === 'M' ? 'M_5_50' : 'M';
    const hasOther = await stat(path.replace(/M(_5_50)?$/, other)).catch(() => undefined);
    if (hasOther) {
      throw new HeredityError('bad-input', `the file does not exist, and .l2.${other} does`, {
        file: path,
        fix: counted === 'M' ? 'leave --not-M-5-50 out' : 'pass --not-M-5-50, or give the number with --M',
      });
    }
  }
  const numbers: number[] = [];
  await readLines(path, (line) => {
    if (numbers.length > 0)
      throw line.error(undefined, 'there is a second line', { expected: 'one line of numbers' });
    for (let field = 0; field < line.fields; field++) {
      const number = line.numeric(field);
      if (!Number.isFinite(number)) throw line.error(field, 'the number of variants is not a number');
      numbers.push(number);
    }
  });
  if (numbers.length === 0) throw new HeredityError('bad-input', 'the file has no numbers', { file: path });
  return numbers;
}

/** The file of a prefix that is there. */
async function scoreFile(prefix: string): Promise<string | undefined> {
  for (const ending of ENDINGS) {
    if (await stat(`${prefix}${ending}`).catch(() => undefined)) return `${prefix}${ending}`;
  }
  return undefined;
}

const withoutEnd = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, -end.length) : text;
