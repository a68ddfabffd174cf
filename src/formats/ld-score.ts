import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { findColumns } from './columns.js';
import { growingFloat64, growingInt32 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { statInput } from './input.js';
import { OutputFile, writeOutput } from './output.js';
import { type PackedTable, type Packing, throughPacked } from './packed-table.js';
import { type ChromosomeFiles, findChromosomeFiles, firstFile, nearPrefixes } from './per-chromosome.js';
import { expectedRows, SharedTexts } from './plain-rows.js';
import { RowWriter } from './row-writer.js';
import { headerNames, isComment, readTable } from './table.js';
import { type Line, plural, readLines } from './text.js';
import { TextRuns } from './text-runs.js';

/** LD scores of LDSC's files, in the order of chromosomes and positions (METHODS 4.2). */
export interface LdScoreTable {
  readonly count: number;
  readonly ids: IdTable;
  readonly chromosome: TextRuns;
  /** Names of the scores as in the header (`L2`, `baseL2`), with `_0`, `_1` and so on where there are several prefixes. */
  readonly columns: readonly string[];
  /** count x columns, row-major. */
  readonly scores: Float64Array;
  /** Minor allele frequencies of the column MAF, NaN where it has none; undefined where a file lacks the column. */
  readonly frequency: Float64Array | undefined;
  /** Rows that name a variant again, which are left out. */
  readonly duplicates: number;
  /** Rows without an ID (`.` or NA), which are left out. */
  readonly withoutId: number;
  /** The files read. */
  readonly files: readonly string[];
  /** What each prefix of files by chromosome found; empty for single files. */
  readonly byChromosome: readonly ChromosomeFiles[];
}

/** Which variants were counted: all, or those with a minor allele frequency above .05. */
export type CountedVariants = 'M' | 'M_5_50';

const COLUMNS = {
  chromosome: ['CHR', 'CHROM'],
  id: ['SNP'],
  position: ['BP', 'POS'],
  frequency: ['MAF'],
} as const;
const OPTIONAL = ['frequency'] as const;

/** Columns that are no LD scores besides those named above; alleles are known by their values, too. */
const NO_SCORES = new Set(['CM', 'A1', 'A2', 'REF', 'ALT', 'ALLELE1', 'ALLELE2', 'ALLELE0']);
const ALLELE = /^[ACGT]+$/i;

const ENDINGS = ['.l2.ldscore.gz', '.l2.ldscore'];

/** Files of LD scores by what they belong to. */
export interface LdScoreFile {
  /** Undefined for a single file of all. */
  readonly chromosome: string | undefined;
  /** What `.l2.M` and `.annot` are appended to. */
  readonly stem: string;
  readonly path: string;
}

/**
 * The files that a prefix stands for: one, whose name may be given in full; or those of the autosomes that have scores, the
 * number put in place of `@` or at the end (`scores/` stands for `scores/1.l2.ldscore.gz` and so on).
 * @throws HeredityError `bad-input` where there is none by chromosome, with the prefix that was perhaps meant.
 */
export async function ldScoreFiles(
  prefix: string,
  perChromosome: boolean,
): Promise<{ readonly files: readonly LdScoreFile[]; readonly found: ChromosomeFiles | undefined }> {
  if (perChromosome) {
    const found = await findChromosomeFiles(prefix, ENDINGS, 'LD scores');
    return { files: found.files, found };
  }
  const stem = ENDINGS.reduce((name, ending) => withoutEnd(name, ending), prefix);
  const path = await firstFile(stem, ENDINGS);
  if (path === undefined) {
    const near = await nearPrefixes(stem, ENDINGS);
    if (near.length === 0) await statInput(`${stem}${ENDINGS[0]}`); // says what is there in its place
    throw new HeredityError('bad-input', 'the file does not exist', {
      file: `${stem}${ENDINGS[0]}`,
      fix: `files by chromosome are there: give ${near[0]} with the flag that ends in -chr`,
    });
  }
  return { files: [{ chromosome: undefined, stem, path }], found: undefined };
}

/**
 * Reads LD scores. Columns of several prefixes are put side by side, matched by variant. Rows are sorted by chromosome and
 * position where they are not yet, as blocks of the jackknife have to be neighbours.
 *
 * @param perChromosome whether each prefix stands for a file a chromosome ({@link ldScoreFiles}).
 * @param packing given where large files may be read in the form that an earlier run made of them.
 * @throws HeredityError `bad-input` for missing files and columns, and with the line for what is not a number; `mismatch`
 *   where two prefixes do not have the same variants.
 */
export async function readLdScores(
  prefixes: readonly string[],
  perChromosome = false,
  packing?: Packing,
): Promise<LdScoreTable> {
  const tables: LdScoreTable[] = [];
  for (const prefix of prefixes) tables.push(await readPrefix(prefix, perChromosome, packing));
  return tables.length === 1 ? tables[0] : sideBySide(tables);
}

/** How many LD scores a SNP has, by the numbers of variants beside the first file of each prefix. @throws as {@link readVariantCounts}. */
export async function countScores(
  prefixes: readonly string[],
  perChromosome: boolean,
  counted: CountedVariants,
): Promise<number> {
  let count = 0;
  for (const prefix of prefixes) {
    const { files } = await ldScoreFiles(prefix, perChromosome);
    count += (await readCounts(`${files[0].stem}.l2.${counted}`, counted)).length;
  }
  return count;
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
    const { files } = await ldScoreFiles(prefix, perChromosome);
    for (const { stem } of files) {
      const path = `${stem}.l2.${counted}`;
      const numbers = await readCounts(path, counted);
      if (sums && sums.length !== numbers.length) {
        throw new HeredityError('mismatch', `the file has ${plural(numbers.length, 'number')}`, {
          file: path,
          expected: `${sums.length}, as the other chromosomes`,
        });
      }
      sums = numbers.map((number, c) => number + (sums?.[c] ?? 0));
    }
    for (const sum of sums ?? []) counts.push(sum);
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
    const v = variants[k];
    rows.text(table.chromosome[v]).text('\t').text(table.id[v]).text('\t').integer(table.position[v]);
    for (let c = 0; c < columns.length; c++) rows.text('\t').decimals(scores[k * columns.length + c], 3);
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

/** A table apart from the files that it was read from. */
type LdScoreRowsRead = Omit<LdScoreTable, 'files' | 'byChromosome'>;

async function readPrefix(
  prefix: string,
  perChromosome: boolean,
  packing: Packing | undefined,
): Promise<LdScoreTable> {
  const { files, found } = await ldScoreFiles(prefix, perChromosome);
  const paths = files.map(({ path }) => path);
  const what = { name: 'ld-scores', words: `LD scores (${prefix})` };
  const rows = await throughPacked(what, paths, packing, () => readFiles(paths), { pack, unpack });
  return { ...rows, files: paths, byChromosome: found === undefined ? [] : [found] };
}

function pack({ ids, chromosome, scores, frequency, ...facts }: LdScoreRowsRead): PackedTable {
  const runs = Array.from(chromosome.runs(), ({ text, from, to }) => [text, to - from]);
  const arrays = { ...ids.packed(), scores, ...(frequency && { frequency }) };
  return { facts: { ...facts, runs }, arrays };
}

function unpack({ facts, arrays }: PackedTable): LdScoreRowsRead {
  const { runs, ...others } = facts as Pick<
    LdScoreRowsRead,
    'count' | 'columns' | 'duplicates' | 'withoutId'
  > & {
    readonly runs: readonly (readonly [text: string, rows: number])[];
  };
  const { bytes, ends, scores, frequency } = arrays as Record<string, never>;
  const chromosome = new TextRuns();
  for (const [text, rows] of runs) chromosome.push(text, rows);
  return {
    ...others,
    ids: IdTable.fromPacked({ bytes, ends }),
    chromosome,
    scores,
    frequency,
  };
}

async function readFiles(files: readonly string[]): Promise<LdScoreRowsRead> {
  const ids = new IdTable();
  const chromosome = new TextRuns();
  const labels = new SharedTexts();
  const position = growingInt32();
  const scores = growingFloat64();
  const frequency = growingFloat64();
  let columns: readonly string[] | undefined;
  let [duplicates, withoutId] = [0, 0];
  for (const [f, path] of files.entries()) {
    let fields = { chromosome: -1, id: -1, position: -1, frequency: -1 };
    let candidates: readonly ScoreField[] = [];
    let scoreFields: readonly number[] = [];
    const rows = await readTable(path, {
      required: [COLUMNS.chromosome, COLUMNS.id, COLUMNS.position],
      onHeader: (header) => {
        fields = findColumns(header, COLUMNS, OPTIONAL, 'give LD scores in the format of LDSC');
        candidates = scoreFieldsOf(header);
        scoreFields = [];
      },
      onRow: (line) => {
        if (scoreFields.length === 0) {
          const chosen = withoutAlleles(line, candidates);
          const names = chosen.map(({ name }) => name);
          columns ??= names;
          checkSameColumns(line, names, columns);
          scoreFields = chosen.map(({ field }) => field);
        }
        if (line.isNotAvailable(fields.id)) {
          withoutId++;
          return;
        }
        if (line.addTo(ids, fields.id) >= 0) {
          duplicates++;
          return;
        }
        chromosome.push(line.symbol(fields.chromosome));
        position.push(readPosition(line, fields.position));
        if (fields.frequency >= 0) frequency.push(line.numeric(fields.frequency));
        for (let c = 0; c < scoreFields.length; c++) scores.push(readScore(line, scoreFields[c]));
      },
      plainColumns: () =>
        scoreFields.length === 0
          ? undefined
          : {
              numbers: [fields.position, fields.frequency, ...scoreFields].filter((field) => field >= 0),
              texts: [fields.chromosome, fields.id],
            },
      onPlainRows: (rows) => {
        const positions = rows.numbers(fields.position);
        let good = 0;
        while (good < rows.count && isPosition(positions[good])) good++;
        const share = rows.share === 0 ? 0 : (f + rows.share) / files.length;
        const expected = expectedRows(ids.count + good, share);
        const taken = ids.addRows(rows, fields.id, good, expected);
        labels.addRunsTo(chromosome, rows.bytes, rows.spans(fields.chromosome), taken);
        position.append(positions, taken, expected);
        if (fields.frequency >= 0) frequency.append(rows.numbers(fields.frequency), taken, expected);
        const own = rowMajor(
          scoreFields.map((field) => rows.numbers(field)),
          taken,
        );
        scores.append(own, own.length, expected * scoreFields.length);
        return taken;
      },
    });
    if (rows === 0)
      throw new HeredityError('bad-input', 'there are no LD scores below the header', { file: path });
  }
  if (ids.count === 0)
    throw new HeredityError('bad-input', 'no LD score has the ID of a variant', {
      file: files[0],
      fix: 'put IDs in the column SNP: statistics are matched by them',
    });
  const table = {
    count: ids.count,
    ids,
    chromosome,
    columns: columns ?? [],
    scores: scores.toArray(),
    frequency: frequency.length === ids.count ? frequency.toArray() : undefined,
    duplicates,
    withoutId,
  };
  return sorted(table, position.toArray());
}

interface ScoreField {
  readonly name: string;
  readonly field: number;
}

function scoreFieldsOf(header: Line): ScoreField[] {
  const named = new Set<string>(Object.values(COLUMNS).flat());
  const fields = headerNames(header).flatMap((name, field) => {
    const upper = name.toUpperCase();
    return named.has(upper) || NO_SCORES.has(upper) ? [] : [{ name, field }];
  });
  if (fields.length > 0) return fields;
  throw header.error(undefined, 'the header names no LD score', { expected: 'a column L2, or several' });
}

/** The columns that do not hold alleles in the first row. */
function withoutAlleles(line: Line, candidates: readonly ScoreField[]): readonly ScoreField[] {
  const isAllele = ({ field }: ScoreField) => ALLELE.test(line.text(field)) && !line.isNotAvailable(field);
  const scores = candidates.filter((candidate) => !isAllele(candidate));
  return scores.length > 0 ? scores : candidates;
}

function checkSameColumns(line: Line, names: readonly string[], columns: readonly string[]): void {
  if (names.length === columns.length && names.every((name, c) => name === columns[c])) return;
  throw line.error(undefined, 'the LD scores differ from those of the chromosomes before', {
    expected: `the columns ${columns.slice(0, 20).join(', ')}`,
  });
}

function readPosition(line: Line, field: number): number {
  const position = line.numeric(field);
  if (isPosition(position)) return position;
  throw line.error(field, 'the position is not a whole number', { expected: 'base pairs' });
}

const isPosition = (position: number): boolean => Number.isInteger(position) && Math.abs(position) < 2 ** 31;

/** The first `count` numbers of each column, row by row. */
function rowMajor(columns: readonly Float64Array[], count: number): Float64Array {
  if (columns.length === 1) return columns[0].subarray(0, count);
  const rows = new Float64Array(columns.length * count);
  for (const [c, column] of columns.entries())
    for (let row = 0; row < count; row++) rows[row * columns.length + c] = column[row];
  return rows;
}

function readScore(line: Line, field: number): number {
  const score = line.numeric(field);
  if (Number.isFinite(score)) return score;
  throw line.error(field, 'the LD score is not a number', {
    fix: 'leave the variant out, or compute it again',
  });
}

/** The same rows by chromosome (numbers before names) and position; rows of one position stay in order. */
function sorted(table: LdScoreRowsRead, position: Int32Array): LdScoreRowsRead {
  const { count, chromosome } = table;
  if (isInOrder(chromosome, position)) return table;
  const label = chromosome.texts();
  const compare = (a: number, b: number) =>
    compareChromosomes(label[a], label[b]) || position[a] - position[b] || a - b;
  return withRows(table, Int32Array.from({ length: count }, (_, i) => i).sort(compare), label);
}

function isInOrder(chromosome: TextRuns, position: Int32Array): boolean {
  let last: string | undefined;
  for (const { text, from, to } of chromosome.runs()) {
    if (last !== undefined && compareChromosomes(last, text) >= 0) return false;
    if (!ascends(position, from, to)) return false;
    last = text;
  }
  return true;
}

function ascends(position: Int32Array, from: number, to: number): boolean {
  for (let row = from + 1; row < to; row++) if (position[row] < position[row - 1]) return false;
  return true;
}

function compareChromosomes(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return Number.isNaN(x) ? (a < b ? -1 : 1) : x - y;
}

function withRows(table: LdScoreRowsRead, rows: Int32Array, label: readonly string[]): LdScoreRowsRead {
  const { ids, scores, columns, frequency } = table;
  const width = columns.length;
  const ordered = new IdTable();
  const orderedScores = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const id = ids.bytes(rows[i]);
    ordered.addBytes(id, 0, id.length);
    orderedScores.set(scores.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  }
  return {
    ...table,
    count: rows.length,
    ids: ordered,
    chromosome: new TextRuns(Array.from(rows, (row) => label[row])),
    scores: orderedScores,
    frequency: frequency && Float64Array.from(rows, (row) => frequency[row]),
  };
}

function sideBySide(tables: readonly LdScoreTable[]): LdScoreTable {
  const first = tables[0];
  const width = tables.reduce((sum, { columns }) => sum + columns.length, 0);
  const scores = new Float64Array(first.count * width);
  let at = 0;
  for (const table of tables) {
    const own = table.columns.length;
    for (let i = 0; i < first.count; i++) {
      const row = table.ids.indexIn(first.ids, i);
      if (row < 0 || table.count !== first.count) throw differentVariants(first, table, i, row);
      for (let c = 0; c < own; c++) scores[i * width + at + c] = table.scores[row * own + c];
    }
    at += own;
  }
  return {
    ...first,
    columns: tables.flatMap(({ columns }, t) => columns.map((name) => `${name}_${t}`)),
    scores,
    duplicates: tables.reduce((sum, { duplicates }) => sum + duplicates, 0),
    withoutId: tables.reduce((sum, { withoutId }) => sum + withoutId, 0),
    byChromosome: tables.flatMap(({ byChromosome }) => byChromosome),
    files: tables.flatMap(({ files }) => files),
  };
}

function differentVariants(first: LdScoreTable, other: LdScoreTable, i: number, row: number): HeredityError {
  const problem =
    row < 0
      ? `LD scores of ${first.ids.text(i)} are in ${first.files[0]} and not here`
      : 'the number of variants differs';
  return new HeredityError('mismatch', problem, {
    file: other.files[0],
    value: other.count,
    expected: `the ${first.count} variants of ${first.files[0]}`,
    fix: 'compute all LD scores for the same variants, such as with --print-snps',
  });
}

async function readCounts(path: string, counted: CountedVariants): Promise<number[]> {
  if (!host().files.exists(path)) {
    const other = counted === 'M' ? 'M_5_50' : 'M';
    if (host().files.exists(path.replace(/M(_5_50)?$/, other))) {
      throw new HeredityError('bad-input', `the file does not exist, and .l2.${other} does`, {
        file: path,
        fix: counted === 'M' ? 'leave --not-M-5-50 out' : 'pass --not-M-5-50, or give the number with --M',
      });
    }
  }
  const numbers: number[] = [];
  await readLines(path, (line) => {
    if (numbers.length === 0 && isComment(line)) return;
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

const withoutEnd = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, -end.length) : text;
