/**
 * The GRE estimator from the R² of a block: closed formulas, no data (Hou et al. 2019; METHODS 1.2-1.7).
 */

import { calibratedError } from './calibrated-error.js';

/** What the regression of a trait on all variants of a block says. */
export interface BlockRegression {
  /** b' V⁺ b: share of the trait's variance (covariates removed) that the block's variants explain in sample. */
  readonly r2: number;
  /** Rank of the block's LD matrix. */
  readonly rank: number;
  /** People less columns projected out (intercept included); in reference-compatible mode the number of people. */
  readonly n: number;
}

/** An estimate and its standard error, as shares of the trait's variance. */
export interface Heritability {
  readonly h2: number;
  readonly se: number;
}

/**
 * Which variance formula: `default` is Eq 14 with the factor (n/(n - q))²; `paper-sim` leaves it out, as the standard
 * errors of the paper's simulation tables do (METHODS 1.6); `calibrated` is {@link calibratedError}.
 */
export type SeFormula = (typeof SE_FORMULAS)[number];

export const SE_FORMULAS = ['default', 'paper-sim', 'calibrated'] as const;

/** SNP-heritability of one block, (n R² - q) / (n - q), and its standard error. Needs n > q. Not clipped. */
export function blockHeritability(
  { r2, rank, n }: BlockRegression,
  formula: SeFormula = 'default',
): Heritability {
  const h2 = (n * r2 - rank) / (n - rank);
  if (formula === 'calibrated') return { h2, se: calibratedError([{ h2, rank }], n) };
  const factor = formula === 'default' ? (n / (n - rank)) ** 2 : 1;
  const varianceAt = (h: number) => (factor * ((2 * rank * (1 - h)) / n + 4 * h) * (1 - h)) / n;
  // Estimates far outside [0, 1] can make the plug-in variance negative; only then is the value put back inside.
  const variance = varianceAt(h2) >= 0 ? varianceAt(h2) : varianceAt(Math.min(1, Math.max(0, h2)));
  return { h2, se: Math.sqrt(variance) };
}

/** Sum over blocks, variances added (Eq 1 and 15): takes the blocks as independent. */
export function sumHeritability(blocks: readonly Heritability[]): Heritability {
  let h2 = 0;
  let variance = 0;
  for (const block of blocks) {
    h2 += block.h2;
    variance += block.se ** 2;
  }
  return { h2, se: Math.sqrt(variance) };
}

/**
 * The sum over blocks with the standard error of the formula: Eq 15, or that of the whole sum for `calibrated`.
 * @param n people less columns projected out.
 */
export function totalHeritability(
  blocks: readonly (Heritability & { readonly rank: number })[],
  n: number,
  formula: SeFormula,
): Heritability {
  const sum = sumHeritability(blocks);
  return formula === 'calibrated' ? { h2: sum.h2, se: calibratedError(blocks, n) } : sum;
}
