import { formatCount, formatEstimate } from '../../estimate/number.js';
import type { SumherEstimate } from '../../estimators/sumher/sumher.js';

export interface SumherWarning {
  /** A few words, for the table. */
  readonly short: string;
  /** What is the matter and what to do. */
  readonly text: string;
}

/** Below so many standard errors an estimate is not told from 0. */
const SIGNIFICANT = 1.96;
/** Jackknife over Hessian error from which the latter is not to be trusted. */
const ERRORS_DIFFER = 1.5;
/** A variant that explains so much of the trait dominates the fit; LDAK advises to leave it out. */
const LARGE_EFFECT = 0.01;
/** What a user should know before believing an estimate. */
export function sumherWarnings(
  estimate: SumherEstimate,
  largestShare: number,
  hasCutoff: boolean,
): SumherWarning[] {
  const warnings: SumherWarning[] = [];
  const warn = (short: string, text: string) => warnings.push({ short, text });
  const { h2, negativeExpectation } = estimate;
  const se = h2.se ?? h2.jackknifeSe;
  const printed = formatEstimate(h2.estimate, se);
  if (h2.estimate < 0)
    warn(
      'below 0',
      `the estimate is below 0 (${printed}): the statistics are smaller than without any heritability. Small samples do this by chance; else look for genomic control that was applied to the statistics, and for a wrong sample size`,
    );
  else if (h2.estimate > 1)
    warn(
      'above 1',
      `the estimate is above 1 (${printed}): look for confounding (--genomic-control or --intercept), a wrong sample size, taggings of another population, and single variants of large effect (--cutoff 0.01)`,
    );
  else if (se !== null && h2.estimate < SIGNIFICANT * se)
    warn('not told from 0', `the estimate is not told from 0 (${printed})`);
  if (h2.se === null)
    warn(
      'no curvature',
      'the likelihood has no proper maximum: take the jackknife standard error, and a simpler model',
    );
  else if (h2.jackknifeSe !== null && h2.jackknifeSe > ERRORS_DIFFER * h2.se)
    warn(
      'jackknife error larger',
      `the jackknife standard error (${h2.jackknifeSe.toFixed(4)}) is well above that of the likelihood (${h2.se.toFixed(4)}), which assumes many small effects: a few variants or regions matter much here. Report the former`,
    );
  if (largestShare >= LARGE_EFFECT && !hasCutoff)
    warn(
      'large effect',
      `a variant explains ${(100 * largestShare).toFixed(1)} % of the trait: such variants weigh heavily in the fit. LDAK advises --cutoff 0.01, with their own share of variance added afterwards`,
    );
  if (negativeExpectation > 0)
    warn(
      'model too rich',
      `${formatCount(negativeExpectation)} variants have a negative expected statistic: the heritability model has too many categories for these data`,
    );
  return warnings;
}
