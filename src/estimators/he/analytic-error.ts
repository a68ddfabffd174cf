/** y'Ky, y'K²y and y'K³y of a trait with y'y = n, K = M X X'M / M_1. */
export interface KinshipMoments {
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/** The same with several components, K_k = M X_k X_k'M / M_k. */
export interface ComponentMoments {
  /** y'K_k y. */
  readonly first: Float64Array;
  /** y'K_k K_l y, row-major. */
  readonly second: Float64Array;
  /** y'K_k K_c K_l y: k x c x l. */
  readonly third: Float64Array;
}

/**
 * Sampling variance of σ²_g with one component (METHODS 7.2), for a trait that is scaled to y'y = n in its sample: σ²_g is y'Ay n / y'y over
 * T - b²/n with A = K - (b/n) I, by the delta method a form in W = A - θ I with θ = y'Ay / n, whose variance 2 tr(WVWV) is estimated by
 * 2 y'W V W y, V = σ²_g K + σ²_e I. W y is what of K y is not along y.
 */
export function analyticVariance(
  { first, second, third }: KinshipMoments,
  variances: ArrayLike<number>,
  trace: number,
  traceOfSquare: number,
  n: number,
): number {
  const shift = first / n; // b/n + θ
  const square = second - shift * first; // α'α with α = W y
  const throughK = third - 2 * shift * second + shift ** 2 * first; // α'Kα
  return (2 * (variances[0] * throughK + variances[1] * square)) / (traceOfSquare - trace ** 2 / n) ** 2;
}

/**
 * Sampling covariances of y'K_k y with several components, for a trait that is scaled to y'y = n in its sample: forms in
 * W_k = K_k - θ_k I, θ_k = y'K_k y / n, whose covariances 2 tr(W_k V W_l V) are estimated by 2 y'W_k V W_l y (METHODS 7.2).
 * @param variances of the components and, last, of the noise: V = sum of σ²_c K_c + σ²_e I.
 */
export function formCovariances(
  { first, second, third }: ComponentMoments,
  variances: ArrayLike<number>,
  n: number,
): Float64Array {
  const count = first.length;
  return second.map((square, at) => {
    const [k, l] = [Math.floor(at / count), at % count];
    const [own, other] = [first[k] / n, first[l] / n];
    let sum = variances[count] * (square - (first[k] * first[l]) / n);
    for (let c = 0; c < count; c++) {
      const through = third[(k * count + c) * count + l];
      const turned = own * second[c * count + l] + other * second[c * count + k];
      sum += variances[c] * (through - turned + own * other * first[c]);
    }
    return 2 * sum;
  });
}
