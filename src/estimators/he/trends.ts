import { jackknife } from '../../linalg/jackknife.js';
import { solveLinear } from '../../linalg/linear-solve.js';
import { studentLogP } from '../../linalg/student-t.js';
import type { StratumLevel } from '../../relatedness/strata.js';
import type { EstimateWithError } from './randomised.js';

/**
 * By how much more, in units of what a variant explains on average, a variant explains than one of the next lower level; P of none.
 * The other kind of level is held: rare variants have little LD, and neither is to be taken for the other.
 */
export interface LevelTrend extends EstimateWithError {
  readonly p: number;
}

export interface LevelTrends {
  readonly frequency: LevelTrend | undefined;
  readonly ld: LevelTrend | undefined;
}

/** Variances of the strata, of all variants or without a jackknife block, with the number of variants of each. */
interface StrataVariances {
  readonly variances: Float64Array;
  readonly sizes: Float64Array;
}

/**
 * Least squares of what a variant of each stratum explains on its levels of frequency and LD, strata weighted by their variants
 * (METHODS 7.5). Where every variant explains the same on average, whatever the number of causal variants, both slopes are 0.
 * @param reach blocks that share LD, as {@link jackknife} takes it.
 * @returns undefined for a level that all strata have in common, or that cannot be told from the other.
 */
export function levelTrends(
  levels: readonly StratumLevel[],
  whole: StrataVariances,
  deleted: readonly StrataVariances[],
  reach: number,
): LevelTrends {
  const slopes = relativeSlopes(levels, whole);
  const withoutBlocks = deleted.map((part) => relativeSlopes(levels, part));
  const trendOf = (key: keyof StratumLevel): LevelTrend | undefined => {
    const estimate = slopes[key];
    const without = withoutBlocks.map((own) => own[key]);
    if (estimate === undefined || without.some((value) => value === undefined)) return undefined;
    const { se } = jackknife(Float64Array.of(estimate), Float64Array.from(without as number[]), reach);
    const degrees = Math.max(1, Math.floor(deleted.length / reach) - 1);
    return { estimate, se: se[0], p: Math.exp(studentLogP(estimate / se[0], degrees)) };
  };
  return { frequency: trendOf('frequency'), ld: trendOf('ld') };
}

function relativeSlopes(
  levels: readonly StratumLevel[],
  { variances, sizes }: StrataVariances,
): Partial<StratumLevel> {
  const varying = (['frequency', 'ld'] as const).filter(
    (key) => new Set(levels.map((level) => level[key])).size > 1,
  );
  const columns = [levels.map(() => 1), ...varying.map((key) => levels.map((level) => level[key]))];
  const order = columns.length;
  const products = new Float64Array(order * order);
  const right = new Float64Array(order);
  for (let k = 0; k < levels.length; k++)
    for (let a = 0; a < order; a++) {
      right[a] += columns[a][k] * variances[k]; // size times what a variant explains
      for (let b = 0; b < order; b++) products[a * order + b] += sizes[k] * columns[a][k] * columns[b][k];
    }
  const slopes = solveLinear(products, order, right);
  if (!slopes) return {};
  const average = right[0] / products[0];
  return Object.fromEntries(varying.map((key, a) => [key, slopes[a + 1] / average]));
}
