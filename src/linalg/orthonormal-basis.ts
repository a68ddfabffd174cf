/**
 * Orthonormal basis of a set of columns by Gram-Schmidt with one reorthogonalisation ("twice is enough").
 * A column whose remainder is below `tolerance` of its own norm depends on the earlier ones and adds nothing.
 *
 * @param columns columns of one length, read only.
 * @returns basis vectors and the positions of the columns that were dependent.
 */
export function orthonormalBasis(
  columns: readonly Float64Array[],
  tolerance = 1e-8,
): { basis: Float64Array[]; dependent: number[] } {
  const basis: Float64Array[] = [];
  const dependent: number[] = [];
  for (const [index, column] of columns.entries()) {
    const vector = Float64Array.from(column);
    const before = norm(vector);
    for (let pass = 0; pass < 2; pass++) for (const q of basis) addScaled(vector, q, -dot(q, vector));
    const after = norm(vector);
    if (!(after > tolerance * before)) {
      dependent.push(index);
      continue;
    }
    for (let i = 0; i < vector.length; i++) vector[i] /= after;
    basis.push(vector);
  }
  return { basis, dependent };
}

/** Subtracts from `vector`, in place, its projection on an orthonormal basis. */
export function projectOut(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) for (const q of basis) addScaled(vector, q, -dot(q, vector));
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i] += scale * source[i];
}

/** Cosine of the angle between two vectors: their correlation where both have mean 0. */
export function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / (norm(a) * norm(b));
}
