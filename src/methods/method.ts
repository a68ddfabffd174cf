import type { Design } from '../association/design.js';
import type { OpenCohort } from '../cohort/cohort.js';
import type { Dataset } from '../cohort/dataset.js';
import type { TraitSet } from '../cohort/trait-set.js';
import { type HeredityError, isHeredityError } from '../errors.js';
import type { Estimate, Findings, TraitPair } from '../estimate/estimate.js';
import type { VariantSource } from '../genotypes/store.js';
import type { FlagSet, FlagValues } from '../options/flags.js';
import type { WorkStep } from '../plan.js';
import type { RecordedRun, RunContext } from '../run.js';

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
   * Whose genotypes the method looks at where it runs alone: the people with traits, or all that --keep and --remove leave, as
   * relationship matrices do (GCTA's two steps). @default 'traits'
   */
  readonly people?: 'traits' | 'listed';
  /**
   * Whether it goes by blocks of variants, which the run cuts (--blocks): whatever they share, or only where they share little,
   * as whole chromosomes do. @default it does not
   */
  readonly byBlocks?: 'any' | 'apart';
  /** The share of --memory that packed genotypes may take; 0 where they are read as a stream, or block by block. @default 1 */
  genotypeShare?(options: FlagValues<F>, source: Pick<VariantSource, 'anyStride'>): number;
  /**
   * Bytes that it holds at most beside what every run on the cohort holds and beside packed genotypes: what is left of --memory after
   * them is for genotypes, and a run in which they do not fit is refused before it starts. @default 0
   */
  memory?(sizes: WorkSizes, options: FlagValues<F>): number;
  /** Files of other programs that say the same, where there are some; written where the method runs alone. */
  readonly natives?: Natives;
  /**
   * Refuses what it cannot do with the traits and options of a run in which it is the only method, before any work.
   * @throws HeredityError `usage`
   */
  check?(traits: readonly { readonly name: string }[], options: FlagValues<F>): void;
  /**
   * What it reads, holds and takes, told from the lists of people and variants alone.
   * @default the genotypes in memory, for a time that is not known
   */
  plan?(work: PlannedWork, options: FlagValues<F>, run: RecordedRun): Promise<MethodPlan> | MethodPlan;
  /**
   * The share of its time that `prepare` takes, from 0 to 1, about: time left is then told of it and of what follows together.
   * Undefined where that is not known: each step tells its own.
   */
  preparing?(data: Dataset, options: FlagValues<F>): number | undefined;
  /**
   * Does what depends on the genotypes alone: LD, relationships. What other methods need as well is made by
   * {@link Dataset.once}, so that a run of several methods makes it once.
   * @throws HeredityError for genotypes that the method cannot be used on.
   */
  prepare(data: Dataset, options: FlagValues<F>, run: RunContext): Promise<PreparedMethod>;
}

export interface PreparedMethod {
  /** Positions among the people with traits of those that are left, where the method leaves out some (related people). */
  readonly kept?: Int32Array | undefined;
  /**
   * One estimate a trait, in order. A trait without an estimate gets one whose value is null and whose warning says why
   * ({@link failedEstimate}); it does not end the others. Must not change the traits.
   * @param traits of the people with traits, or of those {@link kept}.
   */
  evaluate(traits: TraitSet, run: RunContext): Promise<readonly Estimate[]>;
  /**
   * Genetic covariance and correlation of every pair of the traits, first with second, first with third and so on; not there where
   * the method has none. A pair without an estimate says why ({@link failedPair}).
   */
  pairs?(traits: TraitSet, run: RunContext): Promise<readonly TraitPair[]>;
  /** Estimates with pairs of traits, where one pass gives both. */
  evaluateWithPairs?(traits: TraitSet, run: RunContext): Promise<Pick<Findings, 'estimates' | 'pairs'>>;
}

/** Files in the formats of other programs. */
export interface Natives {
  readonly outputs: readonly { readonly file: string; readonly what: string }[];
  /**
   * What the names of each trait's files begin with.
   * @throws HeredityError for names that clash.
   */
  prefixes(out: string, traits: readonly string[]): string[];
}

/** What decides the memory of a method, and its time. */
export interface WorkSizes {
  /** People of the genotypes, and those with traits. */
  readonly listed: number;
  readonly people: number;
  readonly variants: number;
  readonly traits: number;
  /** Groups of traits that are measured on the same people. */
  readonly groups: number;
  /** Covariate columns with the intercept. */
  readonly columns: number;
}

/** What a plan knows of the work. */
export interface PlannedWork {
  readonly open: OpenCohort;
  /** Undefined where traits are still to be simulated: studies plan GRE, which alone needs it, by themselves. */
  readonly design: Design | undefined;
  /** How variants are cut into blocks (src/cohort/blocks.ts). */
  readonly blocks: string;
  readonly threads: number;
  /** Bytes of --memory that are left for the work, and those of them that the method takes beside genotypes. */
  readonly memory: number;
  readonly own: number;
  /** Bytes of the packed genotypes of the people of the run, before filters on genotypes. */
  readonly packed: number;
  readonly sizes: WorkSizes;
}

export interface MethodPlan {
  /** What is made once, whatever the traits (`prepare`); none where it is not told apart. */
  readonly preparing?: readonly WorkStep[];
  readonly steps: readonly WorkStep[];
  /** Passes over the genotypes beside those that count them. */
  readonly passes: number;
  readonly notes?: readonly string[];
}

/** Whether an error ends a method alone: its cause may be right for others, such as positions that only windows of LD need. */
export function isOfOneMethod(error: unknown): error is HeredityError {
  return isHeredityError(error, 'degenerate-data', 'numerical', 'resource', 'bad-input', 'mismatch');
}

/** Returns the method as it is; gives `prepare` the types of its options. */
export function defineMethod<const F extends FlagSet>(method: Method<F>): Method<F> {
  return method;
}
