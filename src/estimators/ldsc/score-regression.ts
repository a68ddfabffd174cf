import { HeredityError } from '../../errors.js';
import type { Kernels } from '../../kernels/kernels.js';
import { largeFloat64 } from '../../kernels/memory.js';
import { typescriptKernels } from '../../kernels/typescript.js';
import {
  jackknifedLeastSquares,
  leastSquares,
  type RegressionRows,
  sumsOfBlocks,
  totalSums,
} from '../../linalg/block-regression.js';
import { blockSeparators, type Jackknifed, jackknife } from '../../linalg/jackknife.js';

/** LD scores of the SNPs of a regression, in genome order. */
export interface LdScores {
  /** One array an annotation. */
  readonly scores: readonly Float64Array[];
  /** LD score with the SNPs of the regression only, for the weights. */
  readonly weightScores: Float64Array;
  /** M: SNPs (for an annotation, the sum of its values) over which each annotation's heritability is added up. */
  readonly counts: ArrayLike<number>;
}

/** Delete-one blocks of LDSC. */
export const DEFAULT_BLOCKS = 200;

/**
 * Weights of consecutive SNPs, given the total slope M τ (a heritability or genetic covariance) and the intercept.
 * @param ld their LD scores. @param weights gets theirs. @param first SNP of them.
 * @param below a weight is 0 where the statistic of the first step is not below this; Infinity for all.
 */
export type Weigh = (
  ld: Float64Array,
  total: number,
  intercept: number,
  weights: Float64Array,
  first: number,
  below: number,
) => void;

/** Which SNPs determine the intercept where that is a step of its own. */
export interface FirstStep {
  /** Of each SNP: χ², of two traits the larger one. */
  readonly statistic: Float64Array;
  /** SNPs whose statistic is below it count. */
  readonly below: number;
}

export interface ScoreRegression {
  readonly ld: LdScores;
  /** Product of two Z scores, or square of one, of each SNP. */
  readonly y: Float64Array;
  /** Sample size of each SNP; √(N₁N₂) for two traits. */
  readonly n: Float64Array;
  /** Of y, n and the sum of all annotations' scores, where they are known ({@link sumColumns}). */
  readonly sums?: ColumnSums | undefined;
  readonly weigh: Weigh;
  /** The intercept where there is neither confounding nor shared noise: 1 for χ², 0 for a product of two traits. */
  readonly nullIntercept: number;
  /** Set to fix the intercept. */
  readonly intercept?: number | undefined;
  /** Given where there are two steps. */
  readonly firstStep?: FirstStep | undefined;
  /** Whether weights follow the estimate (two updates), or stay at their start, as LDSC has it for annotations. */
  readonly reweigh: boolean;
  readonly blocks: number;
  readonly kernels?: Kernels | undefined;
}

export interface ScoreFit {
  /** Contribution of a unit of each annotation to the heritability (covariance) of a SNP: τ. */
  readonly coefficients: Jackknifed;
  readonly intercept: number;
  /** Undefined where the intercept was fixed. */
  readonly interceptSe: number | undefined;
  readonly interceptDeleted: Float64Array | undefined;
  readonly snps: number;
  /** SNPs that determined the intercept, where that was a step of its own. */
  readonly firstStepSnps: number | undefined;
}

/**
 * LD score regression: y on N ℓ by weighted least squares with a block jackknife, after LDSC (METHODS 3.4).
 * @throws HeredityError `degenerate-data` for collinear LD scores or too few SNPs; `numerical` for what is not finite.
 */
export function regressOnScores(problem: ScoreRegression): ScoreFit {
  const { ld, y, n, nullIntercept, intercept: fixed } = problem;
  const snps = y.length;
  if (snps < problem.blocks || problem.blocks < 2) {
    throw new HeredityError('degenerate-data', 'too few SNPs are left for the regression', {
      value: snps,
      expected: `at least ${Math.max(2, problem.blocks)}: one for each block of the jackknife`,
      fix: 'relax --chisq-max, or set --n-blocks',
    });
  }
  const total = totalScores(ld.scores);
  const counts = Array.from(ld.counts).reduce((sum, count) => sum + count, 0);
  const columns = problem.sums ?? sumColumns(y, n, total, problem.kernels);
  const meanN = columns.n / snps;
  const start = aggregate(columns, snps, counts, fixed ?? nullIntercept);
  const totalSlope = (estimate: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < ld.scores.length; c++) sum += (ld.counts[c] * estimate[c]) / meanN;
    return sum;
  };
  const design = { ...problem, total, meanN };
  const parts = { ...problem, meanN, snps };
  const atStart = { slope: start, intercept: fixed ?? nullIntercept };
  if (fixed !== undefined) {
    const fit = iterate({ ...design, offset: fixed }, evenly(problem), atStart, (estimate) => ({
      slope: totalSlope(estimate),
      intercept: fixed,
    }));
    return assemble(parts, fit, undefined, fixed);
  }
  const last = ld.scores.length;
  const freely = (estimate: Float64Array) => ({ slope: totalSlope(estimate), intercept: estimate[last] });
  if (problem.firstStep === undefined) {
    const fit = iterate(design, evenly(problem), atStart, freely);
    return assemble(parts, fit, fit, undefined);
  }

  // Two steps: low χ² give the intercept, then all SNPs the slope. A weight of 0 takes a SNP out of the first step.
  const { kept, separators } = blocksOfFirstStep(problem, problem.firstStep);
  const first = iterate({ ...design, below: problem.firstStep.below }, separators, atStart, (estimate) => ({
    ...freely(estimate),
    byScaled: true,
  }));
  const intercept = first.estimate[last];
  const { gram } = totalSums(sums(design, separators, atStart));
  const dependence = gram[1] / gram[0]; // Σwx / Σwx²: how the slope answers to the intercept
  const second = iterate({ ...design, offset: intercept }, separators, atStart, (estimate) => ({
    slope: totalSlope(estimate),
    intercept,
  }));
  const deleted = second.deleted.map(
    (slope, b) => slope - dependence * (first.deleted[2 * b + last] - intercept),
  );
  return {
    ...assemble(parts, jackknife(second.estimate, deleted), first, undefined),
    firstStepSnps: kept,
  };
}

/** SNPs are counted in groups of so many before one of them is looked for. */
const GROUP = 512;

/** How many SNPs determine the intercept, and where blocks of as many of them begin and end. */
function blocksOfFirstStep(
  { y, blocks, kernels }: ScoreRegression,
  { statistic, below }: FirstStep,
): { readonly kept: number; readonly separators: Int32Array } {
  const snps = y.length;
  const { countBelow } = kernels ?? typescriptKernels;
  const before = new Int32Array(Math.ceil(snps / GROUP) + 1);
  for (let group = 1; group < before.length; group++) {
    const own = statistic.subarray((group - 1) * GROUP, group * GROUP);
    before[group] = before[group - 1] + countBelow(own, own.length, below);
  }
  const kept = before[before.length - 1];
  if (kept < blocks) {
    throw new HeredityError(
      'degenerate-data',
      `${kept} SNPs are below the cutoff of the two-step estimator`,
      { expected: `at least one for each of ${blocks} blocks`, fix: 'raise --two-step' },
    );
  }
  const ranks = blockSeparators(kept, blocks);
  const separators = new Int32Array(blocks + 1);
  separators[blocks] = snps;
  for (let next = 1, group = 0; next < blocks; next++) {
    while (before[group + 1] <= ranks[next]) group++;
    let j = group * GROUP - 1;
    for (let rank = before[group] - 1; rank < ranks[next]; ) if (statistic[++j] < below) rank++;
    separators[next] = j;
  }
  return { kept, separators };
}

/** A regression in which each block of SNPs makes its rows anew: whole columns would take longer to touch than to make. */
interface Design extends ScoreRegression {
  /** Sum of the LD scores of all annotations, a SNP. */
  readonly total: Float64Array;
  readonly meanN: number;
  /** What is taken off y; without it there is a column for the intercept. */
  readonly offset?: number;
  /** SNPs whose statistic of the first step is below it count; all where it is not given. */
  readonly below?: number;
}

/** What weights follow. */
interface WeightsFrom {
  readonly slope: number;
  readonly intercept: number;
  /** Whether ℓN/N̄ stands where ℓ belongs, as in the updates of LDSC's first step (sic). */
  readonly byScaled?: boolean;
}

function sums(design: Design, separators: Int32Array, weights: WeightsFrom) {
  const order = design.ld.scores.length + (design.offset === undefined ? 1 : 0);
  return sumsOfBlocks(order, rowsOf(design, separators, weights), separators, design.kernels);
}

function rowsOf(
  { ld, y, n, weigh, total, meanN, offset, below = Number.POSITIVE_INFINITY, kernels }: Design,
  separators: Int32Array,
  { slope, intercept, byScaled = false }: WeightsFrom,
): (from: number, to: number) => RegressionRows {
  let most = 0;
  for (let b = 1; b < separators.length; b++) most = Math.max(most, separators[b] - separators[b - 1]);
  const { scaledScores } = kernels ?? typescriptKernels;
  const scaled = ld.scores.map(() => new Float64Array(most));
  const ones = offset === undefined ? [new Float64Array(most).fill(1)] : [];
  const ownWeights = new Float64Array(most);
  return (from, to) => {
    const count = to - from;
    const ownN = n.subarray(from, to);
    for (const [c, scores] of ld.scores.entries())
      scaledScores(scores.subarray(from, to), ownN, count, meanN, scaled[c]);
    const columns = [...scaled, ...ones].map((column) => column.subarray(0, count));
    const weights = ownWeights.subarray(0, count);
    weigh(byScaled ? columns[0] : total.subarray(from, to), slope, intercept, weights, from, below);
    return { columns, y: y.subarray(from, to), offset, weights };
  };
}

/** LDSC's iteratively reweighted least squares: two updates of the weights, then the jackknife. */
function iterate(
  design: Design,
  separators: Int32Array,
  start: WeightsFrom,
  update: (estimate: Float64Array) => WeightsFrom,
): Jackknifed {
  let weights = start;
  for (let step = 0; design.reweigh && step < 2; step++)
    weights = update(leastSquares(sums(design, separators, weights)) ?? collinear());
  const fit = jackknifedLeastSquares(sums(design, separators, weights)) ?? collinear();
  if (![...fit.estimate, ...fit.se].every(Number.isFinite)) {
    throw new HeredityError('numerical', 'the regression on LD scores has no finite solution', {
      fix: 'look at the LD scores and Z scores for extreme values; --chisq-max leaves large ones out',
    });
  }
  return fit;
}

function collinear(): never {
  throw new HeredityError(
    'degenerate-data',
    'the LD scores do not tell the annotations (or the intercept) apart',
    {
      fix: 'leave out annotations that are sums of others, or that are the same for all SNPs of the regression',
    },
  );
}

/** Divides slopes by the mean sample size, and takes the intercept from the fit that has one. */
function assemble(
  { meanN, snps, ld }: { readonly meanN: number; readonly snps: number; readonly ld: LdScores },
  slopes: Jackknifed,
  withIntercept: Jackknifed | undefined,
  fixed: number | undefined,
): ScoreFit {
  const order = ld.scores.length;
  const given = slopes.estimate.length;
  const deleted = new Float64Array(slopes.blocks * order);
  for (let b = 0; b < slopes.blocks; b++)
    for (let c = 0; c < order; c++) deleted[b * order + c] = slopes.deleted[b * given + c] / meanN;
  const coefficients = jackknife(
    slopes.estimate.subarray(0, order).map((slope) => slope / meanN),
    deleted,
  );
  return {
    coefficients,
    intercept: fixed ?? withIntercept!.estimate[order],
    interceptSe: withIntercept?.se[order],
    interceptDeleted: withIntercept && everyNth(withIntercept.deleted, order + 1, order),
    snps,
    firstStepSnps: undefined,
  };
}

function everyNth(values: Float64Array, step: number, first: number): Float64Array {
  return Float64Array.from({ length: values.length / step }, (_, b) => values[b * step + first]);
}

function evenly({ y, blocks }: ScoreRegression): Int32Array {
  return blockSeparators(y.length, blocks);
}

/** Sum of the LD scores of all annotations, a SNP. */
export function totalScores(scores: readonly Float64Array[]): Float64Array {
  if (scores.length === 1) return scores[0];
  const total = largeFloat64(scores[0].length);
  for (const column of scores) for (let j = 0; j < total.length; j++) total[j] += column[j];
  return total;
}

/** Sums over the SNPs of a regression. */
export interface ColumnSums {
  readonly y: number;
  readonly n: number;
  /** Of ℓN. */
  readonly product: number;
  readonly largestY: number;
  readonly largestN: number;
}

/** Slope from means alone, where the weights start: M (mean y - intercept) / mean(ℓN). */
export function aggregate(
  { y, product }: Pick<ColumnSums, 'y' | 'product'>,
  snps: number,
  count: number,
  intercept: number,
): number {
  return (count * (y / snps - intercept)) / (product / snps);
}

/** SNPs that kernels get at once: WebAssembly's are copied into its memory. */
export const SNPS_AT_ONCE = 1 << 14;

/** @param total LD score of each SNP, over all annotations. */
export function sumColumns(
  y: Float64Array,
  n: Float64Array,
  total: Float64Array,
  { columnSums }: Kernels = typescriptKernels,
): ColumnSums {
  const sums = Float64Array.of(0, 0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
  for (let from = 0; from < y.length; from += SNPS_AT_ONCE) {
    const own = (column: Float64Array) => column.subarray(from, from + SNPS_AT_ONCE);
    columnSums(own(y), own(n), own(total), Math.min(SNPS_AT_ONCE, y.length - from), sums);
  }
  const [sumY, sumN, product, largestY, largestN] = sums;
  return { y: sumY, n: sumN, product, largestY, largestN };
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += values[j];
  return sum / values.length;
}
