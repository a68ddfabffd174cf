import type { GeneticComponents } from '../components.js';
import type { CategoryMoments } from './category-moments.js';

// Heritability by category (METHODS 1.15). A *form* is a category or, last, all variants: its estimate is y'Ay / y'y less a constant.

/** Categories of variants whose heritability is wanted, over the variants of the run in the order of the genotypes; they may overlap. */
export type GrePartition = GeneticComponents;

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

/** Weight of each variant in each form: variants x forms, row-major. */
export function formWeights({ names, weights }: GrePartition, positions: Int32Array): Float64Array {
  const count = names.length;
  const out = new Float64Array(positions.length * (count + 1));
  for (const [j, position] of positions.entries()) {
    for (let c = 0; c < count; c++) out[j * (count + 1) + c] = weights[position * count + c];
    out[j * (count + 1) + count] = 1;
  }
  return out;
}

/**
 * The estimates of all categories with standard errors around the sum of their variants' variances: what noise, the signal of all
 * variants and, effects being random, its spread over effects leave in each (METHODS 1.15).
 * @param trait place in its group. @param values of all forms. @param deleted values of all forms without each of the random genetic values that correct them; none
 * where nothing is corrected.
 */
export function categoryEstimates(
  { names }: GrePartition,
  moments: CategoryMoments,
  trait: number,
  values: readonly number[],
  deleted: readonly (readonly number[])[] = [],
): CategoryEstimate[] {
  const all = names.length;
  const covariance = moments.covariance(trait, values);
  const random = leaveOneOutCovariance(deleted, all + 1);
  const both = (a: number, b: number) => covariance[a][b] + random[a][b];
  return names.map((name, c) => {
    const size = moments.sizes[c];
    const perShare = moments.sizes[all] / size;
    const [own, total] = [values[c], values[all]];
    // of own / total by the delta method
    const share = own / total;
    const variance = (both(c, c) - 2 * share * both(c, all) + share ** 2 * both(all, all)) / total ** 2;
    return {
      name,
      size,
      h2: own,
      se: Math.sqrt(both(c, c)),
      enrichment: share * perShare,
      enrichmentSe: Math.sqrt(Math.max(0, variance)) * perShare,
    };
  });
}

/** Covariance of statistics of independent draws, from what they are without each. */
function leaveOneOutCovariance(deleted: readonly (readonly number[])[], order: number): number[][] {
  const count = deleted.length;
  const means = Array.from({ length: order }, (_, a) =>
    deleted.reduce((sum, values) => sum + values[a] / count, 0),
  );
  return means.map((mean, a) =>
    means.map((other, b) =>
      deleted.reduce(
        (sum, values) => sum + ((count - 1) / count) * (values[a] - mean) * (values[b] - other),
        0,
      ),
    ),
  );
}
