import { groupBasis } from '../association/design.js';
import { transposeProduct } from '../genotypes/products.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { norm, projectOut } from '../linalg/orthonormal-basis.js';
import type { StudyData } from './data.js';

/** Values that one thread projects and scales in a millisecond, for deciding on threads. */
const VALUES_PER_MS = 2e5;

/** A trait less intercept and covariates, with squared norm n, in float32. */
const residualiseTrait = defineTask(
  'residualiseTrait',
  (_kernels, values: Float64Array, basis: readonly Float64Array[], n: number, out: Float32Array): void => {
    const residual = values.slice();
    projectOut(residual, basis);
    const length = norm(residual);
    const scale = length > 0 ? Math.sqrt(n) / length : 0;
    for (let i = 0; i < out.length; i++) out[i] = residual[i]! * scale;
  },
);

/**
 * Traits of everybody in a study as columns in shared memory, and what the estimators share of them. One object serves
 * all cells: memory that threads have seen is used again.
 */
export class TraitColumns {
  readonly data: StudyData;
  /** Columns there is room for. */
  readonly capacity: number;
  readonly #values: Float64Array;
  readonly #residuals: Float32Array;
  readonly #basis: readonly Float64Array[];
  #marginal: Promise<Float64Array> | undefined;
  #columns = 0;

  constructor(data: StudyData, capacity: number) {
    this.data = data;
    this.capacity = capacity;
    this.#values = sharedFloat64(capacity * data.design.stride);
    this.#residuals = sharedFloat32(capacity * data.design.stride);
    this.#basis = groupBasis(data.design, data.design.groups[0]!);
  }

  /** Bytes for so many columns. */
  static bytes(data: { readonly design: { readonly stride: number } }, columns: number): number {
    return 12 * columns * data.design.stride;
  }

  /** Columns in use. */
  get columns(): number {
    return this.#columns;
  }

  /** Columns x stride of the design, zero from the last sample on: traits as they were simulated. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#columns * this.data.design.stride);
  }

  /** One trait, one value a sample. */
  trait(column: number): Float64Array {
    const { stride, samples } = this.data.design;
    return this.#values.subarray(column * stride, column * stride + samples);
  }

  /**
   * Traits less intercept and covariates, each with squared norm n = degrees of freedom: columns x stride of the design,
   * zero in the padding.
   */
  get residuals(): Float32Array {
    return this.#residuals.subarray(0, this.#columns * this.data.design.stride);
  }

  /**
   * Takes other traits.
   * @param fill writes them into {@link values}, whose padding stays zero.
   */
  async load(columns: number, fill: (values: Float64Array) => Promise<void> | void): Promise<void> {
    const { data } = this;
    const { stride } = data.design;
    this.#columns = columns;
    this.#marginal = undefined;
    await fill(this.values);
    const calls = Array.from({ length: columns }, (_, c) => {
      const range = [c * stride, (c + 1) * stride] as const;
      return [
        this.#values.subarray(...range),
        this.#basis,
        data.degreesOfFreedom,
        this.#residuals.subarray(...range),
      ] as const;
    });
    const milliseconds = (columns * stride * this.#basis.length) / VALUES_PER_MS;
    await data.pool.run(residualiseTrait, calls, { milliseconds });
  }

  /**
   * Marginal effects b = X'y / n of every variant on every trait, both standardised and less covariates on the trait's
   * side: variants x columns, row-major. One pass over the genotypes, for all estimators. Sums run in float32 within a
   * tile of samples: relative error about 1e-7, far below sampling error (docs/decisions/0015-accuracy-study.md).
   */
  marginalEffects(): Promise<Float64Array> {
    this.#marginal ??= this.#multiply();
    return this.#marginal;
  }

  async #multiply(): Promise<Float64Array> {
    const { pool, block, table, degreesOfFreedom: n } = this.data;
    const b = sharedFloat64(block.variants.length * this.#columns);
    await transposeProduct(pool, block, table, this.residuals, this.#columns, b);
    for (let k = 0; k < b.length; k++) b[k]! /= n;
    return b;
  }
}
