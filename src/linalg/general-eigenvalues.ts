/**
 * Largest absolute value of the eigenvalues of a real square matrix, which need not be symmetric: reduction to Hessenberg
 * form by stabilised elimination, then the QR algorithm with Francis's double shift (Golub and Van Loan, Matrix
 * Computations, 7.4 and 7.5). Order^3 operations, so for matrices of some hundred rows.
 * @param matrix row-major, order x order, read only
 * @returns undefined where an eigenvalue does not settle
 */
export function largestEigenvalue(matrix: ArrayLike<number>, order: number): number | undefined {
  const rows = Array.from({ length: order }, (_, i) =>
    Float64Array.from({ length: order }, (_, j) => matrix[i * order + j]),
  );
  reduceToHessenberg(rows);
  let largest = 0;
  // Eigenvalues come off the lower end, one or two at a time; `shift` is what was taken from the diagonal.
  let shift = 0;
  for (let last = order - 1; last >= 0; ) {
    for (let step = 0; ; step++) {
      if (step > 200) return undefined;
      const first = lastSmall(rows, last);
      if (first === last) {
        largest = Math.max(largest, Math.abs(rows[last][last] + shift));
        last--;
        break;
      }
      const x = rows[last][last];
      const y = rows[last - 1][last - 1];
      const w = rows[last][last - 1] * rows[last - 1][last];
      if (first === last - 1) {
        largest = Math.max(largest, largestOfTwo(x, y, w, shift));
        last -= 2;
        break;
      }
      // An exceptional shift gets a matrix moving that the ordinary one leaves as it is, such as a cycle.
      const exceptional = step > 0 && step % 10 === 0;
      if (exceptional) {
        shift += x;
        for (let i = 0; i <= last; i++) rows[i][i] -= x;
        const s = Math.abs(rows[last][last - 1]) + Math.abs(rows[last - 1][last - 2]);
        francisStep(rows, first, last, 0.75 * s, 0.75 * s, -0.4375 * s * s);
      } else francisStep(rows, first, last, x, y, w);
    }
  }
  return largest;
}

function reduceToHessenberg(rows: Float64Array[]): void {
  const order = rows.length;
  for (let m = 1; m < order - 1; m++) {
    let pivot = m;
    for (let i = m + 1; i < order; i++)
      if (Math.abs(rows[i][m - 1]) > Math.abs(rows[pivot][m - 1])) pivot = i;
    const x = rows[pivot][m - 1];
    if (x === 0) continue;
    if (pivot !== m) {
      [rows[pivot], rows[m]] = [rows[m], rows[pivot]];
      for (const row of rows) [row[pivot], row[m]] = [row[m], row[pivot]];
    }
    for (let i = m + 1; i < order; i++) {
      const factor = rows[i][m - 1] / x;
      if (factor === 0) continue;
      for (let j = m - 1; j < order; j++) rows[i][j] -= factor * rows[m][j];
      for (const row of rows) row[m] += factor * row[i];
    }
  }
  for (let i = 2; i < order; i++) rows[i].fill(0, 0, i - 1);
}

/** First row of the block that ends at `last`: where the element left of the diagonal is 0 to rounding. */
function lastSmall(rows: Float64Array[], last: number): number {
  for (let l = last; l > 0; l--) {
    const size = Math.abs(rows[l - 1][l - 1]) + Math.abs(rows[l][l]);
    const small = Math.abs(rows[l][l - 1]) <= Number.EPSILON * (size || norm(rows, last));
    if (small) return l;
  }
  return 0;
}

function norm(rows: Float64Array[], last: number): number {
  let sum = 0;
  for (let i = 0; i <= last; i++)
    for (let j = Math.max(0, i - 1); j <= last; j++) sum += Math.abs(rows[i][j]);
  return sum;
}

/** Larger absolute value of the two eigenvalues of [y, .; ., x] whose off-diagonal elements have the product w. */
function largestOfTwo(x: number, y: number, w: number, shift: number): number {
  const p = (y - x) / 2;
  const q = p * p + w;
  if (q < 0) return Math.hypot(x + p + shift, Math.sqrt(-q));
  const root = p + (p < 0 ? -1 : 1) * Math.sqrt(q);
  const one = x + shift + root;
  const other = root === 0 ? x + shift : x + shift - w / root;
  return Math.max(Math.abs(one), Math.abs(other));
}

/** One implicit double-shift QR step on rows first to last; the shifts are the eigenvalues of [y, .; ., x]. */
function francisStep(
  rows: Float64Array[],
  first: number,
  last: number,
  x: number,
  y: number,
  w: number,
): void {
  let [p, q, r] = [0, 0, 0];
  let m = last - 2;
  for (; m >= first; m--) {
    const z = rows[m][m];
    const [a, b] = [x - z, y - z];
    p = (a * b - w) / rows[m + 1][m] + rows[m][m + 1];
    q = rows[m + 1][m + 1] - z - a - b;
    r = rows[m + 2][m + 1];
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    [p, q, r] = [p / s, q / s, r / s];
    if (m === first) break;
    const left = Math.abs(rows[m][m - 1]) * (Math.abs(q) + Math.abs(r));
    const around = Math.abs(rows[m - 1][m - 1]) + Math.abs(z) + Math.abs(rows[m + 1][m + 1]);
    if (left <= Number.EPSILON * Math.abs(p) * around) break;
  }
  for (let i = m + 2; i <= last; i++) {
    rows[i][i - 2] = 0;
    if (i > m + 2) rows[i][i - 3] = 0;
  }
  for (let k = m; k < last; k++) {
    const three = k < last - 1;
    let size = 1;
    if (k > m) {
      [p, q, r] = [rows[k][k - 1], rows[k + 1][k - 1], three ? rows[k + 2][k - 1] : 0];
      size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (size === 0) continue;
      [p, q, r] = [p / size, q / size, r / size];
    }
    const s = (p < 0 ? -1 : 1) * Math.hypot(p, q, r);
    if (s === 0) continue;
    if (k > m) rows[k][k - 1] = -s * size;
    else if (first !== m) rows[k][k - 1] = -rows[k][k - 1];
    p += s;
    const [u, v, t] = [p / s, q / s, r / s];
    const [g, h] = [q / p, r / p];
    for (let j = k; j <= last; j++) {
      const sum = rows[k][j] + g * rows[k + 1][j] + (three ? h * rows[k + 2][j] : 0);
      rows[k][j] -= sum * u;
      rows[k + 1][j] -= sum * v;
      if (three) rows[k + 2][j] -= sum * t;
    }
    const most = Math.min(last, k + 3);
    for (let i = first; i <= most; i++) {
      const sum = u * rows[i][k] + v * rows[i][k + 1] + (three ? t * rows[i][k + 2] : 0);
      rows[i][k] -= sum;
      rows[i][k + 1] -= sum * g;
      if (three) rows[i][k + 2] -= sum * h;
    }
  }
}
