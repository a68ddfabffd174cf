import type { BlockRegression } from './estimate.js';

/**
 * How much of other blocks' signal a block explains in this sample (METHODS 1.10).
 * `shares[k][l]` is T_kl = tr(P_k X_l X_l') / (n p_l): the share of block l's genetic variance that lies in the column
 * space of block k; q_k / n when the blocks are independent. The diagonal is not used.
 */
export type CrossBlockShares = readonly (readonly number[])[];

/**
 * Block heritabilities with the overlap between blocks taken out: solves, for blocks k and the residual variance,
 *   h²_k + sum_{l != k} T_kl h²_l + (q_k / n) σ²_e = R²_k,   sum_l h²_l + σ²_e = 1.
 * With T_kl = q_k / n this is the plain estimator (METHODS 1.10). For products b₁'V⁺b₂ of two traits in place of R² the variance 1 is
 * their correlation, and the system is that of genetic covariances.
 * @returns one value a block; not clipped.
 */
export function correctedHeritability(
  blocks: readonly BlockRegression[],
  shares: CrossBlockShares,
  variance = 1,
): Float64Array {
  const size = blocks.length;
  // σ²_e = 1 - sum h²_l leaves h²_k (1 - q_k/n) + sum_{l != k} (T_kl - q_k/n) h²_l = R²_k - q_k/n.
  const rows = blocks.map(({ r2, rank, n }, k) => {
    const row = Float64Array.from({ length: size + 1 }, (_, l) =>
      l === size ? r2 - (variance * rank) / n : (l === k ? 1 : shares[k][l]) - rank / n,
    );
    return row;
  });
  return eliminate(rows);
}

/** Gaussian elimination with partial pivoting; each row ends with its right-hand side. */
function eliminate(rows: Float64Array[]): Float64Array {
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return Float64Array.from(rows, (row, k) => row[size] / row[k]);
}
