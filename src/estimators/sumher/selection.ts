import { HeredityError } from '../../errors.js';
import type { Taggings } from '../../formats/tagging.js';
import { largeFloat64, largeInt32 } from '../../kernels/memory.js';
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
  const sizes = typeof n === 'number' ? largeFloat64(variants).fill(n) : n;
  const chosen = largeInt32(variants);
  let [present, count] = [0, 0];
  for (let j = 0; j < variants; j++) {
    if (Number.isNaN(statistics[j]) || !(sizes[j] > 0)) continue;
    present++;
    const explained = statistics[j] / (statistics[j] + sizes[j]);
    if (cutoff === undefined || explained < cutoff) chosen[count++] = j;
  }
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
  const weights = largeFloat64(count);
  const own = largeFloat64(count);
  let [weighted, totalWeight] = [0, 0];
  for (let i = 0; i < count; i++) {
    const j = chosen[i];
    weights[i] = 1 / Math.max(1, tagging[j]);
    own[i] = Math.max(SMALLEST_STATISTIC, statistics[j]);
    weighted += weights[i] * sizes[j];
    totalWeight += weights[i];
  }
  const meanN = weighted / totalWeight;
  const regressors = largeFloat64(parameters * count);
  for (let c = 0; c < categories; c++) {
    const [to, from] = [c * count, c * variants];
    for (let i = 0; i < count; i++)
      regressors[to + i] = (sizes[chosen[i]] / meanN) * byCategory[from + chosen[i]];
  }
  if (confounding.scaling) regressors.fill(1, categories * count, (categories + 1) * count);
  if (confounding.intercept) {
    const to = (parameters - 1) * count;
    for (let i = 0; i < count; i++) regressors[to + i] = sizes[chosen[i]] / meanN;
  }
  return {
    data: { variants: count, parameters, regressors, statistics: own, weights },
    meanN,
    withoutStatistic: variants - present,
    aboveCutoff: present - count,
  };
}
