import { type Estimate, type Part, type Quantity, quantity, scaled } from '../../estimate/estimate.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import type { SumherTrait } from '../../estimators/sumher/selection.js';
import type { SumherCategory, SumherEstimate, SumherNumber } from '../../estimators/sumher/sumher.js';
import type { Taggings } from '../../formats/tagging.js';
import { chiSquareTail } from '../../linalg/distributions.js';
import { estimandOf, type MethodName } from '../facts.js';
import { sumherWarnings } from './warnings.js';

/** What one estimate is of, beside the numbers. */
export interface SumherSource {
  readonly method: MethodName;
  readonly taggings: Pick<Taggings, 'reference' | 'sizes'>;
  /** The heritability model, or the file that has it. */
  readonly model: string;
  readonly cutoff: number | undefined;
  /** How many of the taggings' variants had no statistic, or one of other alleles. */
  readonly losses?: { readonly absent: number; readonly otherAlleles: number; readonly unused: number };
}

/** SumHer in the terms of all methods: errors are those of the likelihood, that of the jackknife stands beside the total. */
export function sumherEstimate(
  trait: TraitFacts,
  statistics: SumherTrait,
  found: SumherEstimate,
  { method, taggings, model, cutoff, losses }: SumherSource,
): Estimate {
  const h2 = curved(found.h2);
  const { cases } = trait;
  return {
    trait: trait.name,
    method,
    n: found.meanN,
    estimand: estimandOf(method, {
      reference: taggings.reference,
      regression: found.variants,
      heritability: taggings.reference,
    }),
    h2,
    scale: 'observed',
    liability: cases ? onLiabilityScale(h2, cases.prevalence, cases.ascertainment) : null,
    parts: found.categories.map((category, c) =>
      categoryPart(category, taggings.sizes[c], found.h2.estimate),
    ),
    quantities: {
      jackknife: quantity(found.h2.estimate, found.h2.jackknifeSe, 'jackknife'),
      ...(found.scaling && { scaling: curved(found.scaling) }),
      ...(found.intercept && { intercept: withNull(curved(found.intercept), 1) }),
    },
    diagnostics: {
      model,
      logLikelihood: found.logLikelihood,
      nullLogLikelihood: found.nullLogLikelihood,
      meanChi2: found.meanStatistic,
      lambdaGc: found.lambdaGc,
      effectiveVariants: found.effectiveVariants,
      withoutStatistic: found.withoutStatistic,
      aboveCutoff: found.aboveCutoff,
      negativeHeritability: found.negativeHeritability,
      negativeExpectation: found.negativeExpectation,
      scalingJackknifeSe: found.scaling?.jackknifeSe ?? null,
      interceptJackknifeSe: found.intercept?.jackknifeSe ?? null,
      ...losses,
    },
    warnings: sumherWarnings(found, largestShare(statistics, cutoff), cutoff !== undefined),
  };
}

function categoryPart(category: SumherCategory, size: number, total: number): Part {
  const { name, tau, expectedHeritability, part, h2, share, expectedShare, enrichment, excessSe } = category;
  const excess = quantity(h2.estimate - expectedShare * total, excessSe, 'curvature');
  return {
    kind: 'category',
    id: name,
    variants: size,
    h2: curved(h2),
    quantities: {
      share: curved(share),
      'expected-share': quantity(expectedShare, null),
      enrichment: { ...curved(enrichment), p: pOf(excess, 0) },
      coefficient: { ...scaled(curved(part), 1 / expectedHeritability), value: tau },
      contribution: curved(part),
    },
    diagnostics: {
      jackknifeSe: h2.jackknifeSe,
      shareJackknifeSe: share.jackknifeSe,
      enrichmentJackknifeSe: enrichment.jackknifeSe,
      contributionJackknifeSe: part.jackknifeSe,
      influence: category.influence,
    },
  };
}

/** With the error that the curvature of the likelihood gives. */
function curved({ estimate, se }: SumherNumber): Quantity {
  return quantity(estimate, se, 'curvature');
}

function withNull(number: Quantity, value: number): Quantity {
  const p = pOf(number, value);
  return p === null ? number : { ...number, p };
}

/** Two-sided P of a normal number against a value; null where it has no error, as where the number can be nothing else. */
function pOf({ value, se }: Quantity, against: number): number | null {
  return value === null || se === null || !(se > 0) ? null : chiSquareTail(((value - against) / se) ** 2, 1);
}

/** Share of the trait that the variant with the largest statistic explains, of those that count. */
function largestShare({ statistics, n }: SumherTrait, cutoff: number | undefined): number {
  let largest = 0;
  for (let j = 0; j < statistics.length; j++) {
    const share = statistics[j] / (statistics[j] + (typeof n === 'number' ? n : n[j]));
    if (share > largest && (cutoff === undefined || share < cutoff)) largest = share;
  }
  return largest;
}
