import { jackknife } from '../../linalg/jackknife.js';
import type { GeneticComponents } from '../components.js';

/** Categories of variants whose heritability is wanted; they may overlap. */
export interface GrePartition {
  /** Over the variants of the run, in the order of the genotypes. */
  readonly categories: GeneticComponents;
  /** Jackknife block of each variant, ascending from 0. */
  readonly jackknife: Int32Array;
}

export interface CategoryEstimate {
  readonly name: string;
  /** Sum of the variants' weights. */
  readonly size: number;
  readonly h2: number;
  readonly se: number;
  /** Share of the heritability over the share of variants. */
  readonly enrichment: number;
  readonly enrichmentSe: number;
}

/** Of one trait in one block: sums over the variants of jackknife blocks, blocks x (categories and last all variants), row-major. */
export type CategorySums = readonly number[];

const blocksOf = ({ jackknife: labels }: GrePartition) => labels[labels.length - 1] + 1;

/**
 * What each category adds to the heritability of a block (METHODS 1.15): sum over its variants of w_j (b_j (V⁺b)_j - what is not their signal in it),
 * which has expectation w_j σ_j² whatever the architecture. Variants that depend on earlier ones add nothing.
 * @param positions of the block's variants in the genotypes of the run. @param signal of each variant of the block.
 */
export function categorySums(
  partition: GrePartition,
  positions: Int32Array,
  signal: (variant: number) => number,
): CategorySums {
  const { names, weights } = partition.categories;
  const count = names.length;
  const sums = new Float64Array(blocksOf(partition) * (count + 1));
  for (const [j, position] of positions.entries()) {
    const value = signal(j);
    const row = partition.jackknife[position] * (count + 1);
    for (let c = 0; c < count; c++) sums[row + c] += weights[position * count + c] * value;
    sums[row + count] += value;
  }
  return [...sums];
}

/**
 * Heritability of each category from the sums of all blocks. Errors by a jackknife over blocks of variants: without a block, what a unit of
 * weight adds to the heritability is that of the others.
 */
export function categoryEstimates(
  partition: GrePartition,
  sumsOfBlocks: readonly CategorySums[],
): CategoryEstimate[] {
  const { names } = partition.categories;
  const width = names.length + 1;
  const blocks = blocksOf(partition);
  const sums = Float64Array.from({ length: blocks * width }, (_, at) =>
    sumsOfBlocks.reduce((sum, own) => sum + own[at], 0),
  );
  const sizes = weightSums(partition, blocks);
  const total = (values: Float64Array, column: number, left = -1) => {
    let sum = 0;
    for (let b = 0; b < blocks; b++) if (b !== left) sum += values[b * width + column];
    return sum;
  };
  const whole = names.map((_, c) => total(sizes, c));
  const numbers = (left?: number): number[] => {
    const rate = (column: number) => total(sums, column, left) / total(sizes, column, left);
    const rates = names.map((_, c) => rate(c));
    return [...rates.map((own, c) => own * whole[c]), ...rates.map((own) => own / rate(width - 1))];
  };
  const estimate = Float64Array.from(numbers());
  const deleted = Float64Array.from(Array.from({ length: blocks }, (_, left) => numbers(left)).flat());
  const { se } = jackknife(estimate, deleted);
  return names.map((name, c) => ({
    name,
    size: whole[c],
    h2: estimate[c],
    se: se[c],
    enrichment: estimate[names.length + c],
    enrichmentSe: se[names.length + c],
  }));
}

/** Sums of weights in each jackknife block, as {@link CategorySums}. */
function weightSums({ categories, jackknife: labels }: GrePartition, blocks: number): Float64Array {
  const count = categories.names.length;
  const sums = new Float64Array(blocks * (count + 1));
  for (const [position, label] of labels.entries()) {
    const row = label * (count + 1);
    for (let c = 0; c < count; c++) sums[row + c] += categories.weights[position * count + c];
    sums[row + count]++;
  }
  return sums;
}
