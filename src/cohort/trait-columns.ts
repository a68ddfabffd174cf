import type { Design } from '../association/design.js';
import { ColumnProjector } from '../association/project-columns.js';
import type { TraitFacts } from '../estimate/trait-facts.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import type { Dataset } from './dataset.js';
import type { TraitSet, TraitStatistics } from './trait-set.js';

/**
 * Traits of everybody in a study as columns in shared memory, and what the estimators share of them. One object serves
 * all cells: memory that threads have seen is used again.
 */
export class TraitColumns implements TraitSet {
  readonly data: Dataset;
  /** Columns there is room for. */
  readonly capacity: number;
  readonly #values: Float64Array;
  readonly #residuals: Float32Array;
  readonly #projector: ColumnProjector;
  #exact: Float64Array | undefined;
  #columns = 0;
  #seed: number | undefined;
  #marginal: Promise<Float64Array> | undefined;

  constructor(data: Dataset, capacity: number) {
    this.data = data;
    this.capacity = capacity;
    this.#values = sharedFloat64(capacity * data.design.stride);
    this.#residuals = sharedFloat32(capacity * data.design.stride);
    this.#projector = new ColumnProjector(data.pool, data.design);
  }

  /** Columns in use. */
  get columns(): number {
    return this.#columns;
  }

  get samples(): number {
    return this.data.samples;
  }

  get seed(): number {
    return this.#seed ?? this.data.seed;
  }

  get covariates(): Dataset['covariates'] {
    return this.data.covariates;
  }

  get facts(): readonly TraitFacts[] {
    return Array.from({ length: this.#columns }, (_, c) => ({ name: `trait${c + 1}`, kind: 'quantitative' }));
  }

  /** χ² = n b² from {@link marginalEffects}. */
  async statistics(): Promise<readonly TraitStatistics[]> {
    const b = await this.marginalEffects();
    const { degreesOfFreedom: n, genotypes } = this.data;
    return Array.from({ length: this.#columns }, (_, c) => {
      const z = Float64Array.from(
        { length: genotypes.count },
        (_, v) => Math.sqrt(n) * b[v * this.#columns + c],
      );
      return { z, chi2: z.map((value) => value ** 2), n: new Float64Array(genotypes.count).fill(n) };
    });
  }

  /** Traits as they were simulated: columns x stride of the design, zero from the last sample on. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#columns * this.data.design.stride);
  }

  /** One trait, one value a sample. */
  trait(column: number): Float64Array {
    const { stride, samples } = this.data.design;
    return this.#values.subarray(column * stride, column * stride + samples);
  }

  traitValues(): readonly Float64Array[] {
    return Array.from({ length: this.#columns }, (_, c) => this.trait(c));
  }

  /** Traits less intercept and covariates: as {@link values}, in float32. */
  get residuals(): Float32Array {
    return this.#residuals.subarray(0, this.#columns * this.data.design.stride);
  }

  /**
   * Takes other traits.
   * @param fill writes them into {@link values}, whose padding stays zero. @param seed of random vectors for them; that of the dataset by default.
   */
  async load(
    columns: number,
    fill: (values: Float64Array) => Promise<void> | void,
    seed?: number,
  ): Promise<void> {
    this.#columns = columns;
    this.#seed = seed;
    this.#marginal = undefined;
    await fill(this.values);
    await this.#projector.project(this.values, new Array<number>(columns).fill(0), this.residuals);
  }

  /**
   * Marginal effects b = X'y / n of every variant on every trait, the trait less intercept and covariates and of squared
   * norm n: variants x columns, row-major. One pass over the genotypes, for all estimators. Sums run in float32 within a
   * tile of samples: relative error about 1e-7, far below sampling error (docs/decisions/0015-accuracy-study.md).
   */
  marginalEffects(): Promise<Float64Array> {
    this.#marginal ??= this.#multiply();
    return this.#marginal;
  }

  /**
   * The study's design with these traits in it, residuals in float64: what estimators for individual data take. The
   * residuals are those of the columns that are loaded now.
   */
  async design(): Promise<Design> {
    const { data } = this;
    const { stride, groups } = data.design;
    this.#exact ??= sharedFloat64(this.capacity * stride);
    const residuals = this.#exact.subarray(0, this.#columns * stride);
    residuals.set(this.values);
    await this.#projector.project(residuals, new Array<number>(this.#columns).fill(0), residuals);
    const traits = Array.from({ length: this.#columns }, (_, c) => c);
    const own = traits.map((c) => residuals.subarray(c * stride, (c + 1) * stride));
    return { ...data.design, groups: [{ ...groups[0], traits, residuals: own }] };
  }

  async #multiply(): Promise<Float64Array> {
    const { genotypes, degreesOfFreedom: n } = this.data;
    const columns = this.#columns;
    const b = sharedFloat64(genotypes.count * columns);
    await genotypes.transposeTimes(this.residuals, columns, b);
    const scales = Float64Array.from({ length: columns }, (_, c) => 1 / Math.sqrt(n * this.#squaredNorm(c)));
    for (let v = 0; v < genotypes.count; v++)
      for (let c = 0; c < columns; c++) b[v * columns + c] *= scales[c];
    return b;
  }

  #squaredNorm(column: number): number {
    const { stride } = this.data.design;
    const residual = this.#residuals.subarray(column * stride, (column + 1) * stride);
    let sum = 0;
    for (let i = 0; i < stride; i++) sum += residual[i] * residual[i];
    return sum;
  }
}
