import type { GrePartition } from './partition.js';

/** Low and high LD. */
export const LEVELS = 2;

/**
 * Classes of variants within which effects are taken as even: each category's half in low and half in high LD, behind each other, and last those
 * of the variants in no category, where there are any. A variant of several categories is shared out among them.
 */
export interface EffectClasses {
  readonly count: number;
  /** Share of each variant in each class, variants x classes, row-major: they add up to 1. */
  readonly shares: Float64Array;
  /** Sums of the shares. */
  readonly sizes: readonly number[];
}

/** Whether a class is of low (0) or high (1) LD. */
export const levelOf = (effectClass: number): number => effectClass % LEVELS;

/** Both classes of each category, and of the variants in none. */
function classPairs({ count }: EffectClasses): (readonly [number, number])[] {
  return Array.from({ length: count / LEVELS }, (_, c) => [LEVELS * c, LEVELS * c + 1]);
}

/** @param ld what orders the variants by LD. */
export function effectClasses({ names, weights }: GrePartition, ld: Float64Array): EffectClasses {
  const categories = names.length;
  const variants = ld.length;
  const summed = Float64Array.from({ length: variants }, (_, j) =>
    weights.subarray(j * categories, (j + 1) * categories).reduce((sum, weight) => sum + weight, 0),
  );
  const groups = summed.includes(0) ? categories + 1 : categories;
  const shareOf = (j: number, c: number) => {
    if (c === categories) return summed[j] > 0 ? 0 : 1;
    return summed[j] > 0 ? weights[j * categories + c] / summed[j] : 0;
  };
  const totals = new Float64Array(groups);
  for (let j = 0; j < variants; j++) for (let c = 0; c < groups; c++) totals[c] += shareOf(j, c);
  const count = LEVELS * groups;
  const shares = new Float64Array(variants * count);
  const sizes = new Array<number>(count).fill(0);
  const passed = new Float64Array(groups);
  for (const j of [...ld.keys()].sort((a, b) => ld[a] - ld[b]))
    for (let c = 0; c < groups; c++) {
      const share = shareOf(j, c);
      const effectClass = LEVELS * c + (2 * passed[c] + share > totals[c] ? 1 : 0);
      shares[j * count + effectClass] = share;
      sizes[effectClass] += share;
      passed[c] += share;
    }
  return { count, shares, sizes };
}

/**
 * Variance of a variant's effect in each class: they add up to h² over all variants.
 * @param values h² of each category. @param h2 of all variants, from 0 to 1. @param levels variances of effects in low and high LD over those of the
 * whole category, up to a factor.
 */
export function effectVariances(
  classes: EffectClasses,
  values: readonly number[],
  categorySizes: readonly number[],
  h2: number,
  levels: readonly [number, number] = [1, 1],
): number[] {
  const { sizes } = classes;
  const pairs = classPairs(classes);
  const sizeOf = ([low, high]: readonly [number, number]) => sizes[low] + sizes[high];
  const inside = values.map((value, c) => (sizeOf(pairs[c]) * value) / categorySizes[c]);
  const outside = h2 - inside.reduce((sum, value) => sum + value, 0);
  const rates = pairs.flatMap((pair, c) => {
    const whole = Math.max(0, c < values.length ? inside[c] : outside);
    const weight = sizes[pair[0]] * levels[0] + sizes[pair[1]] * levels[1];
    return weight > 0 ? levels.map((level) => (whole * level) / weight) : [0, 0].fill(whole / sizeOf(pair));
  });
  const total = rates.reduce((sum, rate, d) => sum + rate * sizes[d], 0);
  return total > 0 ? rates.map((rate) => (rate * h2) / total) : rates;
}
