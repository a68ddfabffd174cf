/** Eigenvalues of a symmetric matrix, descending, and its eigenvectors: row k of `vectors` belongs to value k. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** order x order, row-major. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues of a small symmetric matrix by cyclic Jacobi rotations, ascending.
 * @param matrix order x order, row-major; not changed.
 */
export function symmetricEigenvalues(matrix: Float64Array, order: number): number[] {
  const a = rotated(Float64Array.from(matrix), order);
  return Array.from({ length: order }, (_, i) => a[i * order + i]).sort((x, y) => x - y);
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix of some hundred rows at most, by cyclic Jacobi rotations.
 * @param matrix order x order, row-major; not changed.
 */
export function symmetricEigen(matrix: Float64Array, order: number): SymmetricEigen {
  const rows = new Float64Array(order * order);
  for (let i = 0; i < order; i++) rows[i * order + i] = 1;
  const a = rotated(Float64Array.from(matrix), order, rows);
  const descending = Array.from({ length: order }, (_, i) => i).sort(
    (i, k) => a[k * order + k] - a[i * order + i],
  );
  const vectors = new Float64Array(order * order);
  for (const [k, i] of descending.entries())
    vectors.set(rows.subarray(i * order, (i + 1) * order), k * order);
  return { values: Float64Array.from(descending, (i) => a[i * order + i]), vectors };
}

const MOST_SWEEPS = 50;

/** Rotates the matrix in place until it is diagonal. @param vectors rows that are rotated with it. */
function rotated(a: Float64Array, order: number, vectors?: Float64Array): Float64Array {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < order; i++)
      for (let j = 0; j < order; j++)
        if (i === j) on += a[i * order + j] ** 2;
        else off += a[i * order + j] ** 2;
    if (off <= 1e-28 * on || off === 0) break;
    for (let p = 0; p < order; p++) {
      for (let q = p + 1; q < order; q++) {
        if (a[p * order + q] === 0) continue;
        const theta = (a[q * order + q] - a[p * order + p]) / (2 * a[p * order + q]);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < order; k++) {
          const kp = a[k * order + p];
          const kq = a[k * order + q];
          a[k * order + p] = c * kp - s * kq;
          a[k * order + q] = s * kp + c * kq;
        }
        rotateRows(a, order, p, q, c, s);
        if (vectors) rotateRows(vectors, order, p, q, c, s);
      }
    }
  }
  return a;
}

function rotateRows(a: Float64Array, order: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < order; k++) {
    const pk = a[p * order + k];
    const qk = a[q * order + k];
    a[p * order + k] = c * pk - s * qk;
    a[q * order + k] = s * pk + c * qk;
  }
}
