import { HET, HOM_ALLELE1, HOM_ALLELE2 } from '../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import type { VariantStatistics } from './statistics.js';

/**
 * Standardised genotypes as a table: `values[4 * v + code]` is (centred code - mean) * scale, 0 for missing.
 * Products look genotypes up here, so no standardised matrix is ever stored.
 */
export interface GenotypeTable {
  readonly values: Float64Array;
  /** The same rounded to float32, for the fast products. */
  readonly values32: Float32Array;
  /** Mean centred code of each variant. */
  readonly mean: Float64Array;
  /** 1 / sd of each variant; 0 where it does not vary. */
  readonly scale: Float64Array;
}

/** What genotypes stand for in a product: `values[4 * v + code]`, with 0 for the missing code, which the padding has. */
export type CodeValues = Pick<GenotypeTable, 'values' | 'values32'>;

/**
 * Mean 0 and variance 1 over the samples of `statistics`, missing genotypes at the mean (METHODS 0, "sample").
 * Variants that do not vary become all zero.
 */
export function sampleStandardised(statistics: VariantStatistics): GenotypeTable {
  return makeTable(statistics, (v) => {
    const variance = statistics.variance(v);
    return variance > 0 ? 1 / Math.sqrt(variance) : 0;
  });
}

/**
 * Mean 0 and, with `power` -1, the variance 2f(1-f) = 1 that Hardy-Weinberg equilibrium expects (METHODS 0, "HWE-expected");
 * in general genotypes are scaled by sqrt(weight) (2f(1-f))^(power/2), as in a kinship matrix (METHODS 5.1, 8.3).
 * Variants that do not vary become all zero.
 * @param weights one a variant, not negative; all 1 by default.
 */
export function expectedStandardised(
  statistics: VariantStatistics,
  power = -1,
  weights?: ArrayLike<number>,
): GenotypeTable {
  return makeTable(statistics, (v) =>
    statistics.isMonomorphic(v)
      ? 0
      : Math.sqrt(weights?.[v] ?? 1) * statistics.expectedVariance(v) ** (power / 2),
  );
}

/** Mean 0, in copies of allele 1: what a regression coefficient per allele needs. */
export function centred(statistics: VariantStatistics): GenotypeTable {
  return makeTable(statistics, () => 1);
}

function makeTable(statistics: VariantStatistics, scaleOf: (variant: number) => number): GenotypeTable {
  const { variants } = statistics;
  const values = sharedFloat64(4 * variants);
  const mean = sharedFloat64(variants);
  const scale = sharedFloat64(variants);
  for (let v = 0; v < variants; v++) {
    mean[v] = statistics.centredMean(v);
    scale[v] = scaleOf(v);
    values[4 * v + HOM_ALLELE1] = (1 - mean[v]) * scale[v];
    values[4 * v + HET] = -mean[v] * scale[v];
    values[4 * v + HOM_ALLELE2] = (-1 - mean[v]) * scale[v];
  }
  const values32 = sharedFloat32(4 * variants);
  values32.set(values);
  return { values, values32, mean, scale };
}
