import { formatCount, formatEstimate, significant } from '../../estimate/number.js';
import type { H2Estimate } from '../../estimators/ldsc/h2.js';
import type { RgEstimate } from '../../estimators/ldsc/rg.js';
import type { TraitResult } from './h2-results.js';

export interface LdscWarning {
  /** A few words, for the table. */
  readonly short: string;
  /** What is the matter and what to do. */
  readonly text: string;
}

/** LDSC's limit below which its own log warns. */
const FEW_SNPS = 200_000;
/** Below this mean χ² there is hardly any polygenic signal (METHODS 3.3). */
const LOW_MEAN_CHI2 = 1.02;
/** A fixed intercept that changes h² by less than this share of it does not matter. */
const GAP_MATTERS = 0.1;
/** A first step that leaves out more than this share of the SNPs is no longer that of unassociated ones. */
const CUT_MATTERS = 0.05;
/** A mean N below it is hardly a number of people. */
const FEW_PEOPLE = 100;
/** Below this many standard errors a heritability is no ground for a genetic correlation. */
const WEAK_Z = 4;

/** Said once a run beside estimates with both intercepts. */
export const INTERCEPT_CAVEAT =
  'A free intercept takes up inflation that is the same for all SNPs, and costs precision; it does not repair stratification that ' +
  'follows LD. An intercept fixed at 1 is more precise, and counts any confounding as heritability. Where the two differ by much, a ' +
  'warning says which one to report.';

/** What a user should know before believing a heritability. */
export function h2Warnings(
  estimate: H2Estimate,
  free: TraitResult['free'],
  fixed: TraitResult['fixed'],
  meanN: number,
  uncovered: string | undefined,
): LdscWarning[] {
  const warnings: LdscWarning[] = [];
  const warn = (short: string, text: string) => warnings.push({ short, text });
  const { h2, se, snps, meanChi2, lambdaGc } = estimate;
  if (snps < FEW_SNPS) {
    warn(
      'few SNPs',
      `${formatCount(snps)} SNPs: fewer than 200,000 are almost always too few, unless the LD scores are of a part of the genome or of an array`,
    );
  }
  if (uncovered !== undefined) warn('chromosomes missing', uncovered);
  if (meanN < FEW_PEOPLE)
    warn(
      'N is tiny',
      `the mean N is ${significant(meanN, 3)}: N is the number of people, not of studies or of alleles; h² is too large by the same factor where it is too small`,
    );
  if (meanChi2 < LOW_MEAN_CHI2) {
    warn(
      'mean χ² below 1.02',
      `the mean χ² is ${significant(meanChi2, 4)}: there is hardly any polygenic signal; a larger sample is needed, or N, Z or the filters of the summary statistics are wrong`,
    );
  }
  if (h2 < 0) {
    warn(
      'below 0',
      `h² is below 0, ${formatEstimate(h2, se)}: statistics do not rise with LD. ${h2 > -1.96 * se ? 'With this standard error that is what a small heritability or a small sample looks like' : 'More than chance: look for signs that were lost, Z of another trait, LD scores of another ancestry, or genomic control'}. It is not set to 0, so that averages stay unbiased`,
    );
  } else if (h2 > 1) {
    warn(
      'above 1',
      `h² is above 1, ${formatEstimate(h2, se)}: N is perhaps too small (number of cases for cases and controls; effective N), M too large for the SNPs behind the LD scores, or a case-control trait is on the observed scale`,
    );
  } else if (h2 < 1.96 * se) {
    warn(
      'not told from 0',
      `h² cannot be told from 0: its 95 % interval includes it (mean N ${formatCount(meanN)})`,
    );
  }
  if (free.interceptSe !== null) {
    const excess = (free.intercept - 1) / free.interceptSe;
    if (excess < -3)
      warn(
        'intercept below 1',
        `the intercept is below 1, ${formatEstimate(free.intercept, free.interceptSe)}: the statistics were perhaps corrected by genomic control (undo it: h² is too small by the same factor), or N differs between SNPs`,
      );
    const gap = fixed.h2 - free.h2;
    const matters = gap > 2 * Math.hypot(free.se, fixed.se) && gap > GAP_MATTERS * fixed.h2;
    if (excess > 3 && matters) warn('intercepts disagree', disagreement(free, fixed));
  }
  if (lambdaGc > 0 && meanChi2 / lambdaGc > 3)
    warn(
      'few SNPs carry the signal',
      `the mean χ² is ${significant(meanChi2 / lambdaGc, 2)} times λ GC: a few SNPs with very large effects dominate; --chisq-max leaves them out`,
    );
  return warnings;
}

/** Which of two heritabilities to report where the intercepts disagree, and why. */
function disagreement(free: TraitResult['free'], fixed: TraitResult['fixed']): string {
  const freeH2 = formatEstimate(free.h2, free.se);
  const difference = `the intercept is ${formatEstimate(free.intercept, free.interceptSe)}, and fixing it at 1 raises h² from ${freeH2} to ${formatEstimate(fixed.h2, fixed.se)}`;
  const cut = free.firstStepSnps === null ? 0 : 1 - free.firstStepSnps / free.snps;
  if (free.twoStep !== null && cut > CUT_MATTERS) {
    return (
      `${difference}. The intercept is that of SNPs with χ² below ${free.twoStep} only, which leaves out ${(100 * cut).toFixed(0)} % of them and so makes it too high ` +
      `and h² too low. Report neither of the two: report what --two-step ${aboveAll(free.maxChi2)} gives, which leaves none out`
    );
  }
  const share = free.ratio === null ? '' : `, ${(100 * free.ratio).toFixed(0)} % of the inflation,`;
  return (
    `${difference}. Report ${freeH2}, with the intercept free: the other counts what raises all statistics alike${share} as heritability. ` +
    'Structure, relatives or people shared between cohorts do that; LD scores of another population do, too'
  );
}

/** A power of ten above every χ². */
export function aboveAll(maxChi2: number): number {
  return 10 ** Math.max(2, Math.floor(Math.log10(Math.max(maxChi2, 1))) + 1);
}

/** What a user should know before believing a genetic correlation. */
export function rgWarnings(
  { rg, se, h2, snps }: RgEstimate,
  names: readonly [string, string],
): LdscWarning[] {
  const warnings: LdscWarning[] = [];
  const warn = (short: string, text: string) => warnings.push({ short, text });
  if (snps < FEW_SNPS)
    warn('few SNPs', `${formatCount(snps)} SNPs: fewer than 200,000 are almost always too few`);
  const negative = names.filter((_, t) => h2[t]!.h2 <= 0);
  if (negative.length > 0)
    warn(
      'h² not above 0',
      `no correlation: h² of ${negative.join(' and ')} is not above 0 on the SNPs of the pair`,
    );
  else if (rg !== null && se === null)
    warn('no error', 'h² is not above 0 without some block of SNPs: the correlation has no standard error');
  const weak = names.filter((_, t) => h2[t]!.h2 > 0 && h2[t]!.h2 < WEAK_Z * h2[t]!.se);
  if (weak.length > 0)
    warn(
      'weak h²',
      `h² of ${weak.join(' and ')} is less than ${WEAK_Z} standard errors above 0: its correlations are hardly determined`,
    );
  if (rg !== null && Math.abs(rg) > 1)
    warn(
      'beyond 1',
      `the estimate is beyond 1: ${se !== null && Math.abs(rg) - 1 < 1.96 * se ? 'within its error of 1' : 'one h² is too small, or the statistics do not fit the model'}; it is not cut`,
    );
  return warnings;
}
