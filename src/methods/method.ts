import type { Dataset } from '../cohort/dataset.js';
import type { TraitSet } from '../cohort/trait-set.js';
import type { Estimate, TraitPair } from '../estimate/estimate.js';
import type { FlagSet, FlagValues } from '../options/flags.js';
import type { RunContext } from '../run.js';

/**
 * A method that estimates heritability from genotypes and traits. The command line, studies, `heredity h2`, the library and
 * the docs loop over the catalogue of them (src/methods/catalogue.ts); none has a word of code for a single one.
 *
 * @example
 * const meanChiSquare: Method<{}> = {
 *   options: {},
 *   async prepare(data, _options, run) {
 *     const scores = await unpartitionedScores(data, run); // shared with every other method that needs them
 *     return { evaluate: async (traits) => (await traits.statistics(run)).map((own, t) => …) };
 *   },
 * };
 */
export interface Method<F extends FlagSet = FlagSet> {
  /** Typed options beside those of every run: from them come flags, docs, form fields and validation. */
  readonly options: F;
  /**
   * Does what depends on the genotypes alone: LD, relationships. What other methods need as well is made by
   * {@link Dataset.once}, so that a run of several methods makes it once.
   * @throws HeredityError for genotypes that the method cannot be used on.
   */
  prepare(data: Dataset, options: FlagValues<F>, run: RunContext): Promise<PreparedMethod>;
}

export interface PreparedMethod {
  /**
   * One estimate a trait, in order. A trait without an estimate gets one whose value is null and whose warning says why
   * ({@link failedEstimate}); it does not end the others. Must not change the traits.
   */
  evaluate(traits: TraitSet, run: RunContext): Promise<readonly Estimate[]>;
  /**
   * Genetic covariance and correlation of every pair of the traits, first with second, first with third and so on; not there where
   * the method has none. A pair without an estimate says why ({@link failedPair}).
   */
  pairs?(traits: TraitSet, run: RunContext): Promise<readonly TraitPair[]>;
}

/** Returns the method as it is; gives `prepare` the types of its options. */
export function defineMethod<const F extends FlagSet>(method: Method<F>): Method<F> {
  return method;
}
