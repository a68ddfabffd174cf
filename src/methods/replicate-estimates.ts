import type { Estimate } from '../estimate/estimate.js';

/**
 * What a method gives for traits that were simulated on the people of the run in place of a trait: the same traits for every method,
 * so that two methods' numbers show how their errors go together. Part of an estimate's details.
 */
export interface ReplicateEstimates {
  /** What tells these simulated traits from others: seed, and the heritability that they have. */
  readonly seed: number;
  readonly heritability: number;
  /** One a simulated trait, in order; null where the method has no estimate. */
  readonly h2: readonly (number | null)[];
  /** Why the method could not be used on the simulated traits; `h2` is empty then. */
  readonly problem?: string;
}

/** What a method gave for the simulated traits, where it was asked to. */
export function replicatesOf({ details }: Pick<Estimate, 'details'>): ReplicateEstimates | undefined {
  return (details as { readonly replicates?: ReplicateEstimates } | undefined)?.replicates;
}
