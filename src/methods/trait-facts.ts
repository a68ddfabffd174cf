import { type Estimand, type Estimate, NOTHING } from '../estimate/estimate.js';
import { type Warning, warning } from '../estimate/warnings.js';

/** What is known of a trait beside its values. */
export interface TraitFacts {
  readonly name: string;
  readonly kind: 'quantitative' | 'case-control';
  /** Different values, up to a few. */
  readonly distinct: number;
  /** Shares of cases in the population and in the sample, where the first is known. */
  readonly cases?: { readonly prevalence: number; readonly ascertainment: number } | undefined;
}

/** What every method on individual data says of a trait's coding and scale. */
export function traitWarnings({ kind, distinct, cases }: TraitFacts): Warning[] {
  if (kind === 'quantitative' && distinct === 3)
    return [
      warning(
        'three-values',
        'the trait has three values and was taken as a quantity',
        'if 0 stands for missing in a case-control trait, write NA',
      ),
    ];
  if (kind === 'case-control' && !cases)
    return [
      warning(
        'observed-scale',
        'a case-control trait on the observed scale, on which the estimate depends on the share of cases',
        '--prevalence K adds the liability scale',
      ),
    ];
  return [];
}

/** @returns an estimate that has no number, and says why. */
export function failedEstimate(
  trait: string,
  method: string,
  n: number,
  estimand: Estimand,
  problem: string,
  fix: string | null,
): Estimate {
  return {
    trait,
    method,
    n,
    estimand,
    h2: NOTHING,
    scale: 'observed',
    liability: null,
    parts: [],
    quantities: {},
    diagnostics: {},
    warnings: [warning('no-estimate', problem, fix)],
  };
}
