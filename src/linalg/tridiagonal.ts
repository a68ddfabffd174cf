/**
 * Smallest eigenvalue of the Lanczos matrix that conjugate gradients build: with steps alpha_0.. and ratios beta_0..,
 * T_kk = 1/alpha_k + beta_{k-1}/alpha_{k-1}, T_{k,k+1} = sqrt(beta_k)/alpha_k. A Ritz value of M^-1 V: it approaches the
 * smallest eigenvalue from above. By bisection on Sturm counts, to 3 digits, which is all that a bound needs.
 */
export function smallestEigenvalueBound(alphas: readonly number[], betas: readonly number[]): number {
  const order = alphas.length;
  const diagonal = alphas.map((alpha, k) => 1 / alpha + (k > 0 ? betas[k - 1]! / alphas[k - 1]! : 0));
  const squares = alphas.map((alpha, k) => betas[k]! / alpha ** 2);
  let low = 0;
  let high = Math.min(...diagonal); // the smallest eigenvalue is not above any diagonal entry
  const isAbove = (x: number): boolean => {
    // all eigenvalues are above x when every pivot of T - x I is positive
    let pivot = diagonal[0]! - x;
    for (let k = 1; k < order && pivot > 0; k++) pivot = diagonal[k]! - x - squares[k - 1]! / pivot;
    return pivot > 0;
  };
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) low = middle;
    else high = middle;
  }
  return high;
}
