/** Columns of {@link DenseKernels.householder}. */
export const MOST_REFLECTIONS = 256;

/** Dense linear algebra in float64, row-major with leading dimension (native/dense.c). */
export interface DenseKernels {
  /**
   * Lower Cholesky factor in place of the lower triangle: A = L L'. A pivot not above `tolerance` marks a column that
   * depends on the earlier ones: its column of L becomes 0, its diagonal 0. Returns the rank (columns kept).
   */
  cholesky(a: Float64Array, order: number, lda: number, tolerance: number): number;

  /**
   * Cholesky with diagonal pivoting, P'AP = L L', rows and columns permuted in place; `pivots[k]` is the original index
   * of row k. Stops when no pivot is above `tolerance`; returns the rank q, and rows q.. of the first q columns hold
   * the dependent rows. The triangle that is left becomes 0.
   */
  choleskyPivoted(a: Float64Array, order: number, lda: number, tolerance: number, pivots: Int32Array): number;

  /** B := B L^-T for the rows of B (m x order), L lower from {@link cholesky}; columns with a zero diagonal become 0. */
  solveLowerRight(
    l: Float64Array,
    order: number,
    ldl: number,
    b: Float64Array,
    rows: number,
    ldb: number,
  ): void;

  /** B := L^-1 B for B (order x columns, row-major); rows with a zero diagonal become 0. */
  solveLower(
    l: Float64Array,
    order: number,
    ldl: number,
    b: Float64Array,
    columns: number,
    ldb: number,
  ): void;

  /** B := L^-T B for B (order x columns, row-major); rows with a zero diagonal become 0. */
  solveLowerTransposed(
    l: Float64Array,
    order: number,
    ldl: number,
    b: Float64Array,
    columns: number,
    ldb: number,
  ): void;

  /** C := C + alpha A B' with A (m x k), B (n x k), C (m x n), all row-major. With A = B: the rank-k update. */
  multiplyTransposed(
    a: Float64Array,
    lda: number,
    b: Float64Array,
    ldb: number,
    c: Float64Array,
    ldc: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
  ): void;

  /** C := C + alpha A B with A (m x k), B (k x n), C (m x n), all row-major. */
  multiply(
    a: Float64Array,
    lda: number,
    b: Float64Array,
    ldb: number,
    c: Float64Array,
    ldc: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
  ): void;

  /** C := C + alpha A' B with A (k x m), B (k x n), C (m x n), all row-major. */
  transposedMultiply(
    a: Float64Array,
    lda: number,
    b: Float64Array,
    ldb: number,
    c: Float64Array,
    ldc: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
  ): void;

  /** `out[0] = sum of v²`, in eight sums side by side: the same bits on every backend. */
  sumOfSquares(values: Float64Array, count: number, out: Float64Array): void;

  /**
   * Householder's factors of a tall matrix: A = Q [R; 0] with Q = I - V T V'. R takes the place of the upper triangle of A,
   * the rest of A becomes 0. V is rows x columns, unit lower trapezoidal; T columns x columns, upper triangular.
   * There are at least as many rows as columns, and at most {@link MOST_REFLECTIONS} columns.
   */
  householder(
    a: Float64Array,
    rows: number,
    columns: number,
    lda: number,
    v: Float64Array,
    ldv: number,
    t: Float64Array,
    ldt: number,
  ): void;
}
