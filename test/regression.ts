/** Least squares and eigenvectors with everything written out: slow, plain, and sharing no code with src. */

export interface Regression {
  /** One a column of the design. */
  readonly beta: number[];
  readonly se: number[];
  /** People less columns. */
  readonly degreesOfFreedom: number;
}

/** Ordinary least squares of y on the columns of a design (which has the intercept, where one is wanted). */
export function ols(y: ArrayLike<number>, design: readonly ArrayLike<number>[]): Regression {
  const people = y.length;
  const inverse = invert(design.map((a) => design.map((b) => dot(a, b))));
  const cross = design.map((column) => dot(column, y));
  const beta = inverse.map((row) => dot(row, cross));
  let residual = 0;
  for (let i = 0; i < people; i++) {
    const fitted = design.reduce((sum, column, k) => sum + column[i] * beta[k], 0);
    residual += (y[i] - fitted) ** 2;
  }
  const degreesOfFreedom = people - design.length;
  const se = inverse.map((row, k) => Math.sqrt((residual / degreesOfFreedom) * row[k]));
  return { beta, se, degreesOfFreedom };
}

/**
 * Share of y's variance that columns explain once covariates are taken out of both, and how many of them are
 * independent: Gram-Schmidt, twice, a column at a time.
 */
export function partialRSquared(
  y: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
  covariates: readonly ArrayLike<number>[] = [],
): { r2: number; rank: number; n: number } {
  const basis: Float64Array[] = [];
  const remainder = (column: ArrayLike<number>): Float64Array => {
    const vector = Float64Array.from(column);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        const share = dot(q, vector);
        for (let i = 0; i < vector.length; i++) vector[i] -= share * q[i];
      }
    }
    return vector;
  };
  const add = (column: ArrayLike<number>): void => {
    const vector = remainder(column);
    const length = Math.sqrt(dot(vector, vector));
    if (length > 1e-6 * Math.sqrt(dot(column, column))) basis.push(vector.map((value) => value / length));
  };
  add(Float64Array.from(y, () => 1));
  covariates.forEach(add);
  const projectedOut = basis.length;
  const before = remainder(y);
  columns.forEach(add);
  const after = remainder(y);
  return {
    r2: 1 - dot(after, after) / dot(before, before),
    rank: basis.length - projectedOut,
    n: y.length - projectedOut,
  };
}

/** The unbiased share from an R² (METHODS 1.4), written out once more. */
export const heritability = ({ r2, rank, n }: { r2: number; rank: number; n: number }): number =>
  (n * r2 - rank) / (n - rank);

/** Eigenvalues and eigenvectors (as rows) of a symmetric matrix, by Jacobi rotations. */
export function eigen(matrix: readonly ArrayLike<number>[]): { values: number[]; vectors: number[][] } {
  const size = matrix.length;
  const a = matrix.map((row) => Array.from(row));
  const vectors = a.map((_, i) => a.map((__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (a[p][q] === 0) continue;
        const angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const row of a) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        for (const rows of [a, vectors]) {
          const [x, y] = [rows[p].slice(), rows[q].slice()];
          rows[p] = x.map((value, k) => c * value - s * y[k]);
          rows[q] = x.map((value, k) => s * value + c * y[k]);
        }
      }
    }
  }
  return { values: a.map((row, i) => row[i]), vectors };
}

/** b' V⁺ b by eigenvectors: the definition (METHODS 1.2). */
export function pseudoInverseForm(matrix: readonly ArrayLike<number>[], b: ArrayLike<number>): number {
  const { values, vectors } = eigen(matrix);
  const limit = 1e-9 * Math.max(...values);
  return values.reduce((sum, value, k) => (value > limit ? sum + dot(vectors[k], b) ** 2 / value : sum), 0);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Gauss-Jordan with partial pivoting. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const divisor = rows[k][k];
    rows[k] = rows[k].map((value) => value / divisor);
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i][k];
      rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  return rows.map((row) => row.slice(size));
}
