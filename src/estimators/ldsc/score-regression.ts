import { HeredityError } from '../../errors.js';
import type { Kernels } from '../../kernels/kernels.js';
import { largeFloat64, largeInt32 } from '../../kernels/memory.js';
import {
  type BlockSums,
  jackknifedLeastSquares,
  leastSquares,
  totalSums,
  weightedBlockSums,
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

/** Weights of the SNPs, given the total slope M τ (a heritability or genetic covariance) and the intercept. */
export type Weigh = (ld: Float64Array, total: number, intercept: number, weights: Float64Array) => void;

export interface ScoreRegression {
  readonly ld: LdScores;
  /** Product of two Z scores, or square of one, of each SNP. */
  readonly y: Float64Array;
  /** Sample size of each SNP; √(N₁N₂) for two traits. */
  readonly n: Float64Array;
  readonly weigh: Weigh;
  /** The intercept where there is neither confounding nor shared noise: 1 for χ², 0 for a product of two traits. */
  readonly nullIntercept: number;
  /** Set to fix the intercept. */
  readonly intercept?: number | undefined;
  /** Which SNPs determine the intercept, in two steps; all at once where it is not given. */
  readonly firstStep?: ((snp: number) => boolean) | undefined;
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
  const { ld, y, n, nullIntercept, weigh, intercept: fixed } = problem;
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
  const meanN = mean(n);
  const start = aggregate(y, total, n, counts, fixed ?? nullIntercept);
  const columns = ld.scores.map((column) => scaled(column, n, meanN));
  const weights = largeFloat64(snps);
  const startWeights = () => weigh(total, start, fixed ?? nullIntercept, weights);
  const totalSlope = (estimate: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < ld.scores.length; c++) sum += (ld.counts[c] * estimate[c]) / meanN;
    return sum;
  };
  const design = { columns, weights, y };
  const parts = { ...problem, meanN, snps };
  if (fixed !== undefined) {
    startWeights();
    const response = less(y, fixed);
    const fit = iterate({ ...design, y: response }, evenly(problem), problem, (estimate) =>
      weigh(total, totalSlope(estimate), fixed, weights),
    );
    return assemble(parts, fit, undefined, fixed);
  }
  const withIntercept = { ...design, columns: [...columns, largeFloat64(snps).fill(1)] };
  const last = columns.length;
  if (problem.firstStep === undefined) {
    startWeights();
    const fit = iterate(withIntercept, evenly(problem), problem, (estimate) =>
      weigh(total, totalSlope(estimate), estimate[last], weights),
    );
    return assemble(parts, fit, fit, undefined);
  }

  // Two steps: low χ² give the intercept, then all SNPs the slope. A weight of 0 takes a SNP out of the first step.
  const { kept, leftOut } = splitRows(snps, problem.firstStep);
  if (kept.length < problem.blocks) {
    throw new HeredityError(
      'degenerate-data',
      `${kept.length} SNPs are below the cutoff of the two-step estimator`,
      { expected: `at least one for each of ${problem.blocks} blocks`, fix: 'raise --two-step' },
    );
  }
  const separators = blockSeparators(kept.length, problem.blocks).map((at, b) =>
    b === 0 ? 0 : b === problem.blocks ? snps : kept[at],
  );
  const maskWeights = () => {
    for (let k = 0; k < leftOut.length; k++) weights[leftOut[k]] = 0;
  };
  startWeights();
  maskWeights();
  const first = iterate(withIntercept, separators, problem, (estimate) => {
    weigh(columns[0], totalSlope(estimate), estimate[last], weights); // sic: ℓN/N̄, where later steps have ℓ
    maskWeights();
  });
  const intercept = first.estimate[last];
  startWeights();
  const { gram } = totalSums(weightedBlockSums(withIntercept.columns, y, weights, separators));
  const dependence = gram[1] / gram[0]; // Σwx / Σwx²: how the slope answers to the intercept
  const response = less(y, intercept);
  const second = iterate({ ...design, y: response }, separators, problem, (estimate) =>
    weigh(total, totalSlope(estimate), intercept, weights),
  );
  const deleted = second.deleted.map(
    (slope, b) => slope - dependence * (first.deleted[2 * b + last] - intercept),
  );
  return {
    ...assemble(parts, jackknife(second.estimate, deleted), first, undefined),
    firstStepSnps: kept.length,
  };
}

/** Rows for which the condition holds, and the others. */
function splitRows(
  count: number,
  condition: (row: number) => boolean,
): { readonly kept: Int32Array; readonly leftOut: Int32Array } {
  const kept = largeInt32(count);
  const leftOut = largeInt32(count);
  let [keptCount, leftCount] = [0, 0];
  for (let j = 0; j < count; j++) {
    if (condition(j)) kept[keptCount++] = j;
    else leftOut[leftCount++] = j;
  }
  return { kept: kept.subarray(0, keptCount), leftOut: leftOut.subarray(0, leftCount) };
}

interface Design {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  /** Changed by every update. */
  readonly weights: Float64Array;
}

/** LDSC's iteratively reweighted least squares: two updates of the weights, then the jackknife. */
function iterate(
  { columns, y, weights }: Design,
  separators: Int32Array,
  { reweigh, kernels }: ScoreRegression,
  update: (estimate: Float64Array) => void,
): Jackknifed {
  const sums = (): BlockSums => weightedBlockSums(columns, y, weights, separators, kernels);
  for (let step = 0; reweigh && step < 2; step++) update(leastSquares(sums()) ?? collinear());
  const fit = jackknifedLeastSquares(sums()) ?? collinear();
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

function less(values: Float64Array, subtrahend: number): Float64Array {
  const differences = largeFloat64(values.length);
  for (let j = 0; j < values.length; j++) differences[j] = values[j] - subtrahend;
  return differences;
}

function scaled(scores: Float64Array, n: Float64Array, meanN: number): Float64Array {
  const column = largeFloat64(scores.length);
  for (let j = 0; j < column.length; j++) column[j] = (scores[j] * n[j]) / meanN;
  return column;
}

/** Slope from means alone, where the weights start: M (mean y - intercept) / mean(ℓN). */
export function aggregate(
  y: Float64Array,
  total: Float64Array,
  n: Float64Array,
  count: number,
  intercept: number,
): number {
  let product = 0;
  for (let j = 0; j < y.length; j++) product += total[j] * n[j];
  return (count * (mean(y) - intercept)) / (product / y.length);
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += values[j];
  return sum / values.length;
}
