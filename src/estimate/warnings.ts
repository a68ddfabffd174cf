import { worded } from '../wording.js';
import type { Quantity } from './estimate.js';
import { includesZero, Z95 } from './interval.js';

/**
 * Something that a user should know before believing a number. Programs go by the code, people by the text; the fix is
 * what to do about it. Options are called as the door calls them (src/wording.ts).
 */
export interface Warning {
  readonly code: WarningCode;
  /** What is the matter, with the numbers of this case. */
  readonly text: string;
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null;
}

interface WarningFacts {
  readonly short: string;
  readonly meaning: string;
  /** What to do about it in general; a warning's own fix is about its case. */
  readonly fix?: string;
  /** The number is not to be believed as it stands: pictures say so. */
  readonly doubts?: true;
}

/** Every code with a few words for tables and what it means wherever it is seen (docs/warnings.md is made from here). */
export const WARNINGS = {
  // the estimate itself
  'below-zero': {
    short: 'below 0',
    meaning:
      'The estimate is below 0, which no heritability is. Unbiased estimates scatter around the truth, so a small heritability or a small sample often gives one; it is not set to 0, so that averages stay unbiased.',
    fix: 'nothing, where it is within chance; else look for signs or people that do not belong together, or a correction made twice',
  },
  'above-one': {
    doubts: true,
    short: 'above 1',
    meaning: 'The estimate is above 1, which no heritability is.',
    fix: 'look for related people, population structure, or a block or component that the sample hardly determines',
  },
  'includes-zero': {
    short: 'not told from 0',
    meaning: 'The 95 % interval includes 0: the data do not show that the trait is heritable.',
    fix: 'more people, or fewer components; an average over studies keeps such estimates as they are',
  },
  'no-estimate': {
    short: 'no estimate',
    meaning: 'The method gave no number for this trait; the text says why.',
    fix: 'see the text of the warning: it names what is missing',
  },
  'at-bound': {
    short: 'at a bound',
    meaning: 'The estimate stands at an end of the range that the method allows; its interval is one-sided.',
    fix: 'report the interval, not the estimate alone',
  },
  'random-error': {
    short: 'random error',
    meaning:
      'The random vectors alone move the estimate by a good part of its standard error; more of them help.',
    fix: 'raise --probes, or average over seeds',
  },
  'not-converged': {
    doubts: true,
    short: 'not converged',
    meaning: 'The iterations ended before the estimate settled.',
    fix: 'give it more iterations, fewer components, or better starting values',
  },
  'no-error': {
    short: 'no error',
    meaning: 'The data give a number without a standard error, so that nothing says how far off it may be.',
    fix: 'give the numbers behind the estimate, such as pairs or people',
  },
  'error-unreliable': {
    doubts: true,
    short: 'error unreliable',
    meaning: 'The standard error cannot be trusted in this sample; the text says why.',
    fix: 'take another --se, or larger parts',
  },
  // the trait
  'observed-scale': {
    short: 'observed scale',
    meaning:
      'A case-control trait on the observed scale, on which the estimate depends on the share of cases.',
    fix: 'give --prevalence, which adds the liability scale',
  },
  ascertained: {
    short: 'ascertained',
    meaning: 'Cases are over-represented in the sample, which the method does not correct for in full.',
    fix: 'take a method that corrects for it, or report the liability scale with care',
  },
  'three-values': {
    short: 'three values',
    meaning: "The trait has three values: perhaps PLINK's case-control coding, in which 0 is missing.",
    fix: 'if 0 is missing, write NA for it, or keep only 1 and 2',
  },
  'trait-coding': {
    short: 'coding',
    meaning: 'How the values of the trait were read is an assumption.',
    fix: 'see whether the text says what you meant; write missing values as NA',
  },
  'trait-failed': {
    short: 'failed',
    meaning: 'The trait could not be analysed; the other traits were.',
    fix: 'mend that trait and run it alone',
  },
  'dependent-covariates': {
    short: 'covariates left out',
    meaning: 'Some covariates are sums of others and add nothing; they are left out.',
    fix: 'nothing: the estimate is the same',
  },
  'covariate-coding': {
    short: 'covariate coding',
    meaning: 'A covariate of few whole numbers is taken as a quantity; categories need to be named.',
    fix: 'name categories with --catcovar, quantities with --qcovar',
  },
  // people and variants
  'people-apart': {
    short: 'not the same people',
    meaning:
      'Too few people have both traits, so that their covariance is that of variant effects in the people of either: both samples are taken as drawn from one population, with the same LD.',
    fix: 'use samples of one ancestry, without relatives of one in the other; a trait that everybody has needs no such assumption',
  },
  'blocks-overlap': {
    doubts: true,
    short: 'blocks overlap: do not use the plain sum',
    meaning:
      'Blocks of variants explain part of each other in this sample, so that their sum counts it twice.',
    fix: 'estimate with --cross-block, leave out related people, add principal components, or use fewer blocks',
  },
  'blocks-corrected': {
    short: 'blocks overlap: corrected',
    meaning: 'Blocks of variants explain part of each other in this sample; the estimate has that taken out.',
  },
  'rank-near-n': {
    doubts: true,
    short: 'rank close to n',
    meaning:
      'A block has nearly as many independent variants as there are people; its estimate is hardly determined.',
    fix: 'use smaller blocks (--blocks count:K), or more people',
  },
  'solver-by-memory': {
    short: 'solver by memory',
    meaning:
      'The memory allowed kept the quicker direct solver from some blocks: conjugate gradients took its place, so that digits beyond the stated solver error may differ from a run with more memory.',
    fix: 'nothing; or allow more with --memory, or choose with --solver',
  },
  'related-people': {
    short: 'related people',
    meaning: 'People are related, which the method takes them not to be.',
    fix: 'leave out one of each related pair (--remove), or take a method that allows for them',
  },
  'small-overlap': {
    short: 'small overlap',
    meaning: 'Two files share few of their samples or variants.',
    fix: 'see whether both files have the same identifiers and the same people or variants',
  },
  'left-out': {
    short: 'left out',
    meaning: 'Something that was given is not used; the text says what and why.',
    fix: 'see whether that is what you meant; the counts stand in the loss report',
  },
  assumed: {
    short: 'assumed',
    meaning: 'Something that the data do not say was assumed; the text says what.',
    fix: 'give what was assumed',
  },
  // components and categories
  'negative-component': {
    short: 'component below 0',
    meaning: 'A variance component is below 0; it is not set to 0, so that sums and averages stay unbiased.',
    fix: 'nothing, where it is within chance; report the sum with it',
  },
  'component-at-bound': {
    short: 'component at 0',
    meaning: 'A variance component is held at 0.',
    fix: 'compare with the model without it, or with free bounds',
  },
  'categories-wide': {
    short: 'categories too uncertain',
    meaning:
      'The 95 % intervals of some categories are wider than the heritability that an even spread over the variants would give them: they tell neither an enriched nor an empty category.',
    fix: 'take fewer and larger categories, or more people',
  },
  collinear: {
    short: 'collinear',
    meaning: 'Parts can hardly be told apart: their estimates go together.',
    fix: 'merge the parts, and report their sum',
  },
  // statistics
  'few-variants': {
    short: 'few SNPs',
    meaning: 'There are too few variants for the regression to be trusted.',
    fix: 'use the whole genome',
  },
  'tiny-sample': {
    doubts: true,
    short: 'N is tiny',
    meaning: 'The sample size is hardly a number of people: perhaps that of studies or alleles.',
  },
  'low-chi2': {
    short: 'mean χ² below 1.02',
    meaning: 'There is hardly any polygenic signal in the statistics.',
    fix: 'a larger study; estimates of this one say little',
  },
  'intercept-below-one': {
    short: 'intercept below 1',
    meaning: 'The intercept is below 1: genomic control, or sample sizes that differ between variants.',
    fix: 'take uncorrected statistics and the sample size of each variant',
  },
  'intercepts-disagree': {
    short: 'intercepts disagree',
    meaning:
      'The heritability depends on whether the intercept is estimated or fixed; the text says which to report.',
  },
  'strong-signals': {
    short: 'few SNPs carry the signal',
    meaning: 'A few variants with very large effects dominate the statistics.',
    fix: 'leave out the strongest regions and see how far the estimate moves',
  },
  'weak-heritability': {
    short: 'weak h²',
    meaning: 'A heritability is hardly above 0, so that a correlation with the trait is hardly determined.',
  },
  'heritability-not-positive': {
    short: 'h² not above 0',
    meaning: 'A heritability is not above 0, so that there is no genetic correlation with the trait.',
  },
  'beyond-one': { short: 'beyond 1', meaning: 'A correlation is beyond 1, which none is; it is not cut.' },
  'part-of-genome': {
    doubts: true,
    short: 'part of the genome',
    meaning: 'The statistics and the LD scores cover different parts of the genome.',
    fix: 'take LD scores of the chromosomes that the statistics cover',
  },
  'poor-fit': {
    doubts: true,
    short: 'poor fit',
    meaning: 'The model does not fit the data; the text says what speaks against it.',
    fix: 'see the likely cause in the text: means or variances that differ between groups need covariates or strata',
  },
  'common-environment': {
    short: 'common environment',
    meaning: 'A shared environment adds to the resemblance that is taken for genetic.',
    fix: 'compare with a design that separates it, such as twins or adopted children',
  },
  'twin-correlations': {
    short: 'r_MZ against r_DZ',
    meaning:
      'Twins are alike in a way that additive genes and a common environment cannot give: r_DZ is above r_MZ, or below half of it. Chance does it in small samples.',
    fix: 'check the zygosity column; where r_MZ is above twice r_DZ, see model ADE',
  },
  'no-genetic-component': {
    short: 'no genetic component',
    meaning:
      'The model that describes the relatives best has no genetic component: its heritability is 0 by definition, not by measurement.',
    fix: 'report the interval of a2 of the model with A, not the 0 alone',
  },
  note: { short: 'note', meaning: 'Said about the run; the text says it all.' },
} as const satisfies Readonly<Record<string, WarningFacts>>;

export type WarningCode = keyof typeof WARNINGS;

export function warningFacts(code: WarningCode): WarningFacts {
  return WARNINGS[code];
}

/** @returns those after which a number is not to be believed as it stands. */
export function doubtsIn(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => warningFacts(code).doubts === true);
}

/** @returns a warning of the catalogue; the text starts in lower case and ends without a full stop, as does the fix. */
export function warning(code: WarningCode, text: string, fix: string | null = null): Warning {
  return { code, text: worded(text), fix: fix === null ? null : worded(fix) };
}

/** The warning in a sentence or two. */
export function warningText({ text, fix }: Warning): string {
  return fix === null ? text : `${text}. ${fix.charAt(0).toUpperCase()}${fix.slice(1)}`;
}

/**
 * What every heritability is asked: below 0, above 1, or not told from 0. The one place that decides it.
 * @param aboveOne what is likely behind a value above 1 with this method.
 * @param belowZero what is likely behind one below 0 by more than chance.
 */
export function rangeWarnings(
  { value, se, ci95 }: Quantity,
  aboveOne = 'look for related people or population structure',
  belowZero = 'look for signs or people that do not belong together, or a correction that was made twice',
): Warning[] {
  if (value === null) return [];
  const warnings: Warning[] = [];
  const error = se === null ? null : Number(se.toPrecision(2));
  if (value < 0) {
    const isChance = se !== null && value > -Z95 * se;
    warnings.push(
      isChance || se === null
        ? warning(
            'below-zero',
            `the estimate is below 0${error === null ? '' : `: with a standard error of ${error} that is what a small heritability or a small sample looks like`}; it is not set to 0, so that averages stay unbiased`,
          )
        : warning(
            'below-zero',
            'the estimate is below 0 by more than chance; it is not set to 0, so that averages stay unbiased',
            belowZero,
          ),
    );
  } else if (value > 1) {
    warnings.push(warning('above-one', 'the estimate is above 1', aboveOne));
  } else if (ci95 ? ci95[0] <= 0 : se !== null && includesZero(value, se)) {
    warnings.push(
      warning('includes-zero', 'the estimate cannot be told from 0: its 95 % interval includes it'),
    );
  }
  return warnings;
}
