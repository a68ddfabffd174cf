import { HeredityError } from '../errors.js';
import { normalQuantile } from '../linalg/distributions.js';
import { findColumns } from './columns.js';
import { growingFloat64 } from './growing-array.js';
import { IdTable } from './id-table.js';
import { expectedRows, type PlainRows, SharedTexts } from './plain-rows.js';
import { readTable } from './table.js';
import { type Line, plural } from './text.js';

/** Squared test statistics of one trait, a column an array. */
export interface TestStatistics {
  readonly path: string;
  readonly count: number;
  readonly ids: IdTable;
  /** Upper case, as the next. */
  readonly allele1: readonly string[];
  readonly allele2: readonly string[];
  /** Squared z or t statistic, chi-square with one degree of freedom where there is no effect. */
  readonly statistics: Float64Array;
  readonly n: Float64Array;
  /** Rows of the file that lack a value, and so are not here. */
  readonly skipped: number;
}

const COLUMNS = {
  id: ['Predictor', 'SNP', 'ID'],
  allele1: ['A1'],
  allele2: ['A2'],
  ref: ['REF'],
  alt: ['ALT'],
  n: ['n', 'OBS_CT', 'NMISS'],
  z: ['Z', 'T_STAT'],
  beta: ['BETA', 'Effect'],
  se: ['SE', 'SD'],
  statistic: ['Stat'],
  p: ['P'],
  test: ['TEST'],
} as const;
type Column = keyof typeof COLUMNS;
const REQUIRED: readonly Column[] = ['id', 'allele1', 'n'];

/**
 * Reads test statistics: LDAK's .summaries (Predictor A1 A2 n and one of Z; BETA and SE; Stat; P), LDSC's .sumstats and
 * association results as plink2 and heredity assoc write them. Plain or gzip; columns in any order among others.
 * @throws HeredityError `bad-input` for missing columns, and with the line for bad numbers and repeated variants.
 */
export async function readTestStatistics(path: string): Promise<TestStatistics> {
  const ids = new IdTable();
  const allele1: string[] = [];
  const allele2: string[] = [];
  const statistics = growingFloat64();
  const n = growingFloat64();
  let skipped = 0;
  let columns: Record<Column, number> | undefined;
  let source: StatisticSource | undefined;
  let values: readonly number[] = [];
  const letters = Array.from({ length: 3 }, () => new SharedTexts((text) => text.toUpperCase()));
  let squares = new Float64Array(0);
  /** Takes rows up to one that {@link readTable} has to show as a line, to skip it or to say what is wrong. */
  const onPlainRows = (rows: PlainRows): number => {
    const { id, allele1: a1, test, n: size } = columns!;
    const [first, second = first] = source!.fields.map((field) => rows.numbers(field));
    const sizes = rows.numbers(size);
    const most = test < 0 ? rows.count : rows.equalTo(test, 'ADD');
    let good = 0;
    while (good < most && sizes[good] > 0 && source!.isPossible(first[good], second[good])) good++;
    const expected = expectedRows(ids.count + good, rows.share);
    const taken = ids.addRows(rows, id, good, expected);
    const [own, ...others] = [a1, ...otherAlleles(columns!)].map((field, k) => {
      const spans = rows.spans(field);
      return (row: number) => letters[k].of(rows.bytes, spans[2 * row], spans[2 * row + 1]);
    });
    if (squares.length < taken) squares = new Float64Array(taken);
    for (let row = 0; row < taken; row++) {
      const allele = own(row);
      allele1.push(allele);
      const other = others[0](row);
      allele2.push(others.length === 2 && other === allele ? others[1](row) : other);
      squares[row] = source!.of(first[row], second[row]);
    }
    statistics.append(squares, taken, expected);
    n.append(sizes, taken, expected);
    return taken;
  };
  await readTable(
    path,
    {
      required: REQUIRED.map((key) => COLUMNS[key]),
      onHeader: (header) => {
        columns = readHeader(header);
        source = statisticSource(header, columns);
        values = [...source.fields, columns.n];
      },
      onRow: (line) => {
        if (columns === undefined || (columns.test >= 0 && line.text(columns.test) !== 'ADD')) return;
        if (line.isNotAvailable(columns.id) || values.some((field) => line.isNotAvailable(field))) {
          skipped++;
          return;
        }
        ids.addFromLine(line, columns.id, (id) => ({
          what: `variant ${id}`,
          fix: 'keep one row of each variant',
        }));
        const a1 = line.symbol(columns.allele1).toUpperCase();
        allele1.push(a1);
        allele2.push(otherAllele(line, columns, a1));
        statistics.push(source!.read(line));
        n.push(readPositive(line, columns.n, 'the sample size'));
      },
      plainColumns: () => ({
        numbers: [...new Set(values)],
        texts: [columns!.id, columns!.allele1, columns!.test, ...otherAlleles(columns!)].filter(
          (field) => field >= 0,
        ),
      }),
      onPlainRows,
    },
    { emptyFields: true },
  );
  if (ids.count === 0) {
    const problem = `there are no variants with a statistic and a sample size (${plural(skipped, 'row')} without)`;
    throw new HeredityError('bad-input', problem, { file: path });
  }
  return {
    path,
    count: ids.count,
    ids,
    allele1,
    allele2,
    statistics: statistics.toArray(),
    n: n.toArray(),
    skipped,
  };
}

function readHeader(line: Line): Record<Column, number> {
  const optional = (Object.keys(COLUMNS) as Column[]).filter((key) => !REQUIRED.includes(key));
  const fields = findColumns(
    line,
    COLUMNS,
    optional,
    `bring GWAS results into the format of LDSC with heredity munge --sumstats ${line.file}`,
  );
  if (fields.allele2 < 0 && (fields.ref < 0 || fields.alt < 0)) {
    throw line.error(undefined, 'the header has no column A2', { expected: 'A1 and A2, or REF, ALT and A1' });
  }
  return fields;
}

/** What the squared statistic is read from. */
interface StatisticSource {
  /** One or two. */
  readonly fields: readonly number[];
  /** Whether finite numbers of the fields give one. */
  readonly isPossible: (first: number, second: number) => boolean;
  readonly of: (first: number, second: number) => number;
  /** The statistic of a line. @throws HeredityError `bad-input` where it has none. */
  readonly read: (line: Line) => number;
}

function statisticSource(
  header: Line,
  { z, beta, se, statistic, p }: Record<Column, number>,
): StatisticSource {
  if (z >= 0) {
    const of = (value: number) => value ** 2;
    const read = (line: Line) => of(readNumber(line, z, 'the Z score'));
    return { fields: [z], isPossible: () => true, of, read };
  }
  if (beta >= 0 && se >= 0) {
    const of = (effect: number, error: number) => (effect / error) ** 2;
    const read = (line: Line) =>
      of(readNumber(line, beta, 'the effect'), readPositive(line, se, 'the standard error'));
    return { fields: [beta, se], isPossible: (_, error) => error > 0, of, read };
  }
  if (statistic >= 0) {
    const isPossible = (value: number) => value >= 0;
    const read = (line: Line) => {
      const value = readNumber(line, statistic, 'the test statistic');
      if (isPossible(value)) return value;
      throw line.error(statistic, 'a chi-square statistic is below 0', {
        fix: 'name the column Z where it holds z scores',
      });
    };
    return { fields: [statistic], isPossible, of: (value) => value, read };
  }
  if (p >= 0) {
    const isPossible = (value: number) => value > 0 && value <= 1;
    const of = (value: number) => normalQuantile(value / 2) ** 2;
    const read = (line: Line) => {
      const value = readNumber(line, p, 'the P value');
      if (isPossible(value)) return of(value);
      throw line.error(p, 'this is not a P value', { expected: 'a number above 0 and up to 1' });
    };
    return { fields: [p], isPossible, of, read };
  }
  throw header.error(undefined, 'the header has no test statistic', {
    expected: 'one of Z; BETA and SE; Stat; P',
  });
}

/** Columns of the other allele: one, or two of which it is the one that is not A1. */
function otherAlleles({ allele2, ref, alt }: Record<Column, number>): readonly number[] {
  return allele2 >= 0 ? [allele2] : [ref, alt];
}

function otherAllele(line: Line, columns: Record<Column, number>, a1: string): string {
  const [a, b = a] = otherAlleles(columns).map((field) => line.symbol(field).toUpperCase());
  return a === a1 ? b : a;
}

function readNumber(line: Line, field: number, what: string): number {
  const value = line.numeric(field);
  if (Number.isFinite(value)) return value;
  throw line.error(field, `${what} is not a number`, { expected: 'a finite number or NA' });
}

function readPositive(line: Line, field: number, what: string): number {
  const value = readNumber(line, field, what);
  if (value > 0) return value;
  throw line.error(field, `${what} is not above 0`);
}
