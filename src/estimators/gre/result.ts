import type { CategoryBlock } from './category-block.js';
import type { Solver } from './choose-solver.js';
import type { Heritability } from './estimate.js';
import type { PairEstimate } from './pairs.js';
import type { CategoryEstimate } from './partition.js';

/** Some variants whose joint heritability is estimated: a chromosome by default. */
export interface BlockDefinition {
  readonly id: string;
  /** Indices in the genotype file, ascending. */
  readonly variants: Int32Array;
  /** Positions in the block at which another chromosome starts. */
  readonly breaks: readonly number[];
  /** Whether the block before it ends on the chromosome on which this one starts, so that LD can cross the cut. */
  readonly continues?: boolean;
  /** Where it lies, first and last position; undefined for variants of several chromosomes. */
  readonly place?: { readonly chromosome: string; readonly start: number; readonly end: number } | undefined;
}

/** The result of one trait in one block. */
export interface BlockEstimate extends Heritability {
  readonly id: string;
  readonly place?: BlockDefinition['place'];
  /** Variants that vary among the trait's people. */
  readonly variants: number;
  readonly rank: number;
  /** Share of the trait's variance that the block explains in sample. */
  readonly r2: number;
  readonly iterations: number;
  /** Bound of the solver's error of `h2`. */
  readonly solverError: number;
  /** Whether conjugate gradients took the place of the quicker direct solver because the memory did not allow it. */
  readonly isMemoryBound?: boolean;
}

/** What one block says about every trait; what an interrupted run has to remember. */
export interface BlockResult {
  readonly id: string;
  readonly solver: Solver;
  /** One a trait, in the order of the traits. */
  readonly traits: readonly BlockEstimate[];
  /** Shares of other blocks' random genetic values: see {@link OverlapShares}. */
  readonly overlap: readonly OverlapShares[];
  /** Of each group, where a partition is wanted. */
  readonly categories?: readonly CategoryBlock[];
  /** b_i' V⁺ b_j of the traits of each group, row-major; empty where no pairs are wanted. */
  readonly products: readonly (readonly number[])[];
}

/**
 * Shares T that this block explains of the genetic values of others, among one group's people: `shares[t][l]` of probe t
 * and block l, or of all other blocks together (one column) for the diagnosis.
 */
export interface OverlapShares {
  readonly group: number;
  readonly shares: readonly (readonly number[])[];
  /** Squared norms of the values, by which shares are averaged over probes. */
  readonly weights: readonly (readonly number[])[];
}

export interface BlockOverlap {
  /** About how much the overlap adds to the plain sum: plain less corrected, with each block's T_kl at their average. */
  readonly excess: number;
  /** Standard error of `excess` that the random genetic values leave. */
  readonly excessSe: number;
  /** Average T_kl, and the q_k / n that it would be if the blocks were independent. */
  readonly averageShare: number;
  readonly averageRankShare: number;
}

export interface TraitEstimate extends Heritability {
  readonly n: number;
  readonly covariates: number;
  readonly blocks: readonly BlockEstimate[];
  /** How far the blocks are from independent; undefined with a single block. */
  readonly overlap?: BlockOverlap;
  /** With the overlap between blocks taken out. */
  readonly corrected?: CorrectedEstimate;
  /** Heritability by category, where that was asked for. */
  readonly categories?: readonly CategoryEstimate[];
  /** Variants whose category could be that of others that they depend on, as indices in the file. */
  readonly aliased?: readonly number[];
}

/** The estimate with the LD between blocks, and what relatives and structure make them share, taken out. */
export interface CorrectedEstimate {
  readonly h2: number;
  /** Standard error, the correction's own error in it; undefined where the shares are all from random genetic values. */
  readonly se?: number;
  /** Standard error that the random genetic values leave. */
  readonly probeSe: number;
  /** One a block: they add up to the total. */
  readonly blocks: readonly number[];
  readonly blockErrors?: readonly number[];
}

/** What a run found: one estimate a trait of the design, and one a pair that was asked for. */
export interface GreFound {
  readonly traits: readonly TraitEstimate[];
  readonly pairs: readonly PairEstimate[];
}
