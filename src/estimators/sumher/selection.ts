import { HeredityError } from '../../errors.js';
import type { Taggings } from '../../formats/tagging.js';
import type { Confounding } from './derived.js';
import type { SumherData } from './likelihood.js';

/** Test statistics of one trait, in the order of the taggings' variants. */
export interface SumherTrait {
  /** Squared t or z statistic of each variant; NaN where there is none. */
  readonly statistics: ArrayLike<number>;
  /** Sample size: one for all variants, or one a variant. */
  readonly n: number | ArrayLike<number>;
}

/** A trait's statistics with the regressors that explain them. */
export interface SumherSelection {
  readonly data: SumherData;
  /** n̄, averaged with weights 1/t. */
  readonly meanN: number;
  readonly withoutStatistic: number;
  readonly aboveCutoff: number;
}

/** A statistic of 0 has no logarithm; LDAK takes this in its place. */
const SMALLEST_STATISTIC = 1e-6;

/**
 * Leaves out variants without a statistic, and with a cutoff those that explain so much of the trait, and sets up the regressors.
 * @throws HeredityError `degenerate-data` where too few are left.
 */
export function selectStatistics(
  taggings: Taggings,
  { statistics, n }: SumherTrait,
  confounding: Confounding,
  cutoff: number | undefined,
): SumherSelection {
  const { variants, names, tagging, byCategory } = taggings;
  const sizeOf = typeof n === 'number' ? () => n : (j: number) => n[j];
  const present = Array.from({ length: variants }, (_, j) => j).filter(
    (j) => !Number.isNaN(statistics[j]) && sizeOf(j) > 0,
  );
  const explained = (j: number) => statistics[j] / (statistics[j] + sizeOf(j));
  const chosen = cutoff === undefined ? present : present.filter((j) => explained(j) < cutoff);
  const count = chosen.length;
  const categories = names.length;
  const parameters = categories + Number(confounding.scaling) + Number(confounding.intercept);
  if (count <= 2 * parameters) {
    throw new HeredityError(
      'degenerate-data',
      'there are too few test statistics for the heritability model',
      {
        value: count,
        expected: `many more than its ${parameters} parameters`,
        fix: 'give more variants, or a model with fewer categories',
      },
    );
  }
  const weights = Float64Array.from(chosen, (j) => 1 / Math.max(1, tagging[j]));
  let weighted = 0;
  let totalWeight = 0;
  for (const [i, j] of chosen.entries()) {
    weighted += weights[i] * sizeOf(j);
    totalWeight += weights[i];
  }
  const meanN = weighted / totalWeight;
  const regressors = new Float64Array(parameters * count);
  for (let c = 0; c < categories; c++)
    for (const [i, j] of chosen.entries())
      regressors[c * count + i] = (sizeOf(j) / meanN) * byCategory[c * variants + j];
  if (confounding.scaling) regressors.fill(1, categories * count, (categories + 1) * count);
  if (confounding.intercept)
    for (const [i, j] of chosen.entries()) regressors[(parameters - 1) * count + i] = sizeOf(j) / meanN;
  return {
    data: {
      variants: count,
      parameters,
      regressors,
      statistics: Float64Array.from(chosen, (j) => Math.max(SMALLEST_STATISTIC, statistics[j])),
      weights,
    },
    meanN,
    withoutStatistic: variants - present.length,
    aboveCutoff: present.length - count,
  };
}
