import { sharedFloat64 } from '../../kernels/memory.js';
import type { KernelPool } from '../../kernels/pool.js';
import { pivots, solveSymmetric, type TiledLower } from '../../linalg/tiled-lower.js';
import { formWeights, type GrePartition } from './partition.js';

/**
 * What a block says about categories among the people of one group, JSON values. What a category of weights W adds to b'V⁺b of a trait is
 * b'WV⁺b, a form in Q = X (WV⁺ + V⁺W) X' / 2n; variants that depend on earlier ones of the block have no part in V⁺.
 */
export interface CategoryBlock {
  /** b'WV⁺b of each trait and form, row-major. */
  readonly shares: readonly number[];
  /** tr Q of each form: its weights, summed over variants that add to the rank. */
  readonly ranks: readonly number[];
  /** Where blocks share LD, of each near block l: what each form has of tr(V_k⁺ V_kl V_lk). */
  readonly near: readonly (readonly number[])[];
  /** Variants that depend on earlier ones, as positions in the block. */
  readonly aliased: readonly number[];
  /** c with Qv = Xc of each random vector v and form: variants x vectors x forms. */
  readonly coefficients: readonly number[];
}

/**
 * @param positions of the block's variants in the genotypes of the run. @param factor of V. @param traits, random X'M y / n of the traits and
 * the random vectors, variants x columns. @param near of each near block, the diagonal of V_k⁺ V_kl V_lk.
 */
export function categoryBlock(
  pool: KernelPool,
  factor: TiledLower,
  partition: GrePartition,
  positions: Int32Array,
  traits: Float64Array,
  random: Float64Array,
  near: readonly Float64Array[] = [],
): CategoryBlock {
  const { order } = factor;
  const forms = partition.names.length + 1;
  const weights = formWeights(partition, positions);
  const kept = pivots(factor);
  const count = traits.length / order;
  const joint = solveSymmetric(pool, factor, traits, count);
  const shares = new Float64Array(count * forms);
  for (let j = 0; j < order; j++)
    for (let c = 0; c < count; c++) {
      const own = joint[j * count + c] * traits[j * count + c];
      for (let a = 0; a < forms; a++) shares[c * forms + a] += weights[j * forms + a] * own;
    }
  const summed = (values: ArrayLike<number>) =>
    Array.from({ length: forms }, (_, a) => {
      let sum = 0;
      for (let j = 0; j < order; j++) sum += weights[j * forms + a] * values[j];
      return sum;
    });
  return {
    shares: [...shares],
    ranks: summed(kept),
    near: near.map(summed),
    aliased: [...kept.keys()].filter((j) => kept[j] === 0),
    coefficients: [...coefficientsOf(pool, factor, weights, forms, random)],
  };
}

/** (WV⁺ + V⁺W) b / 2 of each column of b and each form. */
function coefficientsOf(
  pool: KernelPool,
  factor: TiledLower,
  weights: Float64Array,
  forms: number,
  b: Float64Array,
): Float64Array {
  const { order } = factor;
  const columns = b.length / order;
  const weighted = sharedFloat64(b.length * forms);
  for (let at = 0; at < b.length; at++) {
    const row = Math.floor(at / columns) * forms;
    for (let a = 0; a < forms; a++) weighted[at * forms + a] = weights[row + a] * b[at];
  }
  const out = solveSymmetric(pool, factor, weighted, columns * forms);
  for (let at = 0; at < b.length; at++) {
    const row = Math.floor(at / columns) * forms;
    const whole = out[at * forms + forms - 1];
    for (let a = 0; a < forms; a++)
      out[at * forms + a] = (out[at * forms + a] + weights[row + a] * whole) / 2;
  }
  return out;
}
