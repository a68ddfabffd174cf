import { HeredityError } from '../errors.js';
import { normalQuantile } from '../linalg/distributions.js';
import { findColumns } from './columns.js';
import { growingFloat64 } from './growing-array.js';
import { IdTable } from './id-table.js';
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
  let values: readonly number[] = [];
  let statisticOf: (line: Line) => number = () => Number.NaN;
  await readTable(
    path,
    {
      required: REQUIRED.map((key) => COLUMNS[key]),
      onHeader: (header) => {
        columns = readHeader(header);
        const source = statisticSource(header, columns);
        statisticOf = source.read;
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
        statistics.push(statisticOf(line));
        n.push(readPositive(line, columns.n, 'the sample size'));
      },
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

/** What the squared statistic is read from, and the fields that takes. */
function statisticSource(
  header: Line,
  { z, beta, se, statistic, p }: Record<Column, number>,
): { fields: readonly number[]; read: (line: Line) => number } {
  if (z >= 0) return { fields: [z], read: (line) => readNumber(line, z, 'the Z score') ** 2 };
  if (beta >= 0 && se >= 0) {
    return {
      fields: [beta, se],
      read: (line) =>
        (readNumber(line, beta, 'the effect') / readPositive(line, se, 'the standard error')) ** 2,
    };
  }
  if (statistic >= 0) {
    return {
      fields: [statistic],
      read: (line) => {
        const value = readNumber(line, statistic, 'the test statistic');
        if (value >= 0) return value;
        throw line.error(statistic, 'a chi-square statistic is below 0', {
          fix: 'name the column Z where it holds z scores',
        });
      },
    };
  }
  if (p >= 0) {
    return {
      fields: [p],
      read: (line) => {
        const value = readNumber(line, p, 'the P value');
        if (value > 0 && value <= 1) return normalQuantile(value / 2) ** 2;
        throw line.error(p, 'this is not a P value', { expected: 'a number above 0 and up to 1' });
      },
    };
  }
  throw header.error(undefined, 'the header has no test statistic', {
    expected: 'one of Z; BETA and SE; Stat; P',
  });
}

function otherAllele(line: Line, { allele2, ref, alt }: Record<Column, number>, a1: string): string {
  if (allele2 >= 0) return line.symbol(allele2).toUpperCase();
  const [a, b] = [line.symbol(ref).toUpperCase(), line.symbol(alt).toUpperCase()];
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
