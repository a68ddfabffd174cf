/**
 * LU factors of a square matrix whose elements lie near the diagonal, with partial pivoting (as LAPACK's gbtrf): order x band²
 * to factor, order x band to solve.
 */
export class BandedLu {
  readonly #order: number;
  /** Elements that a row may have to the left of the diagonal, and to its right once rows are exchanged. */
  readonly #below: number;
  readonly #width: number;
  /** Row i holds columns i - below to i + below + above. */
  readonly #rows: Float64Array;
  readonly #pivots: Int32Array;

  /**
   * @param reach how many columns off the diagonal an element may be, to either side.
   * @param element of row and column, asked for within reach only.
   * @throws RangeError where the matrix is singular to the last digit.
   */
  constructor(order: number, reach: number, element: (row: number, column: number) => number) {
    this.#order = order;
    this.#below = Math.min(reach, order - 1);
    this.#width = 3 * this.#below + 1;
    this.#rows = new Float64Array(order * this.#width);
    this.#pivots = new Int32Array(order);
    const last = (k: number, by: number) => Math.min(order - 1, k + by);
    for (let i = 0; i < order; i++)
      for (let j = Math.max(0, i - this.#below); j <= last(i, this.#below); j++)
        this.#rows[this.#at(i, j)] = element(i, j);
    for (let k = 0; k < order; k++) {
      let pivot = k;
      for (let i = k + 1; i <= last(k, this.#below); i++)
        if (Math.abs(this.#rows[this.#at(i, k)]) > Math.abs(this.#rows[this.#at(pivot, k)])) pivot = i;
      this.#pivots[k] = pivot;
      const right = last(k, 2 * this.#below);
      if (pivot !== k) for (let j = k; j <= right; j++) this.#exchange(this.#at(k, j), this.#at(pivot, j));
      const own = this.#rows[this.#at(k, k)];
      if (!(Math.abs(own) > 0)) throw new RangeError('the matrix is singular');
      for (let i = k + 1; i <= last(k, this.#below); i++) {
        const factor = this.#rows[this.#at(i, k)] / own;
        this.#rows[this.#at(i, k)] = factor;
        if (factor === 0) continue;
        for (let j = k + 1; j <= right; j++)
          this.#rows[this.#at(i, j)] -= factor * this.#rows[this.#at(k, j)];
      }
    }
  }

  /** A^-1 b, one column. */
  solve(b: ArrayLike<number>): Float64Array {
    const x = Float64Array.from(b);
    const last = (k: number, by: number) => Math.min(this.#order - 1, k + by);
    for (let k = 0; k < this.#order; k++) {
      const pivot = this.#pivots[k];
      if (pivot !== k) [x[k], x[pivot]] = [x[pivot], x[k]];
      for (let i = k + 1; i <= last(k, this.#below); i++) x[i] -= this.#rows[this.#at(i, k)] * x[k];
    }
    for (let k = this.#order - 1; k >= 0; k--) {
      for (let j = k + 1; j <= last(k, 2 * this.#below); j++) x[k] -= this.#rows[this.#at(k, j)] * x[j];
      x[k] /= this.#rows[this.#at(k, k)];
    }
    return x;
  }

  #at(row: number, column: number): number {
    return row * this.#width + column - row + this.#below;
  }

  #exchange(a: number, b: number): void {
    const kept = this.#rows[a];
    this.#rows[a] = this.#rows[b];
    this.#rows[b] = kept;
  }
}
