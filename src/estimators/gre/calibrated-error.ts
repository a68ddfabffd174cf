import { formVariance, independentMoments } from './form-variance.js';

/**
 * Standard error of the GRE estimate of one or more blocks around the share of the variance that these effects explain in this sample, with
 * what Eq 14 and 15 leave out: the trait is scaled to unit variance in the sample, and each block sees the other blocks' signal and the
 * noise that they see too.
 *
 * The estimate is y'Ay / y'y less a constant, A = sum of w_k P_k with P_k the projection on block k and w_k = n/(n - q_k).
 * With y = g + e, e ~ N(0, s I), s = 1 - h², the delta method gives, B = A - cI and c = sum of w_k R²_k,
 *
 *     n² Var = 4 s g'B²g + 2 s² tr B²,
 *
 * a form of {@link formVariance} with blocks taken for independent, and with more than one block what the directions of their genetic
 * values add. One block: Var = (1-h²)² (2n/(n-q) - 2(1-h²)²) / n, which at h² = 0
 * is the exact variance of R² but for n + 2 in place of n (METHODS 1.6).
 *
 * @param blocks estimates and ranks of the blocks. @param n people less columns projected out; above every rank.
 */
export function calibratedError(
  blocks: readonly { readonly h2: number; readonly rank: number }[],
  n: number,
): number {
  const variance = estimateVariance(blocks, n);
  if (variance >= 0) return Math.sqrt(variance);
  // Estimates far outside [0, 1] are put back inside for their variance only.
  const inside = blocks.map(({ h2, rank }) => ({ h2: Math.max(0, h2), rank }));
  const scale = 1 / Math.max(1, total(inside));
  const scaled = inside.map(({ h2, rank }) => ({ h2: h2 * scale, rank }));
  return Math.sqrt(Math.max(0, estimateVariance(scaled, n)));
}

function estimateVariance(
  blocks: readonly { readonly h2: number; readonly rank: number }[],
  n: number,
): number {
  const h2 = total(blocks);
  const moments = independentMoments(
    blocks.map(({ rank }) => rank),
    n,
  );
  const genetic = blocks.map((block) => [[block.h2]]);
  return formVariance({ m: [[1]], l: [[-h2]] }, [[1 - h2]], genetic, moments, n);
}

function total(blocks: readonly { readonly h2: number }[]): number {
  return blocks.reduce((sum, { h2 }) => sum + h2, 0);
}
