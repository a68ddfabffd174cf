import { formatCount } from '../estimate/number.js';
import type { CovariateColumn } from '../formats/covariate.js';
import type { NumericColumn, Trait } from '../formats/phenotype.js';
import type { ColumnRecord } from '../provenance.js';

/** Columns named in a sentence at most. */
const MOST_NAMED = 20;
/** Whole numbers of so few levels, each with so many people on average, may be codes of categories. */
const MOST_CODES = 25;
const PEOPLE_A_CODE = 4;
/** Among fewer people two or three values say nothing. */
const FEW_PEOPLE = 10;

/** A distance between values so many times as large as the range of all others is not that of a tail. */
const FAR = 3;
const PEOPLE_OF_A_RANGE = 20;

/** How each trait was read, in one line: `traits: y quantitative, cc case-control (120 cases, 153 controls)`. */
export function traitsInWords(traits: readonly Trait[]): string {
  const words = ({ name, kind, cases, controls }: Trait) =>
    kind === 'quantitative'
      ? `${name} quantitative`
      : `${name} case-control (${formatCount(cases)} cases, ${formatCount(controls)} controls)`;
  return `traits: ${named(traits, words)}`;
}

/** How traits were read, for the record. */
export function traitsForRecord(traits: readonly Trait[]): ColumnRecord[] {
  return traits.map(({ name, kind, cases, controls }) => ({
    name,
    use: 'trait',
    kind,
    ...(kind === 'case-control' && { cases, controls }),
  }));
}

/** How covariates were read, for the record. */
export function covariatesForRecord(columns: readonly CovariateColumn[]): ColumnRecord[] {
  return columns.map((column) =>
    column.kind === 'numeric'
      ? { name: column.name, use: 'covariate', kind: 'quantitative' }
      : { name: column.name, use: 'covariate', kind: 'categorical', levels: column.levels.length },
  );
}

/** How each covariate was read, in one line. */
export function covariatesInWords(columns: readonly CovariateColumn[]): string {
  const words = (column: CovariateColumn) =>
    column.kind === 'numeric'
      ? `${column.name} quantitative`
      : `${column.name} categorical (${formatCount(column.levels.length)} levels)`;
  return `covariates: ${named(columns, words)}`;
}

function named<T>(columns: readonly T[], words: (column: T) => string): string {
  const more = columns.length > MOST_NAMED ? ` and ${formatCount(columns.length - MOST_NAMED)} more` : '';
  return `${columns.slice(0, MOST_NAMED).map(words).join(', ')}${more}`;
}

/** What is to be looked at in a trait as it was read. */
export function traitWarnings(
  { name, kind, distinct, present, values }: Trait,
  { missingZeros }: Pick<NumericColumn, 'missingZeros'>,
): string[] {
  if (missingZeros > 0)
    return [
      `trait ${name} holds 0, 1 and 2 alone, PLINK's coding of cases: 2 is a case, 1 a control, and 0 missing (${formatCount(missingZeros)} people); if 0 is a value, pass --missing-code -9`,
    ];
  if (kind === 'quantitative' && distinct > 3) return farValueWarnings(`trait ${name}`, values);
  if (kind === 'case-control' || distinct < 2 || present < FEW_PEOPLE) return [];
  const found = [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
  return [
    `trait ${name} has ${distinct === 2 ? 'two' : 'three'} values (${found.join(', ')}) and was taken as a quantity: ${distinct === 2 ? 'cases are coded 1 and controls 0, or 2 and 1' : 'if one of them stands for missing, name it with --missing-code, or write NA'}`,
  ];
}

/**
 * What is to be looked at in a covariate as it was read.
 * @param rows of the people of the run. @param isKnown whether the user has said what kind it is.
 */
export function covariateWarnings(column: CovariateColumn, rows: Int32Array, isKnown: boolean): string[] {
  if (column.kind === 'categorical') return [];
  const values = Float64Array.from({ length: rows.length }, (_, k) => column.values[rows[k]]);
  return [...farValueWarnings(`covariate ${column.name}`, values), ...codeWarnings(column, rows, isKnown)];
}

function codeWarnings(column: NumericColumn, rows: Int32Array, isKnown: boolean): string[] {
  if (isKnown) return [];
  const levels = new Set<number>();
  for (const row of rows) {
    const value = column.values[row];
    if (!Number.isInteger(value)) return [];
    levels.add(value);
    if (levels.size > MOST_CODES) return [];
  }
  if (levels.size < 3 || rows.length < PEOPLE_A_CODE * levels.size) return [];
  return [
    `covariate ${column.name} holds whole numbers of ${levels.size} levels and was taken as a quantity, with one slope: if they are codes of categories, pass --catcovar ${column.name}; if they are quantities, --qcovar ${column.name}`,
  ];
}

/** The smallest or the largest value, where all others lie far from it and close together: a code for missing, or a slip. */
export function farValueWarnings(what: string, values: ArrayLike<number>): string[] {
  let present = 0;
  let [least, second, last, most] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (!Number.isFinite(value)) continue;
    present++;
    if (value < least) [least, second] = [value, least];
    else if (value < second && value > least) second = value;
    if (value > most) [last, most] = [most, value];
    else if (value > last && value < most) last = value;
  }
  if (present < PEOPLE_OF_A_RANGE || least === most) return [];
  const far = [
    { value: least, low: second, high: most, gap: second - least },
    { value: most, low: least, high: last, gap: most - last },
  ].find(({ low, high, gap }) => high > low && gap > FAR * (high - low));
  if (far === undefined) return [];
  let people = 0;
  for (let k = 0; k < values.length; k++) if (values[k] === far.value) people++;
  const [value, low, high] = [far.value, far.low, far.high].map((number) => Number(number.toPrecision(6)));
  return [
    `${what}: ${formatCount(people)} of ${formatCount(present)} people have the value ${value}, far from all others (${low} to ${high}): if it stands for missing, pass --missing-code ${value}; if it is a slip, correct it`,
  ];
}
