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
  const binOf = finder(edges);
  const [counts, scores, statistics, squares, expectations] = Array.from(
    { length: 5 },
    () => new Float64Array(bins),
  );
  for (let j = 0; j < chi2.length && bins > 0; j++) {
    if (chi2[j] >= limit) continue;
    const bin = binOf(total[j]);
    let expected = intercept;
    for (let c = 0; c < tau.length; c++) expected += n[j] * tau[c] * ld.scores[c][j];
    counts[bin]++;
    scores[bin] += total[j];
    statistics[bin] += chi2[j];
    squares[bin] += chi2[j] ** 2;
    expectations[bin] += expected;
  }
  return Array.from(counts.keys())
    .filter((bin) => counts[bin] > 1)
    .map((bin) => {
      const count = counts[bin];
      const meanChi2 = statistics[bin] / count;
      return {
        meanScore: scores[bin] / count,
        meanChi2,
        se: Math.sqrt(Math.max(0, squares[bin] / count - meanChi2 ** 2) / (count - 1)),
        expected: expectations[bin] / count,
      };
    });
}

/** Evenly spaced values: enough to say where groups of the same size begin. */
function sample(values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 20_000));
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, k) => values[k * step]);
}

const CELLS = 1024;

/** Of a score, the number of edges (ascending) that are not above it: from cells of equal width on, mostly at the first look. */
function finder(edges: readonly number[]): (score: number) => number {
  const ends = Float64Array.from([...edges, Number.POSITIVE_INFINITY]);
  const lowest = edges[0] ?? 0;
  const scale = CELLS / Math.max((edges.at(-1) ?? 0) - lowest, Number.MIN_VALUE);
  const firsts = new Int32Array(CELLS);
  for (let cell = 1, bin = 0; cell < CELLS; cell++) {
    while (ends[bin] <= lowest + (cell - 1) / scale) bin++; // a cell earlier, so that rounding cannot skip an edge
    firsts[cell] = bin;
  }
  return (score) => {
    const cell = (score - lowest) * scale;
    let bin = cell >= CELLS ? firsts[CELLS - 1] : cell > 0 ? firsts[Math.floor(cell)] : 0;
    while (ends[bin] <= score) bin++;
    return bin;
  };
}
