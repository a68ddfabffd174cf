import type { DenseKernels } from '../dense.js';

function cholesky(a: Float64Array, order: number, lda: number, tolerance: number): number {
  let rank = 0;
  for (let j = 0; j < order; j++) {
    let pivot = a[j * lda + j];
    for (let k = 0; k < j; k++) pivot -= a[j * lda + k] ** 2;
    const kept = pivot > tolerance;
    const root = kept ? Math.sqrt(pivot) : 0;
    if (kept) rank++;
    a[j * lda + j] = root;
    for (let i = j + 1; i < order; i++) {
      let sum = a[i * lda + j];
      for (let k = 0; k < j; k++) sum -= a[i * lda + k] * a[j * lda + k];
      a[i * lda + j] = kept ? sum / root : 0;
    }
  }
  return rank;
}

function choleskyPivoted(
  a: Float64Array,
  order: number,
  lda: number,
  tolerance: number,
  pivots: Int32Array,
): number {
  for (let i = 0; i < order; i++) pivots[i] = i;
  const at = (i: number, j: number) => (i >= j ? i * lda + j : j * lda + i);
  const swap = (i: number, j: number) => {
    [a[i], a[j]] = [a[j], a[i]];
  };
  for (let j = 0; j < order; j++) {
    let p = j;
    for (let i = j + 1; i < order; i++) if (a[at(i, i)] > a[at(p, p)]) p = i;
    if (!(a[at(p, p)] > tolerance)) {
      for (let i = j; i < order; i++) a.fill(0, i * lda + j, i * lda + i + 1);
      return j;
    }
    if (p !== j) {
      for (let k = 0; k < order; k++) if (k !== j && k !== p) swap(at(j, k), at(p, k));
      swap(at(j, j), at(p, p));
      [pivots[j], pivots[p]] = [pivots[p], pivots[j]];
    }
    const root = Math.sqrt(a[at(j, j)]);
    a[at(j, j)] = root;
    for (let i = j + 1; i < order; i++) a[at(i, j)] /= root;
    for (let i = j + 1; i < order; i++) {
      for (let k = j + 1; k <= i; k++) a[at(i, k)] -= a[at(i, j)] * a[at(k, j)];
    }
  }
  return order;
}

function solveLowerRight(
  l: Float64Array,
  order: number,
  ldl: number,
  b: Float64Array,
  rows: number,
  ldb: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < order; j++) {
      let sum = b[r * ldb + j];
      for (let k = 0; k < j; k++) sum -= b[r * ldb + k] * l[j * ldl + k];
      b[r * ldb + j] = quotient(sum, l[j * ldl + j]);
    }
  }
}

function solveLower(
  l: Float64Array,
  order: number,
  ldl: number,
  b: Float64Array,
  columns: number,
  ldb: number,
): void {
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < order; i++) {
      let sum = b[i * ldb + c];
      for (let k = 0; k < i; k++) sum -= l[i * ldl + k] * b[k * ldb + c];
      b[i * ldb + c] = quotient(sum, l[i * ldl + i]);
    }
  }
}

function solveLowerTransposed(
  l: Float64Array,
  order: number,
  ldl: number,
  b: Float64Array,
  columns: number,
  ldb: number,
): void {
  for (let c = 0; c < columns; c++) {
    for (let i = order - 1; i >= 0; i--) {
      let sum = b[i * ldb + c];
      for (let k = i + 1; k < order; k++) sum -= l[k * ldl + i] * b[k * ldb + c];
      b[i * ldb + c] = quotient(sum, l[i * ldl + i]);
    }
  }
}

function householder(
  a: Float64Array,
  rows: number,
  columns: number,
  lda: number,
  v: Float64Array,
  ldv: number,
  t: Float64Array,
  ldt: number,
): void {
  for (let j = 0; j < columns; j++) {
    let below = 0;
    for (let i = j + 1; i < rows; i++) below += a[i * lda + j] ** 2;
    if (below < 1e-280) below = 0; // squares that lost their digits
    const first = a[j * lda + j];
    const image = first > 0 ? -Math.hypot(first, Math.sqrt(below)) : Math.hypot(first, Math.sqrt(below));
    const factor = below > 0 ? (image - first) / image : 0;
    for (let i = 0; i < rows; i++)
      v[i * ldv + j] = i < j ? 0 : i === j ? 1 : below > 0 ? a[i * lda + j] / (first - image) : 0;
    for (let c = j; c < columns; c++) {
      let sum = 0;
      for (let i = j; i < rows; i++) sum += v[i * ldv + j] * a[i * lda + c];
      for (let i = j; i < rows; i++) a[i * lda + c] -= factor * sum * v[i * ldv + j];
    }
    for (let i = j + 1; i < rows; i++) a[i * lda + j] = 0;
    // Q_j = Q_{j-1} (I - factor v v')
    for (let i = 0; i < columns; i++) t[i * ldt + j] = i === j ? factor : 0;
    for (let i = 0; i < j; i++) {
      for (let k = i; k < j; k++) {
        let product = 0;
        for (let row = 0; row < rows; row++) product += v[row * ldv + k] * v[row * ldv + j];
        t[i * ldt + j] -= factor * t[i * ldt + k] * product;
      }
    }
  }
}

/** A zero on the diagonal marks a dependent column, whose unknown is 0. */
const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);

export const denseKernels = {
  cholesky,
  choleskyPivoted,
  solveLowerRight,
  solveLower,
  solveLowerTransposed,
  householder,

  sumOfSquares(values, count, out) {
    const sums = new Float64Array(8);
    for (let k = 0; k < count; k++) sums[k % 8] += values[k] * values[k];
    out[0] = sums.reduce((total, sum) => total + sum, 0);
  },

  multiplyTransposed(a, lda, b, ldb, c, ldc, m, n, k, alpha) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[i * lda + p] * b[j * ldb + p];
        c[i * ldc + j] += alpha * sum;
      }
    }
  },

  multiply(a, lda, b, ldb, c, ldc, m, n, k, alpha) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[i * lda + p] * b[p * ldb + j];
        c[i * ldc + j] += alpha * sum;
      }
    }
  },

  transposedMultiply(a, lda, b, ldb, c, ldc, m, n, k, alpha) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[p * lda + i] * b[p * ldb + j];
        c[i * ldc + j] += alpha * sum;
      }
    }
  },
} satisfies DenseKernels;
