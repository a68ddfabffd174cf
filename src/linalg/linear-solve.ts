/**
 * Solution x of A x = b for a small square matrix, by Gaussian elimination with partial pivoting (as LAPACK's gesv).
 * Where A is symmetric and positive definite, choleskySolve of small-dense.ts is cheaper.
 *
 * @param a row-major, order x order; left as it is.
 * @returns undefined where A is singular to the last digit.
 */
export function solveLinear(a: Float64Array, order: number, b: ArrayLike<number>): Float64Array | undefined {
  const m = Float64Array.from(a);
  const x = Float64Array.from(b);
  for (let k = 0; k < order; k++) {
    let pivot = k;
    for (let i = k + 1; i < order; i++)
      if (Math.abs(m[i * order + k]) > Math.abs(m[pivot * order + k])) pivot = i;
    if (!(Math.abs(m[pivot * order + k]) > 0)) return undefined;
    if (pivot !== k) {
      for (let j = k; j < order; j++)
        [m[k * order + j], m[pivot * order + j]] = [m[pivot * order + j], m[k * order + j]];
      [x[k], x[pivot]] = [x[pivot], x[k]];
    }
    for (let i = k + 1; i < order; i++) {
      const factor = m[i * order + k] / m[k * order + k];
      if (factor === 0) continue;
      for (let j = k + 1; j < order; j++) m[i * order + j] -= factor * m[k * order + j];
      x[i] -= factor * x[k];
    }
  }
  for (let i = order - 1; i >= 0; i--) {
    for (let j = i + 1; j < order; j++) x[i] -= m[i * order + j] * x[j];
    x[i] /= m[i * order + i];
  }
  return x;
}
