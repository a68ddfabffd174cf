/** A symmetric matrix of traits x traits. */
export type TraitMatrix = readonly (readonly number[])[];

/**
 * What decides the spread of GRE's estimates in one sample, A = sum over blocks of w_k P_k with P_k the projection on block k; all are
 * traces over n.
 */
export interface Moments {
  /** κ = sum of w_k q_k / n: what A explains of noise on average, which estimates have taken out. */
  readonly expected: number;
  /** tr A and tr A². */
  readonly noise: Pair;
  /** tr AG and tr A²G of genetic values with relationships G, tr G = n; one for all variants, or one for each block's own. */
  readonly signals: readonly Pair[];
  /** tr AGAG, tr AGG and tr GG, where effects are random; undefined for fixed effects. */
  readonly effects?: readonly [number, number, number];
  /** q_k / n of independent blocks, where the spread over the directions of their genetic values counts ({@link acrossBlocks}). */
  readonly directions?: readonly number[];
}

export interface Pair {
  readonly first: number;
  readonly second: number;
}

/**
 * A statistic of traits y of n people: sum over traits a, b of y_a'(M_ab (A - κI) + L_ab I) y_b / n. Estimates are ratios of such forms,
 * and their errors the forms of the delta method.
 */
export interface TraitForm {
  readonly m: TraitMatrix;
  readonly l: TraitMatrix;
}

/**
 * Variance of a form in traits y = g + e, e normal with covariance S between the traits of a person, g with covariance R:
 *
 *     Var = 2 tr (W S⊗I)² + 4 tr W (S⊗I) W (R⊗G) + 2 tr (W R⊗G)²,   W = (M⊗(A - κI) + L⊗I) / n,
 *
 * the last term for random effects only.
 * @param residual S. @param genetic R of each signal of the moments. @param n people less columns projected out.
 */
export function formVariance(
  { m, l }: TraitForm,
  residual: TraitMatrix,
  genetic: readonly TraitMatrix[],
  { expected, noise, signals, effects, directions }: Moments,
  n: number,
): number {
  const spread = ({ first, second }: Pair, [mm, ml, ll]: readonly [number, number, number]) =>
    mm * (second - 2 * expected * first + expected ** 2) + 2 * ml * (first - expected) + ll;
  const traces = (a: TraitMatrix, b: TraitMatrix) =>
    [trace(m, a, m, b), trace(m, a, l, b), trace(l, a, l, b)] as const;
  let variance = 2 * spread(noise, traces(residual, residual));
  for (const [k, signal] of signals.entries()) variance += 4 * spread(signal, traces(residual, genetic[k]));
  if (effects) {
    const [both, one, none] = effects;
    for (const own of genetic) {
      const [mm, ml, ll] = traces(own, own);
      const centred = both - 2 * expected * one + expected ** 2 * none;
      variance += 2 * (mm * centred + 2 * ml * (one - expected * none) + ll * none);
    }
  }
  if (directions) variance += Math.max(0, acrossBlocks(m, genetic, directions));
  return variance / n;
}

/**
 * What blocks see of each other's signal: it scatters around q_k / n of it, and genetic values of different blocks are not quite
 * orthogonal, which the sum over blocks counts twice and the genetic variance of the sample once. With C = A - (κ + 1)I, so that the
 * variance is that around the value realised in the sample, blocks P_k in general position and signals G_k of size h_k in them,
 *
 *     2 tr CGCG / n = 2 (sum over k of (h - h_k)² q_k / (n - q_k) + sum over k ≠ l of h_k h_l)
 *
 * for one trait; for several traits products of h are traces of M R M R (METHODS 1.12).
 */
function acrossBlocks(m: TraitMatrix, genetic: readonly TraitMatrix[], shares: readonly number[]): number {
  const whole = genetic.reduce(plus);
  let sum = trace(m, whole, m, whole);
  for (const [k, own] of genetic.entries()) {
    const others = plus(whole, scaledMatrix(own, -1));
    sum += (trace(m, others, m, others) * shares[k]) / (1 - shares[k]) - trace(m, own, m, own);
  }
  return 2 * sum;
}

function plus(a: TraitMatrix, b: TraitMatrix): TraitMatrix {
  return a.map((row, i) => row.map((value, j) => value + b[i][j]));
}

function scaledMatrix(a: TraitMatrix, factor: number): TraitMatrix {
  return a.map((row) => row.map((value) => factor * value));
}

/** tr ABCD. */
function trace(...matrices: readonly TraitMatrix[]): number {
  const product = matrices.reduce((a, b) =>
    a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0))),
  );
  return product.reduce((sum, row, k) => sum + row[k], 0);
}

/**
 * Moments of blocks taken for independent: tr P_k P_l = q_k q_l / n, and a block explains q_k / n of the genetic values of another, give
 * or take; w_k = n / (n - q_k). One signal a block, whose size is fixed and whose direction is not.
 */
export function independentMoments(ranks: readonly number[], n: number): Moments {
  const blocks = ranks.map((rank) => {
    const weight = n / (n - rank);
    // the weighted share of random values that the block explains
    return { weight, random: (weight * rank) / n };
  });
  const sum = (value: (block: (typeof blocks)[number]) => number) =>
    blocks.reduce((total, block) => total + value(block), 0);
  const random = sum((block) => block.random);
  const randomSquares = sum((block) => block.random ** 2);
  const ownSquares = sum((block) => block.weight * block.random);
  return {
    expected: random,
    directions: ranks.map((rank) => rank / n),
    noise: { first: random, second: ownSquares + random ** 2 - randomSquares },
    signals: blocks.map((block) => {
      const others = random - block.random;
      const pairsOfOthers = others ** 2 - (randomSquares - block.random ** 2);
      const squaresOfOthers = ownSquares - block.weight * block.random;
      return {
        first: block.weight + others,
        second: block.weight ** 2 + 2 * block.weight * others + squaresOfOthers + pairsOfOthers,
      };
    }),
  };
}
