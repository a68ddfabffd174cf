import { maskHas } from '../genotypes/sample-mask.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import type { Design } from './design.js';

/** Samples and columns that one call masks and projects. */
const SAMPLES_PER_CALL = 16384;
const COLUMNS_PER_CALL = 16;

/** Masks columns to the people of their groups and projects intercept and covariates out (METHODS 1.9). */
export class ColumnProjector {
  readonly #pool: KernelPool;
  readonly #design: Design;
  readonly #presence = new Map<number, Float32Array>();

  constructor(pool: KernelPool, design: Design) {
    this.#pool = pool;
    this.#design = design;
  }

  /**
   * M w for each column w.
   * @param scores padded columns over samples, shared; masked in place.
   * @param groups group of each column.
   * @param projected receives the result, shared; may be `scores` itself.
   */
  async project(
    scores: Float64Array,
    groups: readonly number[],
    projected: Float32Array | Float64Array,
  ): Promise<void> {
    const { stride, basis, columns: covariates } = this.#design;
    const parts: Part[] = [];
    for (let column = 0; column < groups.length; column += COLUMNS_PER_CALL) {
      const own = groups.slice(column, column + COLUMNS_PER_CALL);
      const presence = own.map((group) => this.presenceOf(group));
      for (let first = 0; first < stride; first += SAMPLES_PER_CALL) {
        const count = Math.min(SAMPLES_PER_CALL, stride - first);
        parts.push({ column, presence, first, count, products: sharedFloat64(own.length * covariates) });
      }
    }
    const rangeOf = ({ column, presence }: Part) =>
      [column * stride, (column + presence.length) * stride] as const;
    const milliseconds = (stride * groups.length * (covariates + 2)) / 2e6;
    await this.#pool.run(
      maskPart,
      parts.map(
        (part) =>
          [
            scores.subarray(...rangeOf(part)),
            stride,
            part.presence,
            basis,
            covariates,
            part.first,
            part.count,
            part.products,
          ] as const,
      ),
      { milliseconds },
    );
    const coefficients = sharedFloat64(groups.length * covariates);
    for (const { column, presence, products } of parts) {
      for (let c = 0; c < presence.length; c++) {
        const { inverseGram } = this.#design.groups[groups[column + c]];
        for (let a = 0; a < covariates; a++) {
          for (let k = 0; k < covariates; k++)
            coefficients[(column + c) * covariates + a] +=
              inverseGram[a * covariates + k] * products[c * covariates + k];
        }
      }
    }
    await this.#pool.run(
      subtractPart,
      parts.map(
        (part) =>
          [
            scores.subarray(...rangeOf(part)),
            stride,
            part.presence,
            basis,
            covariates,
            part.first,
            part.count,
            coefficients.subarray(
              part.column * covariates,
              (part.column + part.presence.length) * covariates,
            ),
            projected.subarray(...rangeOf(part)),
          ] as const,
      ),
      { milliseconds },
    );
  }

  /** 1 for the people of a group, 0 for others and in the padding; shared. */
  presenceOf(group: number): Float32Array {
    let presence = this.#presence.get(group);
    if (!presence) {
      const { samples, stride, groups } = this.#design;
      const { people } = groups[group];
      presence = sharedFloat32(stride);
      for (let i = 0; i < samples; i++) presence[i] = maskHas(people, i) ? 1 : 0;
      this.#presence.set(group, presence);
    }
    return presence;
  }
}

/** Some samples of some columns. */
interface Part {
  readonly column: number;
  /** Of each of the columns. */
  readonly presence: readonly Float32Array[];
  readonly first: number;
  readonly count: number;
  /** Receives the products with the basis, columns x covariates. */
  readonly products: Float64Array;
}

/** Some entries of each column, a copy: WebAssembly copies whole arrays in and out, and parts of a column share them. */
function partOf(
  columns: Float64Array,
  stride: number,
  count: number,
  first: number,
  entries: number,
): Float64Array {
  const part = new Float64Array(count * entries);
  for (let c = 0; c < count; c++) {
    part.set(columns.subarray(c * stride + first, c * stride + first + entries), c * entries);
  }
  return part;
}

/** Masks part of each column and takes its products with the covariate basis. */
const maskPart = defineTask(
  'maskPart',
  (
    kernels,
    scores: Float64Array,
    stride: number,
    presence: readonly Float32Array[],
    basis: Float64Array,
    covariates: number,
    first: number,
    count: number,
    out: Float64Array,
  ): void => {
    for (const [c, present] of presence.entries()) {
      for (let i = first; i < first + count; i++) scores[c * stride + i] *= present[i];
    }
    const columns = presence.length;
    out.fill(0);
    kernels.multiplyTransposed(
      partOf(scores, stride, columns, first, count),
      count,
      partOf(basis, stride, covariates, first, count),
      count,
      out,
      covariates,
      columns,
      covariates,
      count,
      1,
    );
  },
);

/** Subtracts the projection from part of each column, masks again, and rounds to float32 where that is asked for. */
const subtractPart = defineTask(
  'subtractPart',
  (
    kernels,
    scores: Float64Array,
    stride: number,
    presence: readonly Float32Array[],
    basis: Float64Array,
    covariates: number,
    first: number,
    count: number,
    coefficients: Float64Array,
    out: Float32Array | Float64Array,
  ): void => {
    const columns = presence.length;
    const part = partOf(scores, stride, columns, first, count);
    kernels.multiply(
      coefficients,
      covariates,
      partOf(basis, stride, covariates, first, count),
      count,
      part,
      count,
      columns,
      count,
      covariates,
      -1,
    );
    for (const [c, present] of presence.entries()) {
      for (let i = 0; i < count; i++) out[c * stride + first + i] = part[c * count + i] * present[first + i];
    }
  },
);
