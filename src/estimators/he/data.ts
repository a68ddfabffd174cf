import type { Design } from '../../association/design.js';
import { HeredityError } from '../../errors.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { blockLabels } from '../../linalg/jackknife.js';
import type { GeneticComponents } from '../components.js';

/** Genotypes, traits and components of a Haseman-Elston regression. */
export interface HeData {
  /** Of all people of the run. */
  readonly genotypes: GenotypeOperator;
  readonly design: Design;
  readonly components: GeneticComponents;
  /** Jackknife block of each variant, ascending from 0. */
  readonly jackknife: Int32Array;
}

export function jackknifeBlocks({ jackknife }: Pick<HeData, 'jackknife'>): number {
  return jackknife.at(-1)! + 1;
}

/**
 * What the moment equations need of one group of people, with X_k X_k' = sum_j a_jk x_j x_j' not yet divided by M_k, the
 * covariates projected out (M K M), and every sum over variants also without each jackknife block.
 */
export interface HeMoments {
  /** tr(X_k X_k' X_l X_l'), components x components. */
  readonly products: Float64Array;
  /** The same without each block: blocks x components x components. */
  readonly deletedProducts: Float64Array;
  /** The estimate of `products` from each random vector alone; empty where traces are exact. */
  readonly probes: readonly Float64Array[];
  /** tr(X_bk X_bk'): blocks x components. */
  readonly traces: Float64Array;
  /** y' X_bk X_bk' y for each trait of the group, with y'y = n: blocks x components. */
  readonly quadratics: readonly Float64Array[];
  /** How unevenly variants are tagged: squared coefficient of variation of x_j'(K - tr K / n)x_j; with one component only. */
  readonly unevenness?: number;
}

/**
 * Jackknife block of each variant: consecutive variants, of almost equal numbers.
 * @throws HeredityError `degenerate-data` where there would be one block only, and nothing to compare it with.
 */
export function equalJackknifeBlocks(variants: number, blocks: number): Int32Array {
  if (Math.min(variants, blocks) < 2)
    throw new HeredityError('degenerate-data', 'a jackknife needs two blocks of variants at least', {
      value: `${variants} ${variants === 1 ? 'variant' : 'variants'}`,
      fix: 'take in more variants, or use "heredity reml", which needs no jackknife',
    });
  return blockLabels(variants, blocks);
}

/** The same of as many more variants that stand for dominance, in blocks of their own. */
export function doubledJackknifeBlocks(jackknife: Int32Array): Int32Array {
  const blocks = jackknifeBlocks({ jackknife });
  const both = new Int32Array(2 * jackknife.length);
  both.set(jackknife);
  both.set(
    jackknife.map((block) => blocks + block),
    jackknife.length,
  );
  return both;
}

/** Whether a component loses its variants of a jackknife block: not where it lies in one block as a whole, and nothing would be left. */
export function deletedComponents({ components, jackknife }: HeData): boolean[] {
  const count = components.names.length;
  return components.names.map((_, k) => {
    const isIn = (j: number) => components.weights[j * count + k] > 0;
    const first = jackknife.findIndex((_, j) => isIn(j));
    return jackknife.some((block, j) => block !== jackknife[first] && isIn(j));
  });
}
