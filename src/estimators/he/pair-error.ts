import type { HeTheory } from './error.js';

/** Of two traits, symmetric. */
type TraitMatrix = readonly [readonly [number, number], readonly [number, number]];

/** What the error of a pair is told from: the traits y₁, y₂ and their sum as {@link heCovariance} takes them, each of squared norm n. */
export interface PairTheory {
  readonly traits: readonly [HeTheory, HeTheory];
  readonly sum: HeTheory;
  /** y₁'y₂ / n. */
  readonly phenotypic: number;
  /** Genetic and other covariances of both traits. */
  readonly genetic: TraitMatrix;
  readonly other: TraitMatrix;
  /** People less columns projected out. */
  readonly n: number;
}

/**
 * Sampling variances of the genetic and the other covariance, in the units of `genetic`, and of the genetic correlation, for even effects. Each is
 * a ratio of forms y_a'Ay_b and y_a'y_b, A = K - (b/n) I, and by the delta method its error a form in W = M⊗A + L⊗I, as of one trait in
 * analyticVariance: 2 tr(WVWV), V = R⊗K + S⊗I, estimated by 2 y'WVWy.
 */
export function pairVariances(theory: PairTheory): {
  readonly covariance: number;
  readonly environmental: number;
  readonly rg: number;
} {
  const { n, phenotypic, sum } = theory;
  const powers = momentsOfPair(theory);
  const { trace, traceOfSquare, traceVariance } = sum;
  const denominator = traceOfSquare - trace ** 2 / n;
  const form = (a: 0 | 1, b: 0 | 1) => powers[1][a][b] - (trace / n) * powers[0][a][b]; // y_a'Ay_b
  const covariance = form(0, 1) / denominator;
  const rest = phenotypic - (covariance * trace) / n;
  const [first, second] = [form(0, 0), form(1, 1)];
  const rg = form(0, 1) / Math.sqrt(first * second);
  const variance = (m: TraitMatrix, l: TraitMatrix) => formVariance(m, l, theory, powers, trace / n);
  const across = (value: number): TraitMatrix => [
    [0, value],
    [value, 0],
  ];
  const within = (own: number, other: number, value = 0): TraitMatrix => [
    [own, value],
    [value, other],
  ];
  const ofTrace = (covariance / denominator) ** 2 * traceVariance;
  const half = -covariance / (2 * n);
  return {
    covariance: variance(across(1 / (2 * denominator)), within(half, half)) + ofTrace,
    environmental:
      variance(
        across(-trace / (2 * n * denominator)),
        within(-rest / (2 * n), -rest / (2 * n), 1 / (2 * n)),
      ) +
      (trace / n) ** 2 * ofTrace,
    rg:
      first > 0 && second > 0
        ? variance(
            within(-rg / (2 * first), -rg / (2 * second), 1 / (2 * Math.sqrt(first * second))),
            across(0),
          )
        : Number.NaN,
  };
}

/** y_a'K^p y_b, p from 0 to 3. */
function momentsOfPair({ traits, sum, phenotypic, n }: PairTheory): TraitMatrix[] {
  const sign = phenotypic < 0 ? -1 : 1;
  const squaredNorm = 2 + 2 * Math.abs(phenotypic);
  const power = (first: number, second: number, both: number): TraitMatrix => {
    const cross = (sign * (squaredNorm * both - first - second)) / 2;
    return [
      [first, cross],
      [cross, second],
    ];
  };
  const [one, two] = traits.map(({ kinship }) => kinship);
  const { kinship: joint } = sum;
  return [
    power(n, n, n),
    power(one.first, two.first, joint.first),
    power(one.second, two.second, joint.second),
    power(one.third, two.third, joint.third),
  ];
}

/** 2 y'WVWy, not below 0. */
function formVariance(
  m: TraitMatrix,
  l: TraitMatrix,
  { genetic, other }: PairTheory,
  powers: readonly TraitMatrix[],
  shift: number,
): number {
  const indices = [0, 1] as const;
  let sum = 0;
  for (const a of indices)
    for (const c of indices)
      for (const b of indices)
        for (const d of indices) {
          // W_ab = M_ab K + (L_ab - M_ab b/n) I
          const [k1, k2] = [m[a][b], m[c][d]];
          const [i1, i2] = [l[a][b] - shift * k1, l[c][d] - shift * k2];
          const through = (p: number) =>
            k1 * k2 * powers[p + 2][b][d] +
            (k1 * i2 + i1 * k2) * powers[p + 1][b][d] +
            i1 * i2 * powers[p][b][d];
          sum += genetic[a][c] * through(1) + other[a][c] * through(0);
        }
  return Math.max(0, 2 * sum);
}
