import type { H2Estimate, LdscTrait } from './h2.js';
import { type LdScores, totalScores } from './score-regression.js';

/** Mean χ² of SNPs with similar LD scores, for pictures of the fit. */
export interface ScoreBin {
  readonly meanScore: number;
  readonly meanChi2: number;
  /** Of the mean χ². */
  readonly se: number;
  /** χ² that the regression expects on average. */
  readonly expected: number;
}

const BINS = 50;

/**
 * SNPs of the regression by their LD score, in groups of the same size.
 * @param tau contribution of a unit of each annotation to the heritability of a SNP.
 */
export function binByScore(
  ld: LdScores,
  { chi2, n }: LdscTrait,
  { intercept, chi2Max }: Pick<H2Estimate, 'intercept' | 'chi2Max'>,
  tau: ArrayLike<number>,
): ScoreBin[] {
  const total = totalScores(ld.scores);
  const limit = chi2Max ?? Number.POSITIVE_INFINITY;
  const order = sample(total).sort();
  const bins = Math.min(BINS, Math.floor(order.length / 10));
  const edges = Array.from(
    { length: bins - 1 },
    (_, b) => order[Math.floor(((b + 1) * order.length) / bins)],
  );
  const sums = Array.from({ length: bins }, () => ({ count: 0, score: 0, chi2: 0, square: 0, expected: 0 }));
  for (let j = 0; j < chi2.length; j++) {
    if (chi2[j] >= limit) continue;
    const bin = sums[binOf(edges, total[j])];
    if (bin === undefined) continue; // fewer SNPs than a group has
    let expected = intercept;
    for (let c = 0; c < tau.length; c++) expected += n[j] * tau[c] * ld.scores[c][j];
    bin.count++;
    bin.score += total[j];
    bin.chi2 += chi2[j];
    bin.square += chi2[j] ** 2;
    bin.expected += expected;
  }
  return sums
    .filter(({ count }) => count > 1)
    .map(({ count, score, chi2: sum, square, expected }) => ({
      meanScore: score / count,
      meanChi2: sum / count,
      se: Math.sqrt(Math.max(0, square / count - (sum / count) ** 2) / (count - 1)),
      expected: expected / count,
    }));
}

/** Evenly spaced values: enough to say where groups of the same size begin. */
function sample(values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 20_000));
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, k) => values[k * step]);
}

/** Number of edges that are not above the score. */
function binOf(edges: readonly number[], score: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}
