import { smallest } from './extremes.js';

/**
 * Smallest eigenvalue of the Lanczos matrix that conjugate gradients build: with steps alpha_0.. and ratios beta_0..,
 * T_kk = 1/alpha_k + beta_{k-1}/alpha_{k-1}, T_{k,k+1} = sqrt(beta_k)/alpha_k. A Ritz value of M^-1 V: it approaches the
 * smallest eigenvalue from above. By bisection on Sturm counts, to 3 digits, which is all that a bound needs.
 */
export function smallestEigenvalueBound(alphas: readonly number[], betas: readonly number[]): number {
  const order = alphas.length;
  const diagonal = alphas.map((alpha, k) => 1 / alpha + (k > 0 ? betas[k - 1] / alphas[k - 1] : 0));
  const squares = alphas.map((alpha, k) => betas[k] / alpha ** 2);
  let low = 0;
  let high = smallest(diagonal); // the smallest eigenvalue is not above any diagonal entry
  const isAbove = (x: number): boolean => {
    // all eigenvalues are above x when every pivot of T - x I is positive
    let pivot = diagonal[0] - x;
    for (let k = 1; k < order && pivot > 0; k++) pivot = diagonal[k] - x - squares[k - 1] / pivot;
    return pivot > 0;
  };
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** A rule that integrates polynomials exactly: sum of weights[k] f(nodes[k]). */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * The Gauss rule of a Jacobi matrix (Golub & Welsch 1969): its eigenvalues, and the squared first components of its
 * eigenvectors. For the matrix that m Lanczos steps on K make from a unit vector q, sum_k weights[k] f(nodes[k]) is q'f(K)q up
 * to the error of a rule that is exact for polynomials of degree 2m - 1. Implicit QL as in EISPACK's imtql2, of the
 * eigenvectors the first row only.
 *
 * @param diagonal m entries; @param offDiagonal m - 1 entries beside it (more are not looked at).
 */
export function gaussQuadrature(diagonal: ArrayLike<number>, offDiagonal: ArrayLike<number>): Quadrature {
  const order = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = Float64Array.from({ length: order }, (_, k) => (k < order - 1 ? offDiagonal[k] : 0));
  const first = new Float64Array(order);
  first[0] = 1;
  for (let l = 0; l < order; l++) {
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      let m = l;
      while (m < order - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      for (let i = m - 1; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) break;
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        const upper = first[i + 1];
        first[i + 1] = s * first[i] + c * upper;
        first[i] = c * first[i] - s * upper;
      }
      if (r === 0 && m - 1 >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return { nodes: d, weights: first.map((value) => value ** 2) };
}
