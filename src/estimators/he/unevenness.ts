/** How well each variant is tagged by all, x_j'Kx_j times M, twice: by independent random vectors, or twice the exact value. */
export interface Tagging {
  /** Of each variant in the one component. */
  readonly weights: Float64Array;
  /** That of variant j at `j * stride`. */
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly stride: number;
}

/**
 * Squared coefficient of variation over variants of x_j'(K - tr K / n)x_j, which is n times the LD score less what chance adds. The product
 * of two independent measurements has no noise of its own in its mean.
 * @param traces x_j'x_j summed over each jackknife block. @param n people less columns projected out.
 */
export function unevenness(
  { weights, first, second, stride }: Tagging,
  traces: Float64Array,
  n: number,
): number {
  let [size, ofFirst, ofSecond, product] = [0, 0, 0, 0];
  for (const [j, weight] of weights.entries()) {
    size += weight;
    ofFirst += weight * first[j * stride];
    ofSecond += weight * second[j * stride];
    product += weight * first[j * stride] * second[j * stride];
  }
  const trace = traces.reduce((sum, value) => sum + value, 0);
  const byChance = trace ** 2 / n / size;
  const mean = (ofFirst + ofSecond) / 2 / size - byChance;
  const covariance = product / size - (ofFirst / size) * (ofSecond / size);
  return mean > 0 ? Math.max(0, covariance) / mean ** 2 : 0;
}
