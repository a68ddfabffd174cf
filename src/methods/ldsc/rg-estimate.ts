import type { HeredityError } from '../../errors.js';
import { type Estimate, type Findings, quantity, type TraitPair } from '../../estimate/estimate.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import { failedPair, liabilityCovariance } from '../../estimate/pair.js';
import { failedEstimate } from '../../estimate/trait-facts.js';
import { estimandOf, type MethodName } from '../facts.js';
import { chiSquareDiagnostics, interceptQuantity, jackknifed } from './estimate.js';
import type { VariantNumbers } from './h2-results.js';
import type { PairResult } from './rg.js';
import { rgWarnings, signalWarnings } from './warnings.js';

/** A trait, or a pair, of which nothing can be estimated, and why. */
export interface Failure {
  readonly traits: readonly string[];
  readonly error: HeredityError;
}

export const isFailure = (found: object): found is Failure => 'error' in found;

/**
 * Pairs of traits in the terms of all methods, with the heritability of each trait. Each pair has its own SNPs and so its own
 * heritabilities: as in LDSC's log the first trait has that of its pair with the second, all others that of their pair with the
 * first, or, where that failed, of the first pair that did not.
 */
export function rgFindings(
  traits: readonly { readonly name: string; readonly n: number }[],
  pairs: readonly (PairResult | Failure)[],
  method: MethodName,
  variants: VariantNumbers,
): Findings {
  const found = pairs.filter((pair): pair is PairResult => !isFailure(pair));
  const estimates = traits.map(({ name, n }): Estimate => {
    const pair = found.find((one) => one.traits.some((trait) => trait.name === name));
    if (pair) return pairEstimate(pair, pair.traits[0].name === name ? 0 : 1, method, variants);
    const { error } = pairs.filter(isFailure).find(({ traits }) => traits.includes(name))!;
    const estimand = estimandOf(method, { ...variants, regression: null });
    return failedEstimate(name, method, n, estimand, error.problem, error.details.fix ?? null);
  });
  return {
    estimates,
    pairs: pairs.map((pair) =>
      isFailure(pair)
        ? failedPair(
            [pair.traits[0], pair.traits[1]],
            method,
            pair.error.problem,
            pair.error.details.fix ?? null,
          )
        : traitPair(pair, method),
    ),
    warnings: [],
  };
}

/** Heritability of a trait on the SNPs of a pair. */
function pairEstimate(pair: PairResult, t: 0 | 1, method: MethodName, variants: VariantNumbers): Estimate {
  const own = pair.estimate.h2[t];
  const { name, cases } = pair.traits[t];
  const h2 = jackknifed(own.h2, own.se);
  return {
    trait: name,
    method,
    n: pair.meanN[t],
    estimand: estimandOf(method, { ...variants, regression: pair.estimate.snps }),
    h2,
    scale: 'observed',
    liability: cases ? onLiabilityScale(h2, cases.prevalence, cases.ascertainment) : null,
    parts: [],
    quantities: {
      intercept: interceptQuantity(own),
      ...(own.ratio !== null && { ratio: jackknifed(own.ratio, own.ratioSe) }),
    },
    diagnostics: chiSquareDiagnostics(own, {
      blocks: pair.estimate.blocks,
      variantsSharedWith: pair.traits[1 - t].name,
    }),
    warnings: signalWarnings(own),
  };
}

function traitPair({ traits, estimate, inFirst, inBoth }: PairResult, method: MethodName): TraitPair {
  const { rg, se, p, gencov, gencovSe, intercept, interceptSe, h2, snps, aboveChi2Max, blocks } = estimate;
  const names = [traits[0].name, traits[1].name] as const;
  const covariance = jackknifed(gencov, gencovSe);
  return {
    trait1: names[0],
    trait2: names[1],
    method,
    rg: { ...jackknifed(rg, se), p },
    covariance,
    quantities: {
      'cross-intercept': quantity(intercept, interceptSe, 'jackknife'),
      'first-h2': jackknifed(h2[0].h2, h2[0].se),
      'second-h2': jackknifed(h2[1].h2, h2[1].se),
      'first-intercept': interceptQuantity(h2[0]),
      'second-intercept': interceptQuantity(h2[1]),
      ...liabilityCovariance(covariance, traits),
    },
    diagnostics: {
      meanProduct: estimate.meanProduct,
      variantsOfFirst: inFirst,
      variantsOfBoth: inBoth,
      variantsOfRegression: snps,
      aboveChi2Max,
      blocks,
    },
    warnings: rgWarnings(estimate, names),
  };
}
