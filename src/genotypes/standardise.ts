import { HeredityError } from '../errors.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2 } from '../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { expectedDominance, type GenotypeValues, heterozygoteCode, sampleDominance } from './dominance.js';
import { DosageStatistics, dosageValues } from './dosages.js';
import type { VariantStatistics } from './statistics.js';

/**
 * Standardised genotypes as a table: `values[4 * v + code]` is (centred code - mean) * scale, 0 for missing; of dosages
 * `values[4 * (DOSAGE_ROWS * v + row) + code]` (src/genotypes/dosages.ts). Products look genotypes up here, so no standardised matrix is ever stored.
 */
export interface GenotypeTable {
  readonly values: Float64Array;
  /** The same rounded to float32, for the fast products. */
  readonly values32: Float32Array;
  /** Mean centred code of each variant. */
  readonly mean: Float64Array;
  /** 1 / sd of each variant; 0 where it does not vary. */
  readonly scale: Float64Array;
  /**
   * Where some variants stand for dominance: what is added to (centred code - mean) * scale, in the same terms of a code that is 1 for
   * heterozygotes and -1 for homozygotes; 0 for other variants.
   */
  readonly heterozygotes?: { readonly mean: Float64Array; readonly scale: Float64Array };
}

/** What genotypes stand for in a product: `values[4 * v + code]`, with 0 for the missing code, which the padding has. */
export type CodeValues = Pick<GenotypeTable, 'values' | 'values32'>;

/**
 * Mean 0 and variance 1 over the samples of `statistics`, missing genotypes at the mean (METHODS 0, "sample"); dominance is what
 * the number of copies does not predict in these samples. Variants that do not vary become all zero.
 */
export function sampleStandardised(statistics: VariantStatistics): GenotypeTable {
  const scaleOf = (v: number) => {
    const variance = statistics.variance(v);
    return variance > 0 ? 1 / Math.sqrt(variance) : 0;
  };
  return makeTable(statistics, scaleOf, (v) => sampleDominance(statistics, v));
}

/**
 * Mean 0 and, with `power` -1, the variance 2f(1-f) = 1 that Hardy-Weinberg equilibrium expects (METHODS 0, "HWE-expected");
 * in general genotypes are scaled by sqrt(weight) (2f(1-f))^(power/2), as in a kinship matrix (METHODS 5.1, 8.3).
 * Variants that do not vary become all zero. Dominance is scaled so that a variant counts as much as by its allele.
 * @param weights one a variant, not negative; all 1 by default.
 */
export function expectedStandardised(
  statistics: VariantStatistics,
  power = -1,
  weights?: ArrayLike<number>,
): GenotypeTable {
  const scaleOf = (v: number) =>
    statistics.isMonomorphic(v)
      ? 0
      : Math.sqrt(weights?.[v] ?? 1) * statistics.expectedVariance(v) ** (power / 2);
  return makeTable(statistics, scaleOf, (v) => expectedDominance(statistics.allele1Frequency(v), scaleOf(v)));
}

/** Mean 0, in copies of allele 1: what a regression coefficient per allele needs. */
export function centred(statistics: VariantStatistics): GenotypeTable {
  return makeTable(
    statistics,
    () => 1,
    () => {
      throw new HeredityError('internal', 'dominance has no copies of an allele');
    },
  );
}

/** Sum of x² of some variants, of hard calls, over the samples that were counted: exact but for the rounding of the values. */
export function squaresOfCounts(
  { counts }: VariantStatistics,
  { values }: Pick<GenotypeTable, 'values'>,
  { first, count }: { readonly first: number; readonly count: number },
): Float64Array {
  return Float64Array.from({ length: count }, (_, j) => {
    let sum = 0;
    for (let at = 4 * (first + j), end = at + 4; at < end; at++) sum += counts[at] * values[at] ** 2;
    return sum;
  });
}

function makeTable(
  statistics: VariantStatistics,
  scaleOf: (variant: number) => number,
  dominanceOf: (variant: number) => GenotypeValues,
): GenotypeTable {
  const { variants, dominanceFrom } = statistics;
  if (statistics instanceof DosageStatistics) return tableOfDosages(statistics, scaleOf);
  const values = sharedFloat64(4 * variants);
  const mean = sharedFloat64(variants);
  const scale = sharedFloat64(variants);
  const put = (v: number, homAllele1: number, het: number, homAllele2: number) => {
    values[4 * v + HOM_ALLELE1] = homAllele1;
    values[4 * v + HET] = het;
    values[4 * v + HOM_ALLELE2] = homAllele2;
  };
  for (let v = 0; v < dominanceFrom; v++) {
    mean[v] = statistics.centredMean(v);
    scale[v] = scaleOf(v);
    put(v, (1 - mean[v]) * scale[v], -mean[v] * scale[v], (-1 - mean[v]) * scale[v]);
  }
  const hasDominance = dominanceFrom < variants;
  const heterozygotes = hasDominance && { mean: sharedFloat64(variants), scale: sharedFloat64(variants) };
  for (let v = dominanceFrom; heterozygotes && v < variants; v++) {
    const own = dominanceOf(v);
    put(v, ...own);
    const code = heterozygoteCode(own);
    scale[v] = code.slope;
    heterozygotes.scale[v] = code.heterozygote;
    heterozygotes.mean[v] = code.mean;
  }
  const values32 = sharedFloat32(4 * variants);
  values32.set(values);
  return { values, values32, mean, scale, ...(heterozygotes && { heterozygotes }) };
}

function tableOfDosages(statistics: DosageStatistics, scaleOf: (variant: number) => number): GenotypeTable {
  const { variants } = statistics;
  const size = 4 * DOSAGE_ROWS;
  const values = sharedFloat64(size * variants);
  const mean = sharedFloat64(variants);
  const scale = sharedFloat64(variants);
  for (let v = 0; v < variants; v++) {
    mean[v] = statistics.centredMean(v);
    scale[v] = scaleOf(v);
    dosageValues(statistics, v, scale[v], values.subarray(size * v, size * (v + 1)));
  }
  const values32 = sharedFloat32(values.length);
  values32.set(values);
  return { values, values32, mean, scale };
}
