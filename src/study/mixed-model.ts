import type { Dataset } from '../cohort/dataset.js';
import type { TraitColumns } from '../cohort/trait-columns.js';
import { HeredityError } from '../errors.js';
import { labelledComponents } from '../estimators/components.js';
import { FULL_DIGITS, Relationship } from '../estimators/reml/monte-carlo/relationship.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { chromosomeStarts } from '../ld/windows.js';
import { solveColumns } from '../linalg/column-cg.js';
import { evenly } from '../linalg/evenly.js';
import type { WorkSizes } from '../methods/method.js';
import { partOf, type RunContext } from '../run.js';

/** Variants of a chromosome from which the common factor of x'V⁻¹x is taken, as BOLT-LMM and fastGWA do. */
const CALIBRATION_VARIANTS = 30;
/** Columns that are solved together, unless one chromosome has more. */
const COLUMNS = 256;
/** Norm of a residual over that of its right-hand side at which it is solved. */
const RESIDUAL = 1e-4;
const MOST_STEPS = 500;

/**
 * Z scores of every variant in a linear mixed model that leaves out the variant's own chromosome, as BOLT-LMM-inf, fastGWA and REGENIE do:
 *
 *     z_j = x_j'V⁻¹y / √(γ n),  V = h² K + (1 - h²) I,
 *
 * with y of variance 1, K the relationship by all other chromosomes, and γ the mean of x'V⁻¹x / x'x over variants of the chromosome.
 * @param h2 of the model, for all traits; 0 gives the linear model.
 * @returns variants x traits, row-major.
 * @throws HeredityError `degenerate-data` where there is one chromosome only.
 */
export async function mixedModelScores(
  data: Dataset,
  traits: TraitColumns,
  h2: number,
  run: RunContext,
): Promise<Float64Array> {
  const { genotypes, bim, degreesOfFreedom: n } = data;
  const { count, variants } = genotypes;
  const starts = chromosomeStarts(bim, variants);
  if (starts.length < 2)
    throw new HeredityError('degenerate-data', 'a mixed model without the own chromosome needs a second one');
  const model = new ModelWithoutOne(data, starts, h2);
  const y = unitVariance(traits, n);
  const { columns } = traits;
  const scores = sharedFloat64(count * columns);
  const atOnce = Math.max(1, Math.floor(COLUMNS / (columns + CALIBRATION_VARIANTS)));
  const phase = run.progress.phase('mixed model', { total: starts.length });
  for (let first = 0; first < starts.length; first += atOnce) {
    const chromosomes = starts.slice(first, first + atOnce).map((_, k) => first + k);
    const { solved, gammas } = await model.solve(y, columns, chromosomes, partOf(run, phase));
    const width = chromosomes.length * columns;
    const products = sharedFloat64(count * width);
    await genotypes.transposeTimes(solved, width, products);
    for (const [k, chromosome] of chromosomes.entries()) {
      const scale = 1 / Math.sqrt(gammas[k] * n);
      for (let j = starts[chromosome]; j < (starts[chromosome + 1] ?? count); j++)
        for (let c = 0; c < columns; c++)
          scores[j * columns + c] = scale * products[j * width + k * columns + c];
      phase.advance();
    }
  }
  phase.end();
  return scores;
}

/** Bytes that {@link mixedModelScores} holds beside the genotypes. */
export function mixedModelMemory({ people, variants, traits }: WorkSizes): number {
  const columns = Math.max(COLUMNS, traits + CALIBRATION_VARIANTS);
  return columns * (32 * people + 12 * variants);
}

/** V of each chromosome, without it: h² K + (1 - h²) I with K over all other chromosomes, known by its products. */
class ModelWithoutOne {
  readonly #data: Dataset;
  readonly #starts: readonly number[];
  readonly #relationship: Relationship;
  readonly #h2: number;

  constructor(data: Dataset, starts: readonly number[], h2: number) {
    const { genotypes, design } = data;
    const labels = new Int32Array(genotypes.count);
    for (const [c, start] of starts.entries()) labels.fill(c, start);
    const names = starts.map((_, c) => `chromosome ${c + 1}`);
    this.#data = data;
    this.#starts = starts;
    this.#h2 = h2;
    this.#relationship = new Relationship({
      genotypes,
      design,
      components: labelledComponents(names, labels),
    });
  }

  /**
   * V⁻¹ y of every trait for each chromosome's V (columns over samples, the traits of a chromosome one after another), and the mean of
   * x'V⁻¹x / x'x over some of its variants.
   */
  async solve(
    y: Float32Array,
    columns: number,
    chromosomes: readonly number[],
    run: RunContext,
  ): Promise<{ readonly solved: Float32Array; readonly gammas: readonly number[] }> {
    const variants = await this.#genotypesOfSome(chromosomes);
    const size = variants.length / chromosomes.length;
    const each = y.length + size; // the traits, then the variants
    const b = sharedFloat32(chromosomes.length * each);
    for (const k of chromosomes.keys()) {
      b.set(y, k * each);
      b.set(variants.subarray(k * size, (k + 1) * size), k * each + y.length);
    }
    const x = await this.#invert(
      b,
      chromosomes.flatMap((c) => Array<number>(columns + CALIBRATION_VARIANTS).fill(c)),
      run,
    );
    const solved = sharedFloat32(chromosomes.length * y.length);
    const gammas = chromosomes.map((_, k) => {
      solved.set(x.subarray(k * each, k * each + y.length), k * y.length);
      let [form, norm] = [0, 0];
      for (let i = k * each + y.length; i < (k + 1) * each; i++) {
        form += b[i] * x[i];
        norm += b[i] ** 2;
      }
      return form / norm;
    });
    return { solved, gammas };
  }

  /** Standardised genotypes of some variants of each chromosome, covariates projected out: columns over samples. */
  async #genotypesOfSome(chromosomes: readonly number[]): Promise<Float32Array> {
    const { genotypes, design } = this.#data;
    const columns = chromosomes.length * CALIBRATION_VARIANTS;
    const unit = sharedFloat32(genotypes.count * columns);
    for (const [k, c] of chromosomes.entries()) {
      const start = this.#starts[c];
      const size = (this.#starts[c + 1] ?? genotypes.count) - start;
      for (const [i, j] of evenly(size, CALIBRATION_VARIANTS).entries())
        unit[(start + j) * columns + k * CALIBRATION_VARIANTS + i] = 1;
    }
    const values = sharedFloat64(columns * design.stride);
    await genotypes.times(unit, columns, values);
    const projected = sharedFloat32(columns * design.stride);
    await this.#relationship.projector.project(values, new Array<number>(columns).fill(0), projected);
    return projected;
  }

  /** V⁻¹ b of each column. @param of the chromosome that each column's V leaves out. */
  async #invert(b: Float32Array, of: readonly number[], run: RunContext): Promise<Float32Array> {
    const { pool, design } = this.#data;
    const { sizes } = this.#relationship;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const x = sharedFloat32(b.length);
    const phase = run.progress.phase('conjugate gradients');
    const { failed } = await solveColumns({
      pool,
      stride: design.stride,
      b,
      x,
      tolerance: RESIDUAL,
      maxSteps: MOST_STEPS,
      apply: async (p, active, out) => {
        const factors = active.flatMap((column) =>
          Array.from(sizes, (size, c) =>
            c === of[column] ? 0 : (this.#h2 * size) / (total - sizes[of[column]]),
          ),
        );
        const groups = active.map(() => 0);
        await this.#relationship.apply(p, groups, Float64Array.from(factors), FULL_DIGITS, out);
        const noise = 1 - this.#h2;
        for (let i = 0; i < active.length * design.stride; i++) out[i] += noise * p[i];
      },
    });
    phase.end();
    if (failed.length > 0)
      throw new HeredityError('numerical', 'the mixed model could not be solved: its h² is too close to 1');
    return x;
  }
}

/** Traits less covariates, of variance 1: columns over samples. */
function unitVariance(traits: TraitColumns, n: number): Float32Array {
  const { stride } = traits.data.design;
  const scaled = sharedFloat32(traits.columns * stride);
  scaled.set(traits.residuals);
  for (let c = 0; c < traits.columns; c++) {
    const column = scaled.subarray(c * stride, (c + 1) * stride);
    let square = 0;
    for (const value of column) square += value * value;
    const scale = Math.sqrt(n / square);
    for (let i = 0; i < stride; i++) column[i] *= scale;
  }
  return scaled;
}
