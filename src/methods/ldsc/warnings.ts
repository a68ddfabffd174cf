import { type Quantity, quantity } from '../../estimate/estimate.js';
import { formatCount, formatEstimate, significant } from '../../estimate/number.js';
import { correlationWarnings } from '../../estimate/pair.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import type { PairH2, RgEstimate } from '../../estimators/ldsc/rg.js';
import type { TraitResult } from './h2-results.js';

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

/** Said once a run beside estimates with both intercepts. */
export const INTERCEPT_CAVEAT =
  'A free intercept takes up inflation that is the same for all SNPs, and costs precision; it does not repair stratification that ' +
  'follows LD. An intercept fixed at 1 is more precise, and counts any confounding as heritability. Where the two differ by much, a ' +
  'warning says which one to report.';

/** What a user should know before believing a heritability. */
export function h2Warnings({
  estimate,
  free,
  fixed,
  meanN,
  uncovered,
}: Pick<TraitResult, 'estimate' | 'free' | 'fixed' | 'meanN' | 'uncovered'>): Warning[] {
  const { snps, meanChi2, lambdaGc } = estimate;
  const warnings: Warning[] = [];
  if (snps < FEW_SNPS) warnings.push(fewSnps(snps));
  if (uncovered !== undefined) warnings.push(uncovered);
  if (meanN < FEW_PEOPLE)
    warnings.push(
      warning(
        'tiny-sample',
        `the mean N is ${significant(meanN, 3)}: h² is too large by the factor by which it is too small`,
        'N is the number of people, not of studies or of alleles',
      ),
    );
  warnings.push(...signalWarnings(estimate));
  if (free.interceptSe !== null) {
    const excess = (free.intercept - 1) / free.interceptSe;
    if (excess < -3)
      warnings.push(
        warning(
          'intercept-below-one',
          `the intercept is below 1, ${formatEstimate(free.intercept, free.interceptSe)}: the statistics were perhaps corrected by genomic control, or N differs between SNPs`,
          'undo the correction: h² is too small by the same factor',
        ),
      );
    const gap = fixed.h2 - free.h2;
    const matters = gap > 2 * Math.hypot(free.se, fixed.se) && gap > GAP_MATTERS * fixed.h2;
    if (excess > 3 && matters) warnings.push(disagreement(free, fixed));
  }
  if (lambdaGc > 0 && meanChi2 / lambdaGc > 3)
    warnings.push(
      warning(
        'strong-signals',
        `the mean χ² is ${significant(meanChi2 / lambdaGc, 2)} times λ GC: a few SNPs with very large effects dominate`,
        '--chisq-max leaves them out',
      ),
    );
  return warnings;
}

/** Of a heritability on the SNPs of a pair, too. */
export function signalWarnings({ h2, se, meanChi2 }: Pick<PairH2, 'h2' | 'se' | 'meanChi2'>): Warning[] {
  const low =
    meanChi2 < LOW_MEAN_CHI2
      ? [
          warning(
            'low-chi2',
            `the mean χ² is ${significant(meanChi2, 4)}: there is hardly any polygenic signal`,
            'take a larger sample, or look for what is wrong with N, Z or the filters of the summary statistics',
          ),
        ]
      : [];
  return [
    ...low,
    ...rangeWarnings(
      quantity(h2, se, 'jackknife'),
      'look for an N that is too small (number of cases for cases and controls; effective N), an M too large for the SNPs behind the LD scores, or a case-control trait on the observed scale',
      'look for signs that were lost, Z of another trait, LD scores of another ancestry, or genomic control',
    ),
  ];
}

function fewSnps(snps: number): Warning {
  return warning(
    'few-variants',
    `${formatCount(snps)} SNPs: fewer than 200,000 are almost always too few, unless the LD scores are of a part of the genome or of an array`,
  );
}

/** Which of two heritabilities to report where the intercepts disagree, and why. */
function disagreement(free: TraitResult['free'], fixed: TraitResult['fixed']): Warning {
  const freeH2 = formatEstimate(free.h2, free.se);
  const difference = `the intercept is ${formatEstimate(free.intercept, free.interceptSe)}, and fixing it at 1 raises h² from ${freeH2} to ${formatEstimate(fixed.h2, fixed.se)}`;
  const cut = free.firstStepSnps === null ? 0 : 1 - free.firstStepSnps / free.snps;
  if (free.twoStep !== null && cut > CUT_MATTERS) {
    return warning(
      'intercepts-disagree',
      `${difference}. The intercept is that of SNPs with χ² below ${free.twoStep} only, which leaves out ${(100 * cut).toFixed(0)} % of them and so makes it too high ` +
        'and h² too low',
      `report neither of the two: report what --two-step ${aboveAll(free.maxChi2)} gives, which leaves none out`,
    );
  }
  const share = free.ratio === null ? '' : `, ${(100 * free.ratio).toFixed(0)} % of the inflation,`;
  return warning(
    'intercepts-disagree',
    `${difference}, which counts what raises all statistics alike${share} as heritability. ` +
      'Structure, relatives or people shared between cohorts do that; LD scores of another population do, too',
    `report ${freeH2}, with the intercept free`,
  );
}

/** A power of ten above every χ². */
export function aboveAll(maxChi2: number): number {
  return 10 ** Math.max(2, Math.floor(Math.log10(Math.max(maxChi2, 1))) + 1);
}

/** What a user should know before believing a genetic correlation. */
export function rgWarnings({ rg, se, h2, snps }: RgEstimate, names: readonly [string, string]): Warning[] {
  const own = h2.map((fit) => quantity(fit.h2, fit.se, 'jackknife')) as [Quantity, Quantity];
  return [
    ...(snps < FEW_SNPS ? [fewSnps(snps)] : []),
    ...correlationWarnings(quantity(rg, se, 'jackknife'), own, names, {
      where: ' on the SNPs of the pair',
      unreliable: 'h² is not above 0 without some block of SNPs: the correlation has no standard error',
      behind: 'one h² is too small, or the statistics do not fit the model',
    }),
  ];
}
