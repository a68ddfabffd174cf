/**
 * Eigenvalues of a small symmetric matrix by cyclic Jacobi rotations, ascending.
 * @param matrix order x order, row-major; not changed.
 */
export function symmetricEigenvalues(matrix: Float64Array, order: number): number[] {
  const a = Float64Array.from(matrix);
  const at = (i: number, j: number) => i * order + j;
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < order; i++)
      for (let j = 0; j < order; j++)
        if (i === j) on += a[at(i, j)] ** 2;
        else off += a[at(i, j)] ** 2;
    if (off <= 1e-28 * on || off === 0) break;
    for (let p = 0; p < order; p++) {
      for (let q = p + 1; q < order; q++) {
        if (a[at(p, q)] === 0) continue;
        const theta = (a[at(q, q)] - a[at(p, p)]) / (2 * a[at(p, q)]);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < order; k++) {
          const kp = a[at(k, p)];
          const kq = a[at(k, q)];
          a[at(k, p)] = c * kp - s * kq;
          a[at(k, q)] = s * kp + c * kq;
        }
        for (let k = 0; k < order; k++) {
          const pk = a[at(p, k)];
          const qk = a[at(q, k)];
          a[at(p, k)] = c * pk - s * qk;
          a[at(q, k)] = s * pk + c * qk;
        }
      }
    }
  }
  return Array.from({ length: order }, (_, i) => a[at(i, i)]).sort((x, y) => x - y);
}
