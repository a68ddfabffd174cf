import { type Estimand, type Estimate, NOTHING } from './estimate.js';
import { type Warning, warning } from './warnings.js';

/** What is known of a trait beside its values. */
export interface TraitFacts {
  readonly name: string;
  readonly kind: 'quantitative' | 'case-control';
  /** Shares of cases in the population and in the sample, where the first is known. */
  readonly cases?: { readonly prevalence: number; readonly ascertainment: number } | undefined;
  /** Its place among the traits that were asked for, some of which may have been left out. */
  readonly place?: { readonly position: number; readonly requested: number };
  /** What was taken off the values as they stand in the table. @default 0 */
  readonly offset?: number;
}

/** What every method on individual data says of a trait's scale; how its values were read, the cohort says once a run. */
export function traitWarnings({ kind, cases }: TraitFacts): Warning[] {
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
