import { HeredityError } from '../errors.js';
import { sharedFloat64 } from '../kernels/memory.js';
import type { StratumLevel } from '../relatedness/strata.js';

/**
 * Genetic variance components: sets of variants, which may overlap. The effect of variant j has variance
 * sum_k a_jk σ²_k / M_k, with M_k = sum_j a_jk: for sets (a_jk is 0 or 1) each component spreads its variance over its variants.
 */
export interface GeneticComponents {
  readonly names: readonly string[];
  /** a_jk >= 0, variants x components, row-major, shared. */
  readonly weights: Float64Array;
  /** Position of the component of dominance, whose variance is no part of the heritability; undefined where there is none. */
  readonly dominance?: number | undefined;
  /** Levels of each component but that of dominance, where they are strata of frequency and LD. */
  readonly levels?: readonly StratumLevel[] | undefined;
}

/** All variants in one component. */
export function oneComponent(variants: number, name = 'genetic'): GeneticComponents {
  return { names: [name], weights: sharedFloat64(variants).fill(1) };
}

/** Each variant in the component of its label; -1 in none. */
export function labelledComponents(
  names: readonly string[],
  labels: ArrayLike<number>,
  levels?: readonly StratumLevel[],
): GeneticComponents {
  const weights = sharedFloat64(labels.length * names.length);
  for (let j = 0; j < labels.length; j++) {
    if (labels[j] >= 0) weights[j * names.length + labels[j]] = 1;
  }
  return { names, weights, ...(levels && { levels }) };
}

/**
 * One more component, of the dominance of all variants, which follow those of the components (GenotypeOperator.withDominance).
 * @param isConstant whether a variant has no dominance.
 */
export function dominanceBeside(
  { names, weights, levels }: GeneticComponents,
  isConstant: (variant: number) => boolean,
): GeneticComponents & { readonly dominance: number } {
  const count = names.length;
  const variants = weights.length / count;
  const both = sharedFloat64(2 * variants * (count + 1));
  for (let j = 0; j < variants; j++) {
    both.set(weights.subarray(j * count, (j + 1) * count), j * (count + 1));
    both[(variants + j) * (count + 1) + count] = isConstant(j) ? 0 : 1;
  }
  return { names: [...names, DOMINANCE], weights: both, dominance: count, levels };
}

/** Name of the component of dominance. */
export const DOMINANCE = 'dominance';

/** How many variants each component has, whatever their weights in it. */
export function componentCounts({ names, weights }: GeneticComponents): number[] {
  const counts = names.map(() => 0);
  for (let at = 0; at < weights.length; at++) if (weights[at] > 0) counts[at % names.length]++;
  return counts;
}

/** Sums of weights: M_k. */
export function componentSizes({ names, weights }: GeneticComponents): Float64Array {
  const sizes = new Float64Array(names.length);
  for (let at = 0; at < weights.length; at++) sizes[at % names.length] += weights[at];
  return sizes;
}

/** Sines below this make two columns of weights multiples of each other. */
const PARALLEL = 1e-6;

/**
 * @throws HeredityError `bad-input` for a weight that is negative or not finite; `degenerate-data` for a component without
 * variants, or one that is a multiple of another: only the sum of the two could be estimated.
 */
export function checkComponents({ names, weights }: GeneticComponents): void {
  const count = names.length;
  const gram = new Float64Array(count * count);
  for (let at = 0; at < weights.length; at += count) {
    for (let k = 0; k < count; k++) {
      const weight = weights[at + k];
      if (!(weight >= 0 && weight < Infinity)) {
        throw new HeredityError(
          'bad-input',
          `variant ${at / count + 1} has a weight in ${names[k]} that is not allowed`,
          {
            value: String(weight),
            expected: 'a number that is not negative',
          },
        );
      }
      if (weight === 0) continue;
      for (let l = 0; l <= k; l++) gram[k * count + l] += weight * weights[at + l];
    }
  }
  for (let k = 0; k < count; k++) {
    const own = gram[k * count + k];
    if (own === 0)
      throw new HeredityError('degenerate-data', `component ${names[k]} has no variant in this run`, {
        fix: 'leave it out, or relax the filters',
      });
    for (let l = 0; l < k; l++) {
      const cosine = gram[k * count + l] / Math.sqrt(own * gram[l * count + l]);
      if (cosine > Math.sqrt(1 - PARALLEL ** 2)) {
        throw new HeredityError(
          'degenerate-data',
          `components ${names[l]} and ${names[k]} have the same variants: their variances cannot be told apart`,
          { fix: 'leave one of them out' },
        );
      }
    }
  }
}
