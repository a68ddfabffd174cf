import { sharedFloat32, sharedFloat64 } from '../../../kernels/memory.js';
import { defineTask } from '../../../kernels/pool.js';
import { largestSize } from '../../../linalg/extremes.js';
import { gaussQuadrature, type Quadrature } from '../../../linalg/tridiagonal.js';
import type { Relationship } from './relationship.js';

/**
 * Lanczos recurrences on M K M, K = sum_k f_k K_k, of many starting columns at once. After m steps a column v gives v'f(K)v
 * for every function f at once, as a quadrature: so one run of a trait and of the random vectors serves every heritability.
 *
 * Vectors are not orthogonalised again: rounding makes copies of eigenvalues that have converged and shares their weight
 * out among them, which leaves quadratures as they are (Golub & Meurant 2010, chapter 4).
 */
export class LanczosRun {
  readonly groups: readonly number[];
  readonly #relationship: Relationship;
  readonly #factors: Float64Array;
  /** Squared norms of the starting columns. */
  readonly squares: Float64Array;
  readonly #diagonals: number[][];
  readonly #offDiagonals: number[][];
  #current: Float32Array;
  #previous: Float32Array;
  #image: Float64Array;
  /** Columns whose Krylov space is exhausted: their quadrature is exact. */
  readonly #ended: Uint8Array;
  #steps = 0;

  /**
   * @param columns padded columns over samples, projected, shared; taken over.
   * @param factors variance of each component in each column's matrix, columns x components; with one component K itself.
   */
  constructor(
    relationship: Relationship,
    columns: Float32Array,
    groups: readonly number[],
    factors: Float64Array = new Float64Array(groups.length).fill(1),
  ) {
    const { stride } = relationship.data.design;
    this.#relationship = relationship;
    this.groups = groups;
    this.#factors = factors;
    this.squares = new Float64Array(groups.length);
    this.#diagonals = groups.map(() => []);
    this.#offDiagonals = groups.map(() => []);
    this.#ended = new Uint8Array(groups.length);
    for (let c = 0; c < groups.length; c++) {
      const column = columns.subarray(c * stride, (c + 1) * stride);
      let sum = 0;
      for (let i = 0; i < stride; i++) sum += column[i] ** 2;
      this.squares[c] = sum;
      const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
      for (let i = 0; i < stride; i++) column[i] *= scale;
    }
    this.#current = columns;
    this.#previous = sharedFloat32(columns.length);
    this.#image = sharedFloat64(columns.length);
  }

  /** Steps taken, whether or not columns went on. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether every column's quadrature is exact: further steps change nothing. */
  get isExhausted(): boolean {
    return this.#ended.every((flag) => flag === 1);
  }

  /** One more step of every column: one pass over the genotypes. */
  async step(): Promise<void> {
    this.#steps++;
    if (this.isExhausted) return;
    const { genotypes, design } = this.#relationship.data;
    const rounding = genotypes.digitsPay(this.groups.length) ? EXHAUSTED.digits : EXHAUSTED.float32;
    await this.#relationship.apply(this.#current, this.groups, this.#factors, LANCZOS_DIGITS, this.#image);
    const columns = this.groups.length;
    const scalars = sharedFloat64(2 * columns);
    const before = this.#offDiagonals.map((list) => list.at(-1) ?? 0);
    const part = (array: Float32Array, c: number, end: number) =>
      array.subarray(c * design.stride, end * design.stride);
    const calls = [];
    for (let c = 0; c < columns; c += COLUMNS_PER_CALL) {
      const end = Math.min(columns, c + COLUMNS_PER_CALL);
      calls.push([
        design.stride,
        part(this.#current, c, end),
        part(this.#previous, c, end),
        this.#image.subarray(c * design.stride, end * design.stride),
        before.slice(c, end),
        scalars.subarray(2 * c, 2 * end),
      ] as const);
    }
    await genotypes.pool.run(recur, calls, { milliseconds: (columns * design.stride) / 2e5 });
    [this.#current, this.#previous] = [this.#previous, this.#current];
    for (let c = 0; c < columns; c++) {
      if (this.#ended[c]) continue;
      const [alpha, beta] = [scalars[2 * c], scalars[2 * c + 1]];
      this.#diagonals[c].push(alpha);
      this.#offDiagonals[c].push(beta);
      const largest = largestSize(this.#diagonals[c]);
      if (!(beta > rounding * largest)) this.#ended[c] = 1;
    }
  }

  /** Quadrature of a column, its weights adding up to 1. @param lag so many steps ago. */
  quadrature(column: number, lag = 0): Quadrature {
    const all = this.#diagonals[column];
    const diagonal = lag === 0 || this.#ended[column] ? all : all.slice(0, Math.max(1, all.length - lag));
    return gaussQuadrature(diagonal, this.#offDiagonals[column]);
  }

  /** The same run of the first columns only, to go on with. */
  narrow(columns: number): LanczosRun {
    const { stride } = this.#relationship.data.design;
    const start = sharedFloat32(columns * stride);
    const perColumn = this.#factors.length / this.groups.length;
    const factors = this.#factors.slice(0, columns * perColumn);
    const run = new LanczosRun(this.#relationship, start, this.groups.slice(0, columns), factors);
    run.#current.set(this.#current.subarray(0, columns * stride));
    run.#previous.set(this.#previous.subarray(0, columns * stride));
    run.squares.set(this.squares.subarray(0, columns));
    run.#ended.set(this.#ended.subarray(0, columns));
    run.#steps = this.#steps;
    for (let c = 0; c < columns; c++) {
      run.#diagonals[c] = [...this.#diagonals[c]];
      run.#offDiagonals[c] = [...this.#offDiagonals[c]];
    }
    return run;
  }
}

const COLUMNS_PER_CALL = 8;

/**
 * Of the products, where digits pay: what they round off is random at each step, some 6e-5 of a step's image, and moves no h² by a
 * thousandth of what random vectors do.
 */
export const LANCZOS_DIGITS = 2;

/** An off-diagonal entry below this share of the largest diagonal one is rounding, of float32 or of digits: the column's space is exhausted. */
const EXHAUSTED = { float32: 1e-6, digits: 3e-4 };

/** w = K q less its parts along q and the vector before; what is left, at unit length, takes the place of the latter. */
const recur = defineTask(
  'lanczosRecurrence',
  (
    _kernels,
    stride: number,
    current: Float32Array,
    previous: Float32Array,
    image: Float64Array,
    before: readonly number[],
    scalars: Float64Array,
  ): void => {
    for (let c = 0; c < before.length; c++) {
      const [from, end] = [c * stride, (c + 1) * stride];
      let alpha = 0;
      for (let i = from; i < end; i++) alpha += current[i] * image[i];
      const last = before[c];
      let square = 0;
      for (let i = from; i < end; i++) {
        const rest = image[i] - alpha * current[i] - last * previous[i];
        image[i] = rest;
        square += rest ** 2;
      }
      const beta = Math.sqrt(square);
      const scale = beta > 0 ? 1 / beta : 0;
      for (let i = from; i < end; i++) previous[i] = image[i] * scale;
      scalars[2 * c] = alpha;
      scalars[2 * c + 1] = beta;
    }
  },
);
