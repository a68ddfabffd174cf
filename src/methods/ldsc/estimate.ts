import { interceptWarnings } from '../../estimate/ascertainment.js';
import {
  type Diagnostics,
  type Estimate,
  NOTHING,
  type Part,
  type Quantity,
  quantity,
} from '../../estimate/estimate.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import type { CellTypeCoefficient } from '../../estimators/ldsc/cell-type.js';
import type { CategoryEstimate, SetHeritability } from '../../estimators/ldsc/partitioned.js';
import { chiSquareTail } from '../../linalg/distributions.js';
import { estimandOf, type MethodName } from '../facts.js';
import { annotationName, type QuantileResult, type TraitResult, type VariantNumbers } from './h2-results.js';
import { h2Warnings } from './warnings.js';

/** LD score regression in the terms of all methods: annotations and quantiles of continuous ones are parts. */
export function ldscEstimate(
  result: TraitResult,
  method: MethodName,
  variants: VariantNumbers,
  ld: Estimate['estimand']['ld'] = 'reference',
): Estimate {
  const { trait, estimate, free, fixed, partition, names, counts, quantiles, meanN } = result;
  const h2 = jackknifed(estimate.h2, estimate.se);
  const isFixed = estimate.interceptSe === null;
  const { cases } = trait;
  return {
    trait: trait.name,
    method,
    n: meanN,
    estimand: estimandOf(method, { ...variants, regression: estimate.snps }, ld),
    h2,
    scale: 'observed',
    liability: cases ? onLiabilityScale(h2, cases.prevalence, cases.ascertainment) : null,
    parts: [
      ...(partition?.categories ?? []).map((category, c) =>
        categoryPart(annotationName(names[c]), counts[c], category),
      ),
      ...quantiles.flatMap(quantileParts),
    ],
    quantities: {
      intercept: interceptQuantity(estimate),
      ...(estimate.ratio !== null && { ratio: jackknifed(estimate.ratio, estimate.ratioSe) }),
      free: jackknifed(free.h2, free.se),
      fixed: jackknifed(fixed.h2, fixed.se),
      ...(isFixed && { 'free-intercept': interceptQuantity(free) }),
    },
    diagnostics: chiSquareDiagnostics(estimate, {
      maxChi2: estimate.maxChi2,
      twoStep: estimate.twoStep,
      firstStepSnps: estimate.firstStepSnps,
      chi2Max: estimate.chi2Max,
      aboveChi2Max: estimate.aboveChi2Max,
      blocks: estimate.blocks,
    }),
    warnings: [...h2Warnings(result), ...interceptWarnings(trait, !isFixed)],
    details: {
      scoreBins: result.bins,
      losses: result.losses,
    },
  };
}

/** The estimate of a baseline with the cell types that were tested beside it, one after the other. */
export function withCellTypes(baseline: Estimate, cellTypes: readonly CellTypeCoefficient[]): Estimate {
  const parts = cellTypes.map(
    ({ name, tau, tauSe, p }): Part => ({
      kind: 'cell-type',
      id: name,
      variants: null,
      h2: NOTHING,
      quantities: { coefficient: { ...jackknifed(tau, tauSe), p } },
    }),
  );
  return { ...baseline, parts };
}

export function jackknifed(value: number | null, se: number | null): Quantity {
  return quantity(value, se, 'jackknife');
}

/** An intercept with the P of the hypothesis that it is 1; one that was fixed has neither error nor P. */
export function interceptQuantity({
  intercept,
  interceptSe,
}: {
  readonly intercept: number;
  readonly interceptSe: number | null;
}): Quantity {
  const number = jackknifed(intercept, interceptSe);
  return interceptSe === null ? number : { ...number, p: twoSided(intercept - 1, interceptSe) };
}

/** @returns P of a normal number against 0; null where it has no error. */
function twoSided(value: number, se: number): number | null {
  return se > 0 ? chiSquareTail((value / se) ** 2, 1) : null;
}

export function chiSquareDiagnostics(
  { meanChi2, lambdaGc }: { readonly meanChi2: number; readonly lambdaGc: number },
  more: Diagnostics = {},
): Diagnostics {
  return { meanChi2, lambdaGc, ...more };
}

/** A continuous annotation is no set of SNPs: it has neither a number of them nor an enrichment. */
function categoryPart(id: string, count: number, category: CategoryEstimate): Part {
  const { isSet, tau, tauSe, tauStar, tauStarSe, enrichmentP } = category;
  const { share, enrichment, 'variant-share': variants } = setQuantities(category);
  return {
    kind: 'category',
    id,
    variants: isSet ? count : null,
    h2: jackknifed(category.h2, category.h2Se),
    quantities: {
      share,
      'variant-share': variants,
      ...(isSet && { enrichment: { ...enrichment, p: enrichmentP } }),
      coefficient: { ...jackknifed(tau, tauSe), p: twoSided(tau, tauSe) },
      ...(tauStar !== null && { 'standardised-coefficient': jackknifed(tauStar, tauStarSe) }),
    },
    diagnostics: { isSet },
  };
}

function quantileParts({ annotation, sizes, sets }: QuantileResult): Part[] {
  return sets.map((set, q) => ({
    kind: 'quantile',
    id: `${annotation}:q${q + 1}/${sets.length}`,
    variants: sizes[q],
    h2: jackknifed(set.h2, set.h2Se),
    quantities: setQuantities(set),
    diagnostics: { annotation, quantile: q + 1, of: sets.length },
  }));
}

function setQuantities(set: SetHeritability) {
  return {
    share: jackknifed(set.propH2, set.propH2Se),
    'variant-share': quantity(set.propSnps, null),
    enrichment: jackknifed(set.enrichment, set.enrichmentSe),
  };
}
