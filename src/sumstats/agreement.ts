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

/** Two columns that say the same, in the first rows. */
interface Comparison {
  /** Middle of |Z| from P / |effect / SE|. */
  readonly ratio: number;
  /** A row with both, near the middle. */
  readonly example: { readonly fromP: number; readonly fromEffect: number };
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
  const fromP = effect && compare(table, logOf, effect);
  if (plan.underflow !== undefined) {
    const other: MagnitudePlan = {
      from: '-log10 P',
      column: plan.underflow,
      ...(plan.fallback && { fallback: plan.fallback }),
    };
    const differs = logsDiffer(table, logOf, (row) => logP(row, other));
    if (differs !== undefined) {
      const fromLog = effect && compare(table, (row) => logP(row, other), effect);
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
  const { fromP: one, fromEffect: two } = fromP.example;
  const both = `Z from ${nameOf(plan.column)} and ${ofEffect} do not agree (${shown(one)} and ${shown(two)} in one row, ${shown(fromP.ratio)} times as large in the middle)`;
  if (plan.from === '-log10 P') {
    const natural = compare(table, (row) => logP(row, plan) / Math.LN10, effect);
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

const off = ({ ratio }: Comparison): number => Math.abs(ratio - 1);
const shown = (value: number): string => String(Number(value.toPrecision(3)));

/** Natural logarithm of P in a row; NaN where there is none. */
function logP(row: readonly string[], { from, column, exponent }: MagnitudePlan): number {
  const text = row[column];
  if (isMissingText(text)) return Number.NaN;
  if (from === '-log10 P') return -Number(text) * Math.LN10;
  return exponent === undefined ? logOfDigits(text) : logOfDigits(`${text}e${row[exponent]}`);
}

function compare(
  { sample }: GwasTable,
  logOf: (row: readonly string[]) => number,
  { effect, se, isOddsRatio }: EffectAndError,
): Comparison | undefined {
  const pairs: { fromP: number; fromEffect: number }[] = [];
  for (const row of sample) {
    if (isMissingText(row[effect]) || isMissingText(row[se])) continue;
    const value = Number(row[effect]);
    const fromEffect = Math.abs((isOddsRatio ? Math.log(value) : value) / Number(row[se]));
    if (!(fromEffect >= LEAST_Z && fromEffect <= MOST_Z)) continue;
    const log = logOf(row);
    if (!(log <= 0 && log > -Infinity)) continue;
    pairs.push({ fromP: sizeOfLog(log), fromEffect });
  }
  if (pairs.length < FEW) return undefined;
  const ratio = median(Float64Array.from(pairs, ({ fromP, fromEffect }) => fromP / fromEffect));
  const distance = ({ fromP, fromEffect }: { fromP: number; fromEffect: number }) =>
    Math.abs(fromP / fromEffect - ratio);
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
