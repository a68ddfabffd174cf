import { sharedFloat64 } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { choleskyFactor, choleskySolve } from './small-dense.js';
import { quadraticForms, solveTransposed, TILE, type TiledLower } from './tiled-lower.js';

/**
 * b' V⁺ b for any b, from the rank-revealing factor V = L L' of {@link factorTiledLower}. Where b lies in the range of V,
 * as X'y does, {@link quadraticForms} gives the same for less; a b made of test statistics does not quite, and V⁺ takes its
 * projection (METHODS 1.2, Eq 13).
 *
 * With K the columns kept, D the dependent ones and C = L_DK L_KK⁻¹, V = [I; C] V_KK [I, C'], so
 * b' V⁺ b = ‖L_KK⁻¹ s‖² with s = (I + C'C)⁻¹ (b_K + C' b_D).
 * @param b order x columns, row-major.
 */
export async function pseudoInverseForms(
  pool: KernelPool,
  factor: TiledLower,
  b: Float64Array,
  columns: number,
): Promise<Float64Array> {
  const dependent = dependentRows(factor);
  if (dependent.length === 0) return quadraticForms(pool, factor, b, columns);
  const { order } = factor;
  const count = dependent.length;
  // coefficients[:, d] = row d of C: solve L' x = (row d of L)'
  const coefficients = sharedFloat64(order * count);
  for (const [d, row] of dependent.entries()) {
    const { values, width } = factor.panels[Math.floor(row / TILE)];
    const line = values.subarray((row % TILE) * width, (row % TILE) * width + row);
    for (const [k, value] of line.entries()) coefficients[k * count + d] = value;
  }
  solveTransposed(pool.kernels, factor.panels, coefficients, count);
  const gram = new Float64Array(count * count);
  for (let k = 0; k < order; k++) {
    const row = coefficients.subarray(k * count, (k + 1) * count);
    for (let a = 0; a < count; a++)
      if (row[a] !== 0) for (let c = 0; c < count; c++) gram[a * count + c] += row[a] * row[c];
  }
  for (let a = 0; a < count; a++) gram[a * count + a] += 1;
  const gramFactor = choleskyFactor(gram, count)!; // I + C C' is never singular
  const s = Float64Array.from(b);
  for (let c = 0; c < columns; c++) {
    for (const [d, row] of dependent.entries()) {
      const value = b[row * columns + c];
      s[row * columns + c] = 0;
      for (let k = 0; k < order; k++) s[k * columns + c] += coefficients[k * count + d] * value;
    }
    const weights = new Float64Array(count);
    for (let k = 0; k < order; k++)
      for (let d = 0; d < count; d++) weights[d] += coefficients[k * count + d] * s[k * columns + c];
    const solved = choleskySolve(gramFactor, count, weights);
    for (let k = 0; k < order; k++)
      for (let d = 0; d < count; d++) s[k * columns + c] -= coefficients[k * count + d] * solved[d];
  }
  return quadraticForms(pool, factor, s, columns);
}

/** Rows whose pivot is 0: variants that depend on earlier ones. */
function dependentRows({ panels }: TiledLower): number[] {
  return panels.flatMap(({ values, width, height }, i) =>
    Array.from({ length: height }, (_, row) => row)
      .filter((row) => values[row * width + i * TILE + row] === 0)
      .map((row) => i * TILE + row),
  );
}
