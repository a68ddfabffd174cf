import { solveLinear } from '../../linalg/linear-solve.js';
import { symmetricEigenvalues } from '../../linalg/symmetric-eigenvalues.js';
import { componentSizes } from '../components.js';
import { deletedComponents, type HeData, type HeMoments, jackknifeBlocks } from './data.js';

/** Sums over variants that depend on the components alone, of all variants or without a jackknife block. */
export interface ComponentSums {
  /** M_k. */
  readonly sizes: Float64Array;
  /** Variants in any component that is part of the heritability. */
  readonly variants: number;
  /** sum_j a_jk a_jl: components x components. */
  readonly overlaps: Float64Array;
  /** Position of the component of dominance; undefined where there is none. */
  readonly dominance: number | undefined;
}

export function componentSums(data: HeData): { whole: ComponentSums; deleted: ComponentSums[] } {
  const { components, jackknife } = data;
  const count = components.names.length;
  const isDeleted = deletedComponents(data);
  const empty = () => ({
    sizes: new Float64Array(count),
    variants: 0,
    overlaps: new Float64Array(count ** 2),
    dominance: components.dominance,
  });
  const blocks = Array.from({ length: jackknifeBlocks(data) }, empty);
  const whole = { ...empty(), sizes: componentSizes(components) };
  for (let j = 0; j < jackknife.length; j++) {
    const weights = components.weights.subarray(j * count, (j + 1) * count);
    const block = blocks[jackknife[j]];
    if (!weights.some((weight) => weight > 0)) continue;
    if (components.dominance === undefined || weights[components.dominance] === 0) {
      whole.variants++;
      block.variants++;
    }
    for (let k = 0; k < count; k++) {
      if (weights[k] === 0) continue;
      if (isDeleted[k]) block.sizes[k] += weights[k];
      for (let l = 0; l < count; l++) {
        const product = weights[k] * weights[l];
        whole.overlaps[k * count + l] += product;
        if (isDeleted[k] || isDeleted[l]) block.overlaps[k * count + l] += product;
      }
    }
  }
  const deleted = blocks.map(({ sizes, variants, overlaps }) => ({
    ...whole,
    sizes: whole.sizes.map((size, k) => size - sizes[k]),
    variants: whole.variants - variants,
    overlaps: whole.overlaps.map((overlap, k) => overlap - overlaps[k]),
  }));
  return { whole, deleted };
}

/** Moment equations of one trait, unscaled as in {@link HeMoments}. */
export interface MomentEquations {
  readonly products: Float64Array;
  readonly traces: Float64Array;
  readonly quadratic: Float64Array;
  /** tr of the noise's covariance: people less columns projected out. */
  readonly noiseTrace: number;
  /** y'y. */
  readonly square: number;
}

/**
 * Variances of the components, and last that of the noise: solves (METHODS 7.1)
 *   sum_l T_kl σ²_l + b_k σ²_e = c_k,   sum_k b_k σ²_k + n σ²_e = y'y.
 * @returns undefined where the equations are singular.
 */
export function solveMoments(equations: MomentEquations, sizes: Float64Array): Float64Array | undefined {
  const { quadratic, square } = equations;
  const order = sizes.length + 1;
  const right = Float64Array.from({ length: order }, (_, k) =>
    k < sizes.length ? quadratic[k] / sizes[k] : square,
  );
  return solveLinear(momentMatrix(equations, sizes), order, right);
}

function momentMatrix(
  { products, traces, noiseTrace }: Omit<MomentEquations, 'quadratic' | 'square'>,
  sizes: Float64Array,
): Float64Array {
  const count = sizes.length;
  const order = count + 1;
  const matrix = new Float64Array(order * order);
  for (let k = 0; k < count; k++) {
    for (let l = 0; l < count; l++) matrix[k * order + l] = products[k * count + l] / sizes[k] / sizes[l];
    matrix[k * order + count] = matrix[count * order + k] = traces[k] / sizes[k];
  }
  matrix[order * order - 1] = noiseTrace;
  return matrix;
}

/** Eigenvalue of the moment matrix, scaled to a unit diagonal, below which float32 products cannot tell it from 0. */
const SINGULAR = 1e-6;

/** Whether some combination of the components has no variance of its own, so that they cannot be told apart. */
export function isSingular(
  equations: Omit<MomentEquations, 'quadratic' | 'square'>,
  sizes: Float64Array,
): boolean {
  const order = sizes.length + 1;
  const matrix = momentMatrix(equations, sizes);
  const scaled = matrix.map((value, at) => {
    const [i, j] = [Math.floor(at / order), at % order];
    return value / Math.sqrt(matrix[i * order + i] * matrix[j * order + j]);
  });
  return symmetricEigenvalues(scaled, order).some((value) => Math.abs(value) < SINGULAR);
}

/** Everything that is reported of a trait, as one vector, so that the jackknife treats all alike. */
export interface Summary {
  readonly variances: Float64Array;
  /** Share of the variance of each component. */
  readonly h2: Float64Array;
  /** Heritability: of all components but that of dominance. */
  readonly total: number;
  /** Of all components. */
  readonly all: number;
  /** Heritability of the variants of a category, whichever components they belong to (METHODS 7.1). */
  readonly category: Float64Array;
  /** The category's share of the heritability over its share of the variants. */
  readonly enrichment: Float64Array;
}

export function summarise(
  variances: Float64Array,
  { sizes, variants, overlaps, dominance }: ComponentSums,
): Summary {
  const count = sizes.length;
  const phenotypic = variances.reduce((sum, value) => sum + value, 0);
  const h2 = variances.slice(0, count).map((value) => value / phenotypic);
  const total = h2.reduce((sum, value, k) => (k === dominance ? sum : sum + value), 0);
  const all = h2.reduce((sum, value) => sum + value, 0);
  const category = Float64Array.from({ length: count }, (_, k) =>
    h2.reduce((sum, value, l) => sum + (overlaps[k * count + l] / sizes[l]) * value, 0),
  );
  const enrichment = category.map((value, k) => value / total / (sizes[k] / variants));
  return { variances, h2, total, all, category, enrichment };
}

/** One vector from a summary: variances, h2, total, all, category, enrichment. */
export function flatten({ variances, h2, total, all, category, enrichment }: Summary): Float64Array {
  return Float64Array.from([...variances, ...h2, total, all, ...category, ...enrichment]);
}

/** The reverse of {@link flatten}. */
export function unflatten(values: Float64Array, count: number): Summary {
  let at = 0;
  const take = (length: number) => values.subarray(at, (at += length));
  const [variances, h2] = [take(count + 1), take(count)];
  const [total, all] = take(2);
  return { variances, h2, total, all, category: take(count), enrichment: take(count) };
}

/** What is left of the group's sums without one jackknife block. */
export function withoutBlock(
  moments: HeMoments,
  trait: number,
  block: number,
  isDeleted: readonly boolean[],
): Pick<MomentEquations, 'products' | 'traces' | 'quadratic'> {
  const count = isDeleted.length;
  const less = (values: Float64Array) =>
    total(values, count).map((sum, k) => (isDeleted[k] ? sum - values[block * count + k] : sum));
  return {
    products: moments.deletedProducts.subarray(block * count ** 2, (block + 1) * count ** 2),
    traces: less(moments.traces),
    quadratic: less(moments.quadratics[trait]),
  };
}

/** Sums over blocks of values given as blocks x components. */
export function total(values: Float64Array, count: number): Float64Array {
  const sum = new Float64Array(count);
  for (let at = 0; at < values.length; at++) sum[at % count] += values[at];
  return sum;
}
