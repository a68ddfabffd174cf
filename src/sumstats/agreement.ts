import type { GwasTable } from '../formats/gwas/table.js';
import { isMissingText } from '../formats/gwas/values.js';
import { median } from '../linalg/median.js';
import { type EffectAndError, logOfDigits, type MagnitudePlan, sizeOfLog } from './magnitude.js';

/** Fewer rows tell nothing. */
const FEW = 10;
/** Z of effect / SE from which on rounded numbers can be compared, */
const LEAST_Z = 0.3;
/** and up to which P has digits. */
const MOST_Z = 30;
/** Relative difference of the middle of two kinds of Z that is none of rounding or of the kind of test. */
const TOLERANCE = 0.1;
/** A difference that vanishes with another reading is explained by it. */
const EXPLAINED = 0.03;

/** |Z| of a row by some of its columns; NaN where there is none. */
type SizeOf = (row: readonly string[]) => number;

/** Two sources of |Z|, in the first rows. */
interface Comparison {
  /** Middle of the first / the second. */
  readonly ratio: number;
  /** A row with both, near the middle. */
  readonly example: { readonly first: number; readonly second: number };
}

/**
 * Compares |Z| of P with that of effect / SE in the first rows.
 * @returns the plan to go on with, and what is to be said: P counts, as in LDSC, unless it is a natural logarithm, which
 *   effect / SE shows; of P and -log10 P that differ, the one that agrees with effect / SE.
 */
export function checkAgreement(
  table: GwasTable,
  plan: MagnitudePlan,
  effect: EffectAndError | undefined,
): { readonly plan: MagnitudePlan; readonly warnings: readonly string[] } {
  const isP = plan.from === 'P' || plan.from === '-log10 P';
  if (!isP) return { plan, warnings: [] };
  const logOf = (row: readonly string[]) => logP(row, plan);
  const nameOf = (column: number) => table.names[column];
  const ofEffect =
    effect &&
    `${effect.isOddsRatio ? `log(${nameOf(effect.effect)})` : nameOf(effect.effect)} / ${nameOf(effect.se)}`;
  const ofP: SizeOf = (row) => sizeOfLog(possible(logOf(row)));
  const bySe = effect && sizeByEffect(effect);
  const fromP = bySe && compare(table, ofP, bySe);
  if (plan.underflow !== undefined) {
    const other: MagnitudePlan = {
      from: '-log10 P',
      column: plan.underflow,
      ...(plan.fallback && { fallback: plan.fallback }),
    };
    const differs = logsDiffer(table, logOf, (row) => logP(row, other));
    if (differs !== undefined) {
      const fromLog = bySe && compare(table, (row) => sizeOfLog(possible(logP(row, other))), bySe);
      const isLogBetter = fromLog !== undefined && fromP !== undefined && off(fromLog) < off(fromP);
      const { underflow: _, ...alone } = plan;
      const taken = isLogBetter ? other : alone;
      const why =
        fromLog === undefined || fromP === undefined ? 'as LDSC takes P' : `which is nearer to ${ofEffect}`;
      return {
        plan: taken,
        warnings: [
          `${nameOf(plan.column)} and ${nameOf(plan.underflow)} do not say the same (-log10 P ${shown(differs.first)} and ${shown(differs.second)} in one row): ${nameOf(taken.column)} is taken, ${why}`,
        ],
      };
    }
  }
  if (fromP === undefined || effect === undefined || off(fromP) <= TOLERANCE) return { plan, warnings: [] };
  const { first: one, second: two } = fromP.example;
  const both = `Z from ${nameOf(plan.column)} and ${ofEffect} do not agree (${shown(one)} and ${shown(two)} in one row, ${shown(fromP.ratio)} times as large in the middle)`;
  if (plan.from === '-log10 P') {
    const natural = compare(
      table,
      (row) => sizeOfLog(possible(logP(row, plan) / Math.LN10)),
      sizeByEffect(effect),
    );
    if (natural !== undefined && off(natural) <= EXPLAINED) {
      const { effect: column, se, isOddsRatio } = effect;
      return {
        plan: { from: isOddsRatio ? 'log(OR) / SE' : 'effect / SE', column, se },
        warnings: [`${both}: the column holds natural logarithms, and Z is taken from ${ofEffect}`],
      };
    }
  }
  return {
    plan,
    warnings: [
      `${both}: P is taken, as in LDSC. One of the columns may be another than it seems, or P corrected for genomic control, which LD score regression does not want; --ignore ${nameOf(plan.column)} takes ${ofEffect}`,
    ],
  };
}

/** A logarithm that can be that of a P value above 0, or NaN. */
const possible = (log: number): number => (log <= 0 && log > -Infinity ? log : Number.NaN);

/** |effect / SE|. */
function sizeByEffect({ effect, se, isOddsRatio }: EffectAndError): SizeOf {
  return (row) => {
    const [value, error] = [numberIn(row, effect), numberIn(row, se)];
    return Math.abs((isOddsRatio ? Math.log(value) : value) / error);
  };
}

/** A number in a row of the sample; NaN where it is missing or none. */
const numberIn = (row: readonly string[], column: number): number =>
  isMissingText(row[column]) ? Number.NaN : Number(row[column]);

/**
 * Compares a column of Z, where there is one, with what else tells its size: without P with effect / SE, which is taken where
 * the two differ (a T statistic may be a score); otherwise with P, which is taken as in LDSC.
 * @param z column of Z.
 * @returns the plan to go on with, and what is to be said.
 */
export function checkZ(
  table: GwasTable,
  plan: MagnitudePlan,
  z: number | undefined,
  effect: EffectAndError | undefined,
): { readonly plan: MagnitudePlan; readonly warnings: readonly string[] } {
  const isP = plan.from === 'P' || plan.from === '-log10 P';
  if (z === undefined || (isP ? effect !== undefined : plan.from !== 'Z' || effect === undefined))
    return { plan, warnings: [] };
  const other: SizeOf = isP
    ? (row) => sizeOfLog(possible(logP(row, plan)))
    : sizeByEffect(effect as EffectAndError);
  const hasSigns = table.sample.some((row) => numberIn(row, z) < 0);
  const found = hasSigns ? compare(table, (row) => Math.abs(numberIn(row, z)), other) : undefined;
  if (found === undefined || off(found) <= TOLERANCE) return { plan, warnings: [] };
  const nameOf = (column: number) => table.names[column];
  const source = isP ? nameOf(plan.column) : `${nameOf(effect!.effect)} / ${nameOf(effect!.se)}`;
  const { first, second } = found.example;
  const differ = `${nameOf(z)} and Z from ${source} do not agree (${shown(first)} and ${shown(second)} in one row, ${shown(found.ratio)} times as large in the middle)`;
  if (isP)
    return {
      plan,
      warnings: [`${differ}: ${source} is taken, as in LDSC; --ignore ${source} takes ${nameOf(z)}`],
    };
  const from = effect!.isOddsRatio ? 'log(OR) / SE' : 'effect / SE';
  return {
    plan: { from, column: effect!.effect, se: effect!.se },
    warnings: [`${differ}: ${source} is taken (--z ${nameOf(z)} takes the other)`],
  };
}

/** A signed statistic and its value at no effect. */
interface Sign {
  readonly column: number;
  readonly nullValue: number;
}

/** Share of rows in which two signs may differ. */
const SLIPS = 0.1;

/** Says where the signs of another statistic of the file differ from those that are read, in more rows than by slips. */
export function checkSigns(table: GwasTable, sign: Sign, others: readonly Sign[]): string[] {
  const sideOf = (row: readonly string[], { column, nullValue }: Sign) =>
    Math.sign(numberIn(row, column) - nullValue);
  return others.flatMap((other) => {
    const rows = table.sample.filter((row) => sideOf(row, sign) * sideOf(row, other));
    // a chi-square, and effects that have lost their signs, are no second opinion
    const negative = rows.filter((row) => sideOf(row, other) < 0).length;
    if (rows.length < FEW || Math.min(negative, rows.length - negative) <= SLIPS * rows.length) return [];
    const differ = rows.filter((row) => sideOf(row, sign) !== sideOf(row, other));
    if (differ.length <= SLIPS * rows.length) return [];
    const [one, two] = [table.names[sign.column], table.names[other.column]];
    return [
      `the signs of ${one} and ${two} differ in ${differ.length} of the first ${rows.length} rows (${differ[0][sign.column]} and ${differ[0][other.column]} in one): that of ${one} is taken; is one of them that of the other allele? --signed-sumstats ${two},${other.nullValue} takes the other`,
    ];
  });
}

const off = ({ ratio }: Comparison): number => Math.abs(ratio - 1);
const shown = (value: number): string => String(Number(value.toPrecision(3)));

/** Natural logarithm of P in a row; NaN where there is none. */
function logP(row: readonly string[], { from, column, exponent }: MagnitudePlan): number {
  const text = row[column];
  if (isMissingText(text)) return Number.NaN;
  if (from === '-log10 P') return -Number(text) * Math.LN10;
  return exponent === undefined ? logOfDigits(text) : logOfDigits(`${text}e${row[exponent]}`);
}

function compare({ sample }: GwasTable, firstOf: SizeOf, secondOf: SizeOf): Comparison | undefined {
  const pairs: { first: number; second: number }[] = [];
  for (const row of sample) {
    const second = secondOf(row);
    if (!(second >= LEAST_Z && second <= MOST_Z)) continue;
    const first = firstOf(row);
    if (first < Infinity) pairs.push({ first, second });
  }
  if (pairs.length < FEW) return undefined;
  const ratio = median(Float64Array.from(pairs, ({ first, second }) => first / second));
  const distance = ({ first, second }: { first: number; second: number }) => Math.abs(first / second - ratio);
  const example = pairs.reduce((best, pair) => (distance(pair) < distance(best) ? pair : best), pairs[0]);
  return { ratio, example };
}

/** A row in the middle of those where two logarithms of P differ, where most do. */
function logsDiffer(
  { sample }: GwasTable,
  first: (row: readonly string[]) => number,
  second: (row: readonly string[]) => number,
): { readonly first: number; readonly second: number } | undefined {
  const pairs = sample
    .map((row) => ({ first: -first(row) / Math.LN10, second: -second(row) / Math.LN10 }))
    .filter(({ first, second }) => first < 300 && second < 300 && first >= 0.1);
  const different = pairs.filter(({ first, second }) => Math.abs(first - second) > TOLERANCE * first);
  if (pairs.length < FEW || different.length <= pairs.length / 2) return undefined;
  return different[different.length >> 1];
}
