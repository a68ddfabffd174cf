/**
 * Symmetric positive definite systems of a handful of unknowns (the parameters of a model), in plain TypeScript.
 * A matrix is row-major, order x order. Everything of data size belongs to src/kernels.
 */

/** Lower Cholesky factor of a symmetric matrix, or undefined where it is not positive definite to working precision. */
export function choleskyFactor(a: Float64Array, order: number): Float64Array | undefined {
  const l = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * order + j];
      for (let k = 0; k < j; k++) sum -= l[i * order + k] * l[j * order + k];
      if (i === j) {
        if (!(sum > a[i * order + i] * PIVOT_TOLERANCE)) return undefined;
        l[i * order + i] = Math.sqrt(sum);
      } else {
        l[i * order + j] = sum / l[j * order + j];
      }
    }
  }
  return l;
}

/** Share of its diagonal element below which a pivot counts as rounding error. */
const PIVOT_TOLERANCE = 1e-13;

/** Solution x of A x = b, from A's {@link choleskyFactor}. */
export function choleskySolve(l: Float64Array, order: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * order + k] * x[k];
    x[i] /= l[i * order + i];
  }
  for (let i = order - 1; i >= 0; i--) {
    for (let k = i + 1; k < order; k++) x[i] -= l[k * order + i] * x[k];
    x[i] /= l[i * order + i];
  }
  return x;
}

/** Inverse of A, from A's {@link choleskyFactor}. */
export function choleskyInverse(l: Float64Array, order: number): Float64Array {
  const inverse = new Float64Array(order * order);
  const unit = new Float64Array(order);
  for (let j = 0; j < order; j++) {
    unit.fill(0);
    unit[j] = 1;
    const column = choleskySolve(l, order, unit);
    for (let i = 0; i < order; i++) inverse[i * order + j] = column[i];
  }
  return inverse;
}

/** g' A g for a square matrix A. */
export function quadraticForm(a: Float64Array, order: number, g: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < order; i++) for (let j = 0; j < order; j++) sum += g[i] * a[i * order + j] * g[j];
  return sum;
}
