import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';

/** A few rows over all samples, `stride` numbers each, in shared memory; what lies beyond the last sample is zero. */
export interface LongRows {
  readonly values: Float64Array;
  readonly rows: number;
  readonly stride: number;
}

/** Numbers of a row that one call takes: fixed, so that sums do not depend on threads. */
const STRIP = 4096;
/** About how many multiply-adds one thread does in a millisecond, for deciding on threads. */
const MULTIPLY_ADDS_PER_MS = 4e6;

/** Some of the rows, without a copy. */
export function someRows({ values, stride }: LongRows, first: number, end: number): LongRows {
  return { values: values.subarray(first * stride, end * stride), rows: end - first, stride };
}

/** Rows of zeros. */
export function longRows(rows: number, stride: number): LongRows {
  return { values: sharedFloat64(rows * stride), rows, stride };
}

/** Length of each row. */
export function rowNorms({ values, rows, stride }: LongRows): Float64Array {
  return Float64Array.from({ length: rows }, (_, k) => {
    let square = 0;
    for (let i = k * stride; i < (k + 1) * stride; i++) square += values[i] ** 2;
    return Math.sqrt(square);
  });
}

/** Room for rows of one kind, used again at each step: threads let go of shared memory late. */
export class RowsRoom {
  #values = sharedFloat64(0);

  /** Rows of zeros, which take the place of those that were given before. */
  of(rows: number, stride: number): LongRows {
    const numbers = rows * stride;
    if (this.#values.length < numbers) this.#values = sharedFloat64(numbers);
    return { values: this.#values.subarray(0, numbers).fill(0), rows, stride };
  }
}

const innerProductsTask = defineTask(
  'innerProducts',
  (
    kernels,
    a: Float64Array,
    b: Float64Array,
    stride: number,
    aRows: number,
    bRows: number,
    width: number,
    out: Float64Array,
  ): void => kernels.multiplyTransposed(a, stride, b, stride, out, bRows, aRows, bRows, width, 1),
);

/** A B', rows of A x rows of B. */
export async function innerProducts(pool: KernelPool, a: LongRows, b: LongRows): Promise<Float64Array> {
  const size = a.rows * b.rows;
  const strips = Math.ceil(a.stride / STRIP);
  const sums = sharedFloat64(strips * size);
  const calls = Array.from({ length: strips }, (_, s) => {
    const at = s * STRIP;
    const width = Math.min(STRIP, a.stride - at);
    return [
      ...([a.values.subarray(at), b.values.subarray(at), a.stride, a.rows, b.rows, width] as const),
      sums.subarray(s * size, (s + 1) * size),
    ] as const;
  });
  await pool.run(innerProductsTask, calls, { milliseconds: (size * a.stride) / MULTIPLY_ADDS_PER_MS });
  const total = new Float64Array(size);
  for (let at = 0; at < sums.length; at++) total[at % size] += sums[at];
  return total;
}

const combineTask = defineTask(
  'combineRows',
  (
    kernels,
    coefficients: Float64Array,
    a: Float64Array,
    stride: number,
    rows: number,
    aRows: number,
    width: number,
    out: Float64Array,
    factor: number,
  ): void => kernels.multiply(coefficients, aRows, a, stride, out, stride, rows, width, aRows, factor),
);

/** out := out + factor C A. @param coefficients rows of out x rows of A, row-major. */
export async function addCombination(
  pool: KernelPool,
  coefficients: Float64Array,
  a: LongRows,
  out: LongRows,
  factor = 1,
): Promise<void> {
  const shared = sharedFloat64(coefficients.length);
  shared.set(coefficients);
  const calls = Array.from({ length: Math.ceil(a.stride / STRIP) }, (_, s) => {
    const at = s * STRIP;
    const width = Math.min(STRIP, a.stride - at);
    return [
      ...([shared, a.values.subarray(at), a.stride, out.rows, a.rows, width] as const),
      out.values.subarray(at),
      factor,
    ] as const;
  });
  await pool.run(combineTask, calls, {
    milliseconds: (out.rows * a.rows * a.stride) / MULTIPLY_ADDS_PER_MS,
  });
}
