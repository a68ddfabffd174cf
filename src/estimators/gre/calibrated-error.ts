/**
 * Standard error of the GRE estimate of one or more blocks, for fixed genotypes and effects, with what Eq 14 and 15 leave
 * out: the trait is scaled to unit variance in the sample, and each block sees the other blocks' signal and the noise that
 * they see too.
 *
 * The estimate is y'Ay / y'y less a constant, A = sum of w_k P_k with P_k the projection on block k and w_k = n/(n - q_k).
 * With y = g + e, e ~ N(0, s I), s = 1 - h², the delta method gives, B = A - cI and c = sum of w_k R²_k,
 *
 *     n² Var = 4 s g'B²g + 2 s² tr B².
 *
 * The traces need tr P_k P_l = q_k q_l / n, that of independent blocks, and genetic values g_l of which another block's
 * projection explains q_k / n. One block: Var = (1-h²)² (2n/(n-q) - 2(1-h²)²) / n, which at h² = 0 is the exact variance
 * of R² but for n + 2 in place of n (METHODS 1.6).
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
  const scale =
    1 /
    Math.max(
      1,
      sum(inside, ({ h2 }) => h2),
    );
  const scaled = inside.map(({ h2, rank }) => ({ h2: h2 * scale, rank }));
  return Math.sqrt(Math.max(0, estimateVariance(scaled, n)));
}

function estimateVariance(
  estimates: readonly { readonly h2: number; readonly rank: number }[],
  n: number,
): number {
  const blocks = estimates.map(({ h2, rank }) => {
    const weight = n / (n - rank);
    // the weighted share of random values that the block explains
    return { h2, weight, random: (weight * rank) / n };
  });
  const h2 = sum(blocks, (block) => block.h2);
  const random = sum(blocks, (block) => block.random);
  const randomSquares = sum(blocks, (block) => block.random ** 2);
  const ownSquares = sum(blocks, (block) => block.weight * block.random);
  const c = h2 + random;
  // g'Ag and g'A²g over n: each block's own genetic values, and what the other blocks make of them
  const signal = sum(blocks, (block) => block.h2 * (block.weight + random - block.random));
  const signalSquare = sum(blocks, (block) => {
    const others = random - block.random;
    const pairsOfOthers = others ** 2 - (randomSquares - block.random ** 2);
    const squaresOfOthers = ownSquares - block.weight * block.random;
    return block.h2 * (block.weight ** 2 + 2 * block.weight * others + squaresOfOthers + pairsOfOthers);
  });
  const traceSquare = ownSquares + random ** 2 - randomSquares;
  const noise = 1 - h2;
  const signalPart = 4 * noise * (signalSquare - 2 * c * signal + c * c * h2);
  const noisePart = 2 * noise ** 2 * (traceSquare - 2 * c * random + c * c);
  return (signalPart + noisePart) / n;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
