import { HeredityError } from '../errors.js';
import { COLUMN_NAMES } from '../formats/gwas/column-names.js';
import { type ColumnReading, listOf, notRead } from '../formats/gwas/columns.js';
import type { GwasTable } from '../formats/gwas/table.js';
import { numbersOf } from '../formats/gwas/values.js';
import { median } from '../linalg/median.js';
import type { PlanOptions } from './plan.js';

/** Where the sample size of a variant comes from. */
export type SampleSizeSource =
  | { readonly from: 'constant'; readonly value: number }
  /** `factor` is 2 for a column that holds half of it. */
  | { readonly from: 'column'; readonly column: number; readonly factor: number }
  | { readonly from: 'cases and controls'; readonly cases: number; readonly controls: number };

export interface SampleSizePlan {
  readonly source: SampleSizeSource;
  /** `effective`: that of a study with as many cases as controls which is as informative, 4 / (1 / cases + 1 / controls). */
  readonly kind: 'total' | 'effective';
  /** Cases in all people, where that is known before the rows are read. */
  readonly caseFraction?: number;
}

interface Words {
  readonly notes: string[];
  readonly warnings: string[];
}

/** Half an effective sample size, summed over studies of unequal balance, is somewhat below half of that of all people. */
const HALF = { least: 0.4, most: 0.525 };
/** An effective sample size summed over studies is at most that of all people together; rounding may add. */
const MOST_RATIO = 1.05;
/** Below it the sum over studies is far from that of all people: possible, but worth a word. */
const LEAST_RATIO = 0.7;

/**
 * Decides where N comes from. Numbers of cases and controls have priority over N as in LDSC, unless a flag names N; an
 * effective size has its own column with --neff, and where there is nothing else. Columns that say the same are compared.
 * @throws HeredityError `bad-input` where there is none, with the flags that give it.
 */
export function planSampleSize(
  table: GwasTable,
  reading: ColumnReading,
  options: PlanOptions,
  words: Words,
): SampleSizePlan {
  const { columns, people: fromNames, named } = reading;
  const { n, nCases, nControls } = columns;
  const { effective = false, cases, controls } = options;
  const { notes } = words;
  if (options.n !== undefined) {
    if (n !== undefined) notes.push(`--N has priority over the column ${table.names[n]}`);
    return { source: { from: 'constant', value: options.n }, kind: effective ? 'effective' : 'total' };
  }
  if (cases !== undefined && controls !== undefined) return ofPeople(cases, controls, effective);
  const people = fromNames ?? table.people;
  if (options.peopleFromHeader) {
    if (people === undefined) {
      throw new HeredityError('bad-input', 'the header does not tell the numbers of cases and controls', {
        file: table.file,
        expected: 'columns called FRQ_A_<cases> and FRQ_U_<controls>, as in PGC daner files',
        fix: 'leave out --daner, and give --N-cas and --N-con',
      });
    }
    return ofPeople(people.cases, people.controls, effective);
  }
  const hasEffective = columns.nEffective !== undefined || columns.nEffectiveHalf !== undefined;
  if (hasEffective && (effective || named.has('nEffective') || named.has('nEffectiveHalf')))
    return ofEffective(table, reading, people, words);
  if (n !== undefined && named.has('n') && !effective)
    return { source: { from: 'column', column: n, factor: 1 }, kind: 'total' };
  if (nCases !== undefined && nControls !== undefined) {
    if (n !== undefined) compareTotal(table, n, nCases, nControls, words);
    const source = { from: 'cases and controls', cases: nCases, controls: nControls } as const;
    return { source, kind: effective ? 'effective' : 'total' };
  }
  if (n !== undefined) {
    if (effective) {
      throw new HeredityError('bad-input', 'the effective sample size cannot be found', {
        file: table.file,
        expected: `columns of cases and controls, or one of ${COLUMN_NAMES.nEffective.slice(0, 5).join(', ')}`,
        fix: 'name them with --N-cas-col and --N-con-col, or give --N-cas and --N-con',
      });
    }
    return { source: { from: 'column', column: n, factor: 1 }, kind: 'total' };
  }
  if (hasEffective) {
    const plan = ofEffective(table, reading, people, words);
    notes.push(`there is no other sample size: N is the effective one, from ${nameOf(table, plan)}`);
    return plan;
  }
  if (people !== undefined) {
    notes.push(`${people.cases} cases and ${people.controls} controls are taken from the head of the file`);
    return ofPeople(people.cases, people.controls, effective);
  }
  const sizes = ['n', 'nCases', 'nControls', 'nEffective', 'nEffectiveHalf'] as const;
  throw new HeredityError('bad-input', `there is no sample size${notRead(table, reading, sizes)}`, {
    file: table.file,
    expected: `a column such as N, or N_CAS and N_CON; the file has ${listOf(table.names)}`,
    fix: 'give --N (or --N-cas and --N-con), or name the column with --N-col',
  });
}

function nameOf(table: GwasTable, { source }: SampleSizePlan): string {
  return source.from === 'column' ? table.names[source.column] : 'cases and controls';
}

function ofPeople(cases: number, controls: number, effective: boolean): SampleSizePlan {
  const value = effective ? effectiveSampleSize(cases, controls) : cases + controls;
  return {
    source: { from: 'constant', value },
    kind: effective ? 'effective' : 'total',
    caseFraction: cases / (cases + controls),
  };
}

/** Size of a study with as many cases as controls that tells as much: 4 / (1 / cases + 1 / controls). */
export function effectiveSampleSize(cases: number, controls: number): number {
  return 4 / (1 / cases + 1 / controls);
}

/** N beside the numbers of cases and controls, of which it is the sum. */
function compareTotal(
  table: GwasTable,
  n: number,
  cases: number,
  controls: number,
  { warnings }: Words,
): void {
  const [stated, sum] = [middle(table, n), middle(table, cases) + middle(table, controls)];
  const ratio = stated / sum;
  if (!(ratio < 0.95 || ratio > MOST_RATIO)) return;
  const names = `${table.names[cases]} + ${table.names[controls]}`;
  warnings.push(
    `${table.names[n]} is ${round(stated)} where ${names} is ${round(sum)}: the latter is taken (--N-col ${table.names[n]} takes the other)`,
  );
}

/**
 * The effective sample size by its column, compared with the one of the numbers of cases and controls: a half of it is
 * doubled, whatever its name, and one that is larger than possible gives way.
 */
function ofEffective(
  table: GwasTable,
  { columns, named }: ColumnReading,
  people: { readonly cases: number; readonly controls: number } | undefined,
  { warnings }: Words,
): SampleSizePlan {
  const { nEffective, nEffectiveHalf, nCases, nControls } = columns;
  const isWhole = nEffective !== undefined && !(named.has('nEffectiveHalf') && !named.has('nEffective'));
  const column = isWhole ? nEffective : nEffectiveHalf!;
  const factor = isWhole ? 1 : 2;
  const plan = (factor: number): SampleSizePlan => ({
    source: { from: 'column', column, factor },
    kind: 'effective',
  });
  const byColumns = nCases !== undefined && nControls !== undefined;
  const [cases, controls] = byColumns
    ? [middle(table, nCases), middle(table, nControls)]
    : [people?.cases ?? Number.NaN, people?.controls ?? Number.NaN];
  const expected = effectiveSampleSize(cases, controls);
  const stated = middle(table, column);
  const ratio = (factor * stated) / expected;
  const name = table.names[column];
  const both = `${name} is ${round(stated)} where ${round(cases)} cases and ${round(controls)} controls make an effective sample size of ${round(expected)}`;
  if (!Number.isFinite(ratio)) return plan(factor);
  if (factor === 1 && ratio >= HALF.least && ratio <= HALF.most) {
    warnings.push(`${both}: it is half of it, and doubled to ${round(2 * stated)}`);
    return plan(2);
  }
  if (factor === 2 && ratio > MOST_RATIO && ratio / 2 <= MOST_RATIO) {
    warnings.push(`${both}: it is no half of it, and not doubled`);
    return plan(1);
  }
  if (ratio > MOST_RATIO) {
    warnings.push(`${both}, which is the most there can be: the latter is taken`);
    if (!byColumns) return ofPeople(cases, controls, true);
    return { source: { from: 'cases and controls', cases: nCases, controls: nControls }, kind: 'effective' };
  }
  if (ratio < LEAST_RATIO) {
    warnings.push(
      `${both}: the column is taken${factor === 2 ? ' twice' : ''}, as a sum over studies may be so much smaller; --ignore ${name} takes the other`,
    );
  }
  return plan(factor);
}

function middle(table: GwasTable, column: number): number {
  return median(Float64Array.from(numbersOf(table, column)));
}

function round(value: number): string {
  return String(Number(value.toPrecision(5)));
}
