import type { Kernels } from '../../kernels/kernels.js';
import { typescriptKernels } from '../../kernels/typescript.js';
import { largest } from '../../linalg/extremes.js';
import { CHI2_MEDIAN, median } from '../../linalg/median.js';
import {
  type ColumnSums,
  DEFAULT_BLOCKS,
  type LdScores,
  mean,
  regressOnScores,
  type ScoreFit,
  type Weigh,
} from './score-regression.js';

/** Summary statistics of one trait, for the SNPs of the LD scores and in their order. */
export interface LdscTrait {
  /** Squares of the Z scores. */
  readonly chi2: Float64Array;
  /** Sample size of each SNP. */
  readonly n: Float64Array;
  /** Of the columns, with the LD scores they are for, where they are known: for several regressions of one trait. */
  readonly sums?: ColumnSums;
  readonly summary?: ChiSquareSummary;
}

/** What is not given follows LDSC's defaults ({@link ldscRules}); null turns a rule off. */
export interface LdscOptions {
  /** Fixes the intercept, at 1 where there is no confounding. */
  readonly intercept?: number | undefined;
  /** SNPs with χ² below it determine the intercept, before all SNPs determine the slope. */
  readonly twoStep?: number | null | undefined;
  /** Only SNPs with χ² below it count. */
  readonly chi2Max?: number | null | undefined;
  /** Blocks of the jackknife. @default 200, or the number of SNPs */
  readonly blocks?: number | undefined;
  /** Make the sums over SNPs; without them plain loops do. */
  readonly kernels?: Kernels | undefined;
}

export interface LdscRules {
  readonly twoStep: number | null;
  readonly chi2Max: number | null;
}

const TWO_STEP = 30;

/**
 * The rules that apply, LDSC's defaults filled in (METHODS 3.4): with one LD score and a free intercept two steps with a
 * cutoff of 30 and no limit on χ²; with several annotations a limit of max(0.001 max N, 80) and no two steps.
 */
export function ldscRules(options: LdscOptions, annotations: number, largestN: number): LdscRules {
  const { intercept, twoStep, chi2Max } = options;
  if (annotations === 1)
    return {
      twoStep: twoStep === undefined && intercept === undefined ? TWO_STEP : (twoStep ?? null),
      chi2Max: chi2Max ?? null,
    };
  return { twoStep: null, chi2Max: chi2Max === undefined ? Math.max(0.001 * largestN, 80) : chi2Max };
}

/** χ² of a trait in a regression: what is said beside the heritability. */
export interface ChiSquareSummary {
  readonly meanChi2: number;
  /** Median χ² over that of a χ² with one degree of freedom. */
  readonly lambdaGc: number;
  readonly maxChi2: number;
}

export interface H2Estimate extends LdscRules, ChiSquareSummary {
  readonly h2: number;
  readonly se: number;
  readonly intercept: number;
  /** Null where the intercept was fixed. */
  readonly interceptSe: number | null;
  /** (intercept - 1) / (mean χ² - 1): the share of the inflation that is not heritability; null where mean χ² <= 1 or the intercept was fixed. */
  readonly ratio: number | null;
  readonly ratioSe: number | null;
  /** SNPs of the regression. */
  readonly snps: number;
  /** SNPs that `chi2Max` left out. */
  readonly aboveChi2Max: number;
  /** SNPs that determined the intercept; null where that was no step of its own. */
  readonly firstStepSnps: number | null;
  readonly blocks: number;
  /** h² without each block. */
  readonly h2Deleted: Float64Array;
  readonly interceptDeleted: Float64Array | null;
}

/**
 * SNP-heritability by LD score regression with one LD score (Bulik-Sullivan 2015; METHODS 3.4), for any number of traits
 * on the same SNPs. On the scale of the trait as it was analysed: {@link liabilityFactor} leads to that of liability.
 * @throws HeredityError as {@link regressOnScores}.
 */
export function estimateH2(
  ld: LdScores,
  traits: readonly LdscTrait[],
  options: LdscOptions = {},
): H2Estimate[] {
  return traits.map((trait) => {
    const rules = ldscRules(options, 1, 0);
    const kept = belowChi2Max(ld, trait, rules.chi2Max);
    const fit = regressChi2(kept.ld, kept.trait, options, rules);
    const { coefficients } = fit;
    const m = ld.counts[0];
    return {
      h2: m * coefficients.estimate[0],
      se: m * coefficients.se[0],
      ...interceptAndRatio(fit, kept.trait),
      ...rules,
      snps: fit.snps,
      aboveChi2Max: trait.chi2.length - fit.snps,
      firstStepSnps: fit.firstStepSnps ?? null,
      blocks: coefficients.blocks,
      h2Deleted: coefficients.deleted.map((slope) => m * slope),
    };
  });
}

/** Regression of χ² on LD scores; with several annotations the weights stay at their start, as in LDSC. */
export function regressChi2(
  ld: LdScores,
  { chi2, n, sums }: LdscTrait,
  { intercept, blocks, kernels }: Pick<LdscOptions, 'intercept' | 'blocks' | 'kernels'>,
  { twoStep }: Pick<LdscRules, 'twoStep'>,
  reweigh = ld.scores.length === 1,
): ScoreFit {
  return regressOnScores({
    ld,
    y: chi2,
    n,
    sums,
    weigh: h2Weights(ld, { chi2, n }, kernels ?? typescriptKernels),
    nullIntercept: 1,
    intercept,
    firstStep: twoStep === null ? undefined : { statistic: chi2, below: twoStep },
    reweigh,
    blocks: Math.min(blocks ?? DEFAULT_BLOCKS, chi2.length),
    kernels,
  });
}

/** Weights against heteroscedastic and over-counted χ²: 1 / (w_ℓ 2 (intercept + h² N ℓ / M)²), ℓ and w_ℓ at least 1. */
function h2Weights(
  { weightScores, counts }: LdScores,
  { chi2, n }: LdscTrait,
  { chi2Weights }: Kernels,
): Weigh {
  const m = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return (ld, total, intercept, weights, first, below) => {
    const own = (column: Float64Array) => column.subarray(first, first + weights.length);
    const slope = Math.min(Math.max(total, 0), 1) / m;
    chi2Weights(
      ...([ld, own(weightScores), own(n), own(chi2), weights.length] as const),
      ...([slope, intercept, below, weights] as const),
    );
  };
}

/** The intercept and its share of the inflation, beside a summary of χ². */
export function interceptAndRatio(fit: ScoreFit, { chi2, summary = summariseChi2(chi2) }: LdscTrait) {
  const excess = summary.meanChi2 - 1;
  const se = fit.interceptSe;
  const hasRatio = se !== undefined && excess > 0;
  return {
    ...summary,
    intercept: fit.intercept,
    interceptSe: se ?? null,
    interceptDeleted: fit.interceptDeleted ?? null,
    ratio: hasRatio ? (fit.intercept - 1) / excess : null,
    ratioSe: hasRatio ? se / excess : null,
  };
}

/** @param sums of the column, where they are known. */
export function summariseChi2(chi2: Float64Array, sums?: ColumnSums): ChiSquareSummary {
  return {
    meanChi2: sums ? sums.y / chi2.length : mean(chi2),
    lambdaGc: median(chi2) / CHI2_MEDIAN,
    maxChi2: sums ? sums.largestY : largest(chi2),
  };
}

/** The SNPs with χ² below a limit; all of them, uncopied, where there is none above. */
export function belowChi2Max(
  ld: LdScores,
  trait: LdscTrait,
  chi2Max: number | null,
): { readonly ld: LdScores; readonly trait: LdscTrait } {
  const { chi2, n } = trait;
  if (chi2Max === null) return { ld, trait };
  const keep = (values: Float64Array) => values.filter((_, j) => chi2[j] < chi2Max);
  const below = keep(chi2);
  if (below.length === chi2.length) return { ld, trait };
  return {
    ld: { ...ld, scores: ld.scores.map(keep), weightScores: keep(ld.weightScores) },
    trait: { chi2: below, n: keep(n) },
  };
}
