import type { Meaning } from './column-names.js';
import { type GwasTable, MISSING_WORDS } from './table.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What programs and people write for numbers that a reader refuses where it stands, with its line. */
const NEARLY_A_NUMBER = /^[<>=~]*[+-]?(\d+([.,]\d*)?|[.,]\d+|inf(inity)?)(e[+-]?\d+)?$/i;

/** Columns of numbers. */
const NUMERIC: ReadonlySet<Meaning> = new Set([
  ...(['p', 'negLog10P', 'pMantissa', 'pExponent', 'z', 'beta', 'logOdds', 'oddsRatio', 'score'] as const),
  ...(['signed', 'se', 'n', 'nCases', 'nControls', 'nEffective', 'nEffectiveHalf', 'nStudies'] as const),
  ...(['frequency', 'info'] as const),
]);
const ALLELES: ReadonlySet<Meaning> = new Set(['effectAllele', 'otherAllele', 'reference', 'alternative']);

/** Fewer values say nothing about what their column holds. */
const FEW = 3;
/** In so many rows a P value is not always 1; and -log10 P exceeds 1, as one in ten does where there is no effect. */
const MANY = 100;

/** Whether a text stands for a missing value. */
export function isMissingText(text = ''): boolean {
  return text === '' || text === '.' || MISSING_WORDS.has(text.toLowerCase());
}

/** The values of a column in the first rows, without missing ones. */
export function sampleOf({ sample }: GwasTable, column: number): string[] {
  return sample.map((row) => row[column] ?? '').filter((text) => !isMissingText(text));
}

/** The same as numbers; what is none is left out. */
export function numbersOf(table: GwasTable, column: number): number[] {
  return sampleOf(table, column)
    .filter((text) => NUMBER.test(text))
    .map(Number);
}

/** Whether a column has no value in the first rows. */
export function isEmpty(table: GwasTable, column: number): boolean {
  return table.sample.length > 0 && sampleOf(table, column).length === 0;
}

/**
 * Why the values of a column in the first rows are not those of a meaning, to follow `holds`; undefined where they may be.
 * A name says what a column is meant to be, its values whether that can be true.
 */
export function mismatchOf(table: GwasTable, column: number, meaning: Meaning): string | undefined {
  const texts = sampleOf(table, column);
  if (texts.length < 2) return undefined;
  if (ALLELES.has(meaning)) {
    return texts.every((text) => NUMBER.test(text)) ? `numbers, such as ${texts[0]}` : undefined;
  }
  if (!NUMERIC.has(meaning)) return undefined;
  if (!texts.some((text) => NEARLY_A_NUMBER.test(text))) return `text, such as ${quoted(texts[0])}`;
  const values = numbersOf(table, column);
  if (values.length < FEW) return undefined;
  const outside = (inside: (value: number) => boolean) => values.filter((value) => !inside(value));
  const many = (wrong: readonly number[], share: number) =>
    wrong.length >= FEW && wrong.length > share * values.length ? wrong[0] : undefined;
  let wrong: number | undefined;
  switch (meaning) {
    case 'p':
      // one in ten of -log10 P is above 1; -9 is how PLINK writes that there is none
      wrong = many(
        outside((value) => (value >= 0 && value <= 1) || value === -9),
        0.05,
      );
      if (wrong !== undefined) return `${wrong}, which is no P value`;
      return values.length >= MANY && values.every((value) => value === 1) ? '1 in every row' : undefined;
    case 'negLog10P':
      wrong = many(
        outside((value) => value >= 0),
        0.05,
      );
      if (wrong !== undefined) return `${wrong}, which is no -log10 P`;
      return values.length >= MANY &&
        values.every((value) => value <= 1) &&
        values.some((value) => value > 0.5)
        ? 'no value above 1, as P values and not their logarithms do'
        : undefined;
    case 'oddsRatio':
      wrong = many(
        outside((value) => value >= 0),
        0.02,
      );
      return wrong === undefined ? undefined : `${wrong}, which is no odds ratio`;
    case 'se':
      wrong = many(
        outside((value) => value > 0),
        0.5,
      );
      return wrong === undefined ? undefined : `${wrong}, which is no standard error`;
    case 'n':
    case 'nCases':
    case 'nEffective':
    case 'nEffectiveHalf':
      wrong = many(
        outside((value) => value > 0),
        0.5,
      );
      return wrong === undefined ? undefined : `${wrong}, which is no number of people`;
    case 'frequency':
      wrong = many(
        outside((value) => value >= 0 && value <= 1),
        0.5,
      );
      return wrong === undefined ? undefined : `${wrong}, which is no frequency`;
    case 'info':
      wrong = many(
        outside((value) => value >= 0 && value <= 2),
        0.5,
      );
      return wrong === undefined ? undefined : `${wrong}, which is no imputation quality`;
    default:
      return undefined;
  }
}

/** Whether values are variance explained (R² of a regression) and not the quality of imputation, which shares the name R2. */
export function isVarianceExplained(table: GwasTable, column: number): boolean {
  const values = numbersOf(table, column);
  return values.length > 0 && values.every((value) => value < 0.2);
}

function quoted(text: string): string {
  return JSON.stringify(text.length <= 30 ? text : `${text.slice(0, 30)}…`);
}
