import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import type { TiledWorkspace } from '../../linalg/tiled-lower.js';
import type { CategoryBlock } from './category-block.js';
import type { GrePartition } from './partition.js';

/** A block of variants with what is needed to project vectors on it. */
export interface BlockData {
  readonly id: string;
  /** Of all people of the run. */
  readonly genotypes: GenotypeOperator;
  readonly design: Design;
  /** Positions in the block at which a chromosome starts. */
  readonly breaks: readonly number[];
  /** Pivots of the LD matrix (of 1) not above it count as collinearity. */
  readonly rankTolerance: number;
  /** Room for the block's LD matrix, shared by all blocks of a run. */
  readonly workspace: TiledWorkspace;
}

/** Vectors over samples to project on a block, all belonging to one group of people. */
export interface ProjectionColumns {
  /** Position of the group in the design. */
  readonly group: number;
  /**
   * Padded vectors, zero outside the group, intercept and covariates projected out, squared norm
   * n = people - columns: then b' V⁺ b is the share of their variance that lies in the block's column space.
   */
  readonly vectors: readonly Float64Array[];
  /** How many of the vectors, from the first, have their products with each other wanted. */
  readonly paired: number;
  /** A partition among the vectors, from the first on, that are traits; the direct solver has it. */
  readonly categories?: BlockCategories;
  /** Error of the share at which the solver may stop, one a vector; ignored by the direct solver. */
  readonly tolerance: (vector: number, share: number, rank: number, n: number) => number;
}

export interface BlockCategories {
  readonly partition: GrePartition;
  /** Of the block's variants in the genotypes of the run. */
  readonly positions: Int32Array;
  readonly traits: number;
  /** Random vectors of the group, for the errors. */
  readonly random: readonly Float64Array[];
}

export interface Projection {
  /** Variants that vary among the people of the group. */
  readonly variants: number;
  readonly rank: number;
  /** Share of each vector's squared norm that the block's variants explain. */
  readonly shares: readonly number[];
  /** b_i' V⁺ b_j of the paired vectors, row-major: what the block's variants explain of two vectors' product, over n. */
  readonly products: Float64Array;
  /** Where that was asked for. */
  readonly categories?: CategoryBlock;
  /** Bound of the solver's error of each share. */
  readonly errors: readonly number[];
  /** Solver steps of each vector; 0 for the direct solver. */
  readonly iterations: readonly number[];
}

/** People of a group less the columns projected out of it. */
export function degreesOfFreedom(design: Design, group: number): number {
  const { people, columns } = design.groups[group];
  return people.count - columns;
}

/** Degrees of freedom of the smallest group. */
export function smallestN(design: Design): number {
  return design.groups.reduce(
    (least, _, g) => Math.min(least, degreesOfFreedom(design, g)),
    Number.POSITIVE_INFINITY,
  );
}
