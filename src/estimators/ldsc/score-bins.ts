import type { Kernels } from '../../kernels/kernels.js';
import { CELL_SUMS } from '../../kernels/score-regression.js';
import { typescriptKernels } from '../../kernels/typescript.js';
import type { H2Estimate, LdscTrait } from './h2.js';
import { type LdScores, SNPS_AT_ONCE } from './score-regression.js';

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
/** SNPs are added up by cells of equal width, and these make groups of much the same size. */
const CELLS = 4096;

/**
 * SNPs of the regression by their LD score, in groups of much the same size.
 * @param total LD score of each SNP over all annotations (`totalScores`). @param tau contribution of a unit of each annotation to the heritability of a SNP.
 */
export function binByScore(
  { scores }: LdScores,
  total: Float64Array,
  trait: LdscTrait,
  { intercept, chi2Max }: Pick<H2Estimate, 'intercept' | 'chi2Max'>,
  tau: ArrayLike<number>,
  kernels: Kernels = typescriptKernels,
): ScoreBin[] {
  const cells = cellsOf(scores, total, trait, chi2Max ?? Number.POSITIVE_INFINITY, tau, kernels);
  let all = 0;
  for (let at = 0; at < cells.length; at += CELL_SUMS) all += cells[at];
  const bins = Math.min(BINS, Math.floor(all / 10));
  const groupAt = (rank: number) => Math.floor((rank * bins) / all);
  const found: ScoreBin[] = [];
  let sums = new Float64Array(CELL_SUMS);
  for (let at = 0, before = 0; at < cells.length; at += CELL_SUMS) {
    for (let k = 0; k < CELL_SUMS; k++) sums[k] += cells[at + k];
    before += cells[at];
    if (sums[0] < 2 || groupAt(before) === groupAt(before - sums[0])) continue;
    found.push(binOf(sums, intercept));
    sums = new Float64Array(CELL_SUMS);
  }
  return found;
}

function binOf([count, scores, statistics, squares, slopes]: Float64Array, intercept: number): ScoreBin {
  const meanChi2 = statistics / count;
  return {
    meanScore: scores / count,
    meanChi2,
    se: Math.sqrt(Math.max(0, squares / count - meanChi2 ** 2) / (count - 1)),
    expected: intercept + slopes / count,
  };
}

/** Sums of the cells of LD scores, from a low one to a high one; what is lower or higher is in one cell each. */
function cellsOf(
  scores: readonly Float64Array[],
  total: Float64Array,
  { chi2, n }: LdscTrait,
  below: number,
  tau: ArrayLike<number>,
  { scoreCells }: Kernels,
): Float64Array {
  const [lowest, highest] = range(total);
  const scale = highest > lowest ? CELLS / (highest - lowest) : 0;
  const sums = new Float64Array(CELL_SUMS * (CELLS + 2));
  const [first, ...others] = scores;
  for (let from = 0; from < chi2.length; from += SNPS_AT_ONCE) {
    const own = (column: Float64Array) => column.subarray(from, from + SNPS_AT_ONCE);
    const count = Math.min(SNPS_AT_ONCE, chi2.length - from);
    const slopes = others.length === 0 ? own(first) : slopesOf(scores.map(own), tau);
    scoreCells(
      ...([own(total), slopes, own(n), own(chi2), count] as const),
      ...([lowest, scale, CELLS, below, sums] as const),
    );
  }
  if (others.length === 0) for (let at = 0; at < sums.length; at += CELL_SUMS) sums[at + 4] *= tau[0];
  return sums;
}

/** What a person more adds to the χ² of each SNP. */
function slopesOf(scores: readonly Float64Array[], tau: ArrayLike<number>): Float64Array {
  const slopes = new Float64Array(scores[0].length);
  for (const [c, column] of scores.entries())
    for (let j = 0; j < slopes.length; j++) slopes[j] += tau[c] * column[j];
  return slopes;
}

/** A low and a high LD score, such that a group's worth of SNPs lies beyond each: of evenly spaced SNPs. */
function range(scores: Float64Array): [lowest: number, highest: number] {
  const step = Math.max(1, Math.floor(scores.length / 5000));
  const some = Float64Array.from({ length: Math.ceil(scores.length / step) }, (_, k) => scores[k * step]);
  some.sort();
  const rank = Math.floor(some.length / BINS);
  return [some[rank], some[some.length - 1 - rank]];
}
