import { liabilityFactor } from '../estimators/liability.js';
import { chiSquareTail } from '../linalg/distributions.js';
import {
  type Diagnostics,
  NOTHING,
  type Quantities,
  type Quantity,
  quantity,
  scaled,
  type TraitPair,
} from './estimate.js';
import { Z95 } from './interval.js';
import type { TraitFacts } from './trait-facts.js';
import { type Warning, warning } from './warnings.js';

/** Below this many standard errors a heritability is no ground for a genetic correlation. */
const WEAK_Z = 4;

/**
 * What a user should know before believing a genetic correlation, whichever method it is by.
 * @param where behind the name of a trait whose heritability is not above 0, such as ` on the SNPs of the pair`.
 * @param behind what is likely behind a correlation beyond 1 by more than its error.
 */
export function correlationWarnings(
  rg: Quantity,
  h2: readonly [Quantity, Quantity],
  names: readonly [string, string],
  { where = '', unreliable, behind }: { where?: string; unreliable: string; behind: string },
): Warning[] {
  const warnings: Warning[] = [];
  const isPositive = ({ value }: Quantity) => value !== null && value > 0;
  const negative = names.filter((_, t) => !isPositive(h2[t]));
  if (negative.length > 0)
    warnings.push(
      warning(
        'heritability-not-positive',
        `no correlation: h² of ${negative.join(' and ')} is not above 0${where}`,
      ),
    );
  else if (rg.value !== null && rg.se === null) warnings.push(warning('error-unreliable', unreliable));
  const weak = names.filter((_, t) => isPositive(h2[t]) && h2[t].value! < WEAK_Z * (h2[t].se ?? 0));
  if (weak.length > 0)
    warnings.push(
      warning(
        'weak-heritability',
        `h² of ${weak.join(' and ')} is less than ${WEAK_Z} standard errors above 0: its correlations are hardly determined`,
      ),
    );
  if (rg.value !== null && Math.abs(rg.value) > 1)
    warnings.push(
      warning(
        'beyond-one',
        `the estimate is beyond 1: ${rg.se !== null && Math.abs(rg.value) - 1 < Z95 * rg.se ? 'within its error of 1' : behind}; it is not cut`,
      ),
    );
  return warnings;
}

/** The covariance with case-control traits on the liability scale: it takes the root of each trait's factor (METHODS 3.7). */
export function liabilityCovariance(
  covariance: Quantity,
  traits: readonly [TraitFacts, TraitFacts],
): Quantities {
  if (traits.every(({ cases }) => cases === undefined)) return {};
  const [a, b] = traits.map(({ cases }) =>
    cases ? liabilityFactor(cases.prevalence, cases.ascertainment) : 1,
  );
  return { 'liability-covariance': scaled(covariance, Math.sqrt(a * b)) };
}

/** What a method found of a pair, and how it words its warnings. */
export interface PairNumbers {
  readonly method: string;
  readonly rg: Quantity;
  readonly covariance: Quantity;
  /** Of both traits, on the people or variants of the pair. */
  readonly h2: readonly [Quantity, Quantity];
  readonly quantities?: Quantities;
  readonly diagnostics: Diagnostics;
  readonly words: Parameters<typeof correlationWarnings>[3];
  readonly warnings?: readonly Warning[];
}

/** A pair in the terms of all methods, with the warnings that each is asked for. */
export function traitPair(
  traits: readonly [TraitFacts, TraitFacts],
  { method, rg, covariance, h2, quantities = {}, diagnostics, words, warnings = [] }: PairNumbers,
): TraitPair {
  const names = [traits[0].name, traits[1].name] as const;
  return {
    trait1: names[0],
    trait2: names[1],
    method,
    rg,
    covariance,
    quantities: {
      ...quantities,
      'first-h2': h2[0],
      'second-h2': h2[1],
      ...liabilityCovariance(covariance, traits),
    },
    diagnostics,
    warnings: [...warnings, ...correlationWarnings(rg, h2, names, words)],
  };
}

/** The quantity with the P value of its being 0; the error of random vectors alone says nothing about chance. */
export function tested(q: Quantity): Quantity {
  const isKnown = q.value !== null && q.se !== null && q.se > 0 && q.seKind !== 'probes';
  return { ...q, p: isKnown ? chiSquareTail((q.value! / q.se!) ** 2, 1) : null };
}

/** The correlation of two traits, covariates removed. @param n people less columns projected out. */
export function phenotypicCorrelation(value: number, n: number): Quantity {
  return quantity(value, (1 - value ** 2) / Math.sqrt(n), 'analytic');
}

/** @returns a pair that has no number, and says why. */
export function failedPair(
  names: readonly [string, string],
  method: string,
  problem: string,
  fix: string | null,
): TraitPair {
  return {
    trait1: names[0],
    trait2: names[1],
    method,
    rg: NOTHING,
    covariance: NOTHING,
    quantities: {},
    diagnostics: {},
    warnings: [warning('no-estimate', problem, fix)],
  };
}
