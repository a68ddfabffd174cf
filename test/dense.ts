/** Gauss-Jordan elimination of a small positive definite matrix. */
export function denseInverse(matrix: readonly (readonly number[])[]): Float64Array[] {
  const size = matrix.length;
  const rows = matrix.map((row, i) =>
    Float64Array.from({ length: 2 * size }, (_, c) => (c < size ? row[c] : c === size + i ? 1 : 0)),
  );
  for (let k = 0; k < size; k++) {
    const pivot = rows[k][k];
    for (let c = 0; c < 2 * size; c++) rows[k][c] /= pivot;
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i][k];
      for (let c = 0; c < 2 * size; c++) rows[i][c] -= factor * rows[k][c];
    }
  }
  return rows.map((row) => row.slice(size));
}

/** AB of small matrices. */
export function denseProduct(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  return a.map((row) =>
    Float64Array.from(row, (_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)),
  );
}
