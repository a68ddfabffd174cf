import type { VariantStatistics } from './statistics.js';

/**
 * How much heritability each variant is expected to have: e_j proportional to w_j [2f_j(1-f_j)]^(1+alpha)
 * (METHODS 8.2; Speed 2012, 2017).
 */
export interface HeritabilityModel {
  /** Alpha: 0 where variance per allele is the same for all variants, -1 where heritability is. */
  readonly power: number;
  /** Whether w is 1, an LDAK weight, or 1 for the variants that thinning keeps and 0 for the others. */
  readonly weights: 'none' | 'ldak' | 'thinned';
}

/** The models that have a name. */
export const HERITABILITY_MODELS = {
  gcta: { power: -1, weights: 'none' },
  'human-default': { power: -0.25, weights: 'none' },
  ldak: { power: -0.25, weights: 'ldak' },
  'ldak-thin': { power: -0.25, weights: 'thinned' },
} as const satisfies Readonly<Record<string, HeritabilityModel>>;

export type HeritabilityModelName = keyof typeof HERITABILITY_MODELS;

/**
 * e_j = w_j [2f_j(1-f_j)]^(1+power) of each variant; 0 for variants that do not vary. Only ratios between variants have
 * a meaning.
 *
 * @param weights w_j in the order of the statistics. @default all 1
 */
export function expectedHeritability(
  statistics: VariantStatistics,
  power: number,
  weights?: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: statistics.variants }, (_, v) => {
    const f = statistics.allele1Frequency(v);
    const variance = 2 * f * (1 - f);
    return variance > 0 ? (weights?.[v] ?? 1) * variance ** (1 + power) : 0;
  });
}
