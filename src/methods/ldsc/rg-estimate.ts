import { type Estimate, type Findings, quantity, type TraitPair } from '../../estimate/estimate.js';
import { onLiabilityScale } from '../../estimate/liability.js';
import { liabilityCovariance } from '../../estimate/pair.js';
import { estimandOf, type MethodName } from '../facts.js';
import { chiSquareDiagnostics, interceptQuantity, jackknifed } from './estimate.js';
import type { VariantNumbers } from './h2-results.js';
import type { PairResult } from './rg.js';
import { rgWarnings, signalWarnings } from './warnings.js';

/**
 * Pairs of traits in the terms of all methods, with the heritability of each trait. Each pair has its own SNPs and so its own
 * heritabilities: as in LDSC's log the first trait has that of its pair with the second, all others that of their pair with the first.
 */
export function rgFindings(
  pairs: readonly PairResult[],
  method: MethodName,
  variants: VariantNumbers,
): Findings {
  const [first] = pairs;
  const withFirst = pairs.filter(({ files }) => files[0] === first.files[0]);
  return {
    estimates: [
      pairEstimate(first, 0, method, variants),
      ...withFirst.map((pair) => pairEstimate(pair, 1, method, variants)),
    ],
    pairs: pairs.map((pair) => traitPair(pair, method)),
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
