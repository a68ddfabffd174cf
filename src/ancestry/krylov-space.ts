import type { KernelPool } from '../kernels/pool.js';
import {
  addCombination,
  innerProducts,
  type LongRows,
  longRows,
  RowsRoom,
  someRows,
} from '../linalg/long-rows.js';
import { orthonormalBasis } from '../linalg/orthonormal-basis.js';
import { type SymmetricEigen, symmetricEigen } from '../linalg/symmetric-eigenvalues.js';

/** A row of a block that is nearly in the span of what is there already would be rounding error: it is left out. */
const DEPENDENT = 1e-4;

/**
 * An orthonormal basis Q that grows, with its images A Q under a symmetric A, and the Rayleigh-Ritz approximations of A's
 * eigenpairs within it. When it is full it is cut to the best of them (thick restart: Wu and Simon 2000), which keeps what has
 * been learnt.
 */
export class KrylovSpace {
  readonly #pool: KernelPool;
  readonly #basis: LongRows;
  readonly #images: LongRows;
  readonly #capacity: number;
  /** Q'AQ of the rows in use, capacity x capacity. */
  readonly #projected: Float64Array;
  readonly #novel = new RowsRoom();
  readonly #residuals = new RowsRoom();
  readonly #kept = new RowsRoom();
  #rows = 0;

  constructor(pool: KernelPool, capacity: number, stride: number) {
    this.#pool = pool;
    this.#capacity = capacity;
    this.#basis = longRows(capacity, stride);
    this.#images = longRows(capacity, stride);
    this.#projected = new Float64Array(capacity * capacity);
  }

  get rows(): number {
    return this.#rows;
  }

  get room(): number {
    return this.#capacity - this.#rows;
  }

  /**
   * What a block adds to the basis, orthonormal, until the next block; fewer rows where some depend on others. The block is
   * overwritten.
   */
  async novel(block: LongRows): Promise<LongRows> {
    const { stride } = block;
    const row = (k: number) => block.values.subarray(k * stride, (k + 1) * stride);
    for (let k = 0; k < block.rows; k++) scaleToOne(row(k));
    for (let round = 0; round < 2 && this.#rows > 0; round++) {
      const basis = someRows(this.#basis, 0, this.#rows);
      const shares = await innerProducts(this.#pool, block, basis);
      await addCombination(this.#pool, shares, basis, block, -1);
    }
    const remaining = Array.from({ length: block.rows }, (_, k) => row(k)).filter(
      (values) => scaleToOne(values) > DEPENDENT,
    );
    const { basis } = orthonormalBasis(remaining, DEPENDENT);
    const found = this.#novel.of(basis.length, stride);
    for (const [k, vector] of basis.entries()) found.values.set(vector, k * stride);
    return found;
  }

  /** Takes in orthonormal rows, orthogonal to those that are there, and their images. */
  async append(block: LongRows, images: LongRows): Promise<void> {
    const first = this.#rows;
    const { stride } = block;
    this.#basis.values.set(block.values, first * stride);
    this.#images.values.set(images.values.subarray(0, block.rows * stride), first * stride);
    this.#rows += block.rows;
    const products = await innerProducts(
      this.#pool,
      someRows(this.#basis, 0, this.#rows),
      someRows(this.#images, first, this.#rows),
    );
    for (let i = 0; i < this.#rows; i++)
      for (let k = 0; k < block.rows; k++) {
        const product = products[i * block.rows + k];
        this.#projected[i * this.#capacity + first + k] = product;
        this.#projected[(first + k) * this.#capacity + i] = product;
      }
  }

  /** Eigenpairs of Q'AQ, the largest first. */
  ritz(): SymmetricEigen {
    const matrix = new Float64Array(this.#rows ** 2);
    for (let i = 0; i < this.#rows; i++)
      for (let k = 0; k < this.#rows; k++)
        matrix[i * this.#rows + k] =
          (this.#projected[i * this.#capacity + k] + this.#projected[k * this.#capacity + i]) / 2;
    return symmetricEigen(matrix, this.#rows);
  }

  /** The first so many Ritz vectors. */
  async vectors({ vectors }: SymmetricEigen, count: number): Promise<LongRows> {
    const out = longRows(count, this.#basis.stride);
    const some = vectors.subarray(0, count * this.#rows);
    await addCombination(this.#pool, some, someRows(this.#basis, 0, this.#rows), out);
    return out;
  }

  /** A x - θ x of the first so many Ritz pairs, until they are asked for again. */
  async residuals({ values, vectors }: SymmetricEigen, count: number): Promise<LongRows> {
    const out = this.#residuals.of(count, this.#basis.stride);
    const some = vectors.subarray(0, count * this.#rows);
    const scaled = some.map((entry, at) => entry * values[Math.floor(at / this.#rows)]);
    await addCombination(this.#pool, some, someRows(this.#images, 0, this.#rows), out);
    await addCombination(this.#pool, scaled, someRows(this.#basis, 0, this.#rows), out, -1);
    return out;
  }

  /** Keeps the span of the first so many Ritz vectors only. */
  async restart(ritz: SymmetricEigen, count: number): Promise<void> {
    const { stride } = this.#basis;
    const some = ritz.vectors.subarray(0, count * this.#rows);
    for (const rows of [this.#basis, this.#images]) {
      const kept = this.#kept.of(count, stride);
      await addCombination(this.#pool, some, someRows(rows, 0, this.#rows), kept);
      rows.values.set(kept.values);
    }
    for (let i = 0; i < count; i++)
      for (let k = 0; k < count; k++) this.#projected[i * this.#capacity + k] = i === k ? ritz.values[i] : 0;
    this.#rows = count;
  }
}

/** Divides by the norm, which is returned; a row of zeros stays. */
function scaleToOne(row: Float64Array): number {
  let square = 0;
  for (let i = 0; i < row.length; i++) square += row[i] ** 2;
  const norm = Math.sqrt(square);
  if (norm > 0) for (let i = 0; i < row.length; i++) row[i] /= norm;
  return norm;
}
