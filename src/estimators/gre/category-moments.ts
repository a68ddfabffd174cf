import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { dot } from '../../linalg/orthonormal-basis.js';
import { componentSizes } from '../components.js';
import type { CategoryBlock } from './category-block.js';
import { type CategoryWork, vectorsOfGroup } from './category-vectors.js';
import { type EffectClasses, effectVariances, LEVELS, levelOf } from './effect-classes.js';
import { maskedProducts } from './group-vectors.js';
import { scaleToDegreesOfFreedom } from './overlap.js';
import { degreesOfFreedom } from './projection.js';

const TRAITS_AT_ONCE = 64;

/** Symmetric, over the forms and last the identity. */
type FormMatrix = Float64Array;

/** A block with the weights by which the projection on it enters each form beside the form's own Q ({@link CategoryBlock}). */
export interface WeighedBlock {
  /** Of the block's variants in the genotypes of the run. */
  readonly positions: Int32Array;
  readonly block: CategoryBlock;
  /** γ of each form: A is the sum over blocks of Q + γP. */
  readonly projections: readonly number[];
}

/**
 * What decides the errors of all forms y'Ay in one sample, measured by random vectors, A with the LD between blocks, relatives and structure in
 * it: Grams of A_a v over noise v, of X'A_a v within each class of variants, and of X'A_a g over random genetic values g.
 */
export class CategoryMoments {
  /** Weights summed of each form. */
  readonly sizes: readonly number[];
  readonly #n: number;
  readonly #forms: number;
  readonly #classes: EffectClasses;
  /** tr A of each form over n: what it has of noise. */
  readonly #expected: readonly number[];
  readonly #noise: FormMatrix;
  /** By class of variants that bear the signal. */
  readonly #signals: readonly FormMatrix[];
  /** By genetic class, then class of variants. */
  readonly #effects: readonly (readonly FormMatrix[])[];
  /** Σ b_j² of each trait of the group. */
  #squares: readonly number[] = [];

  private constructor(
    sizes: readonly number[],
    n: number,
    classes: EffectClasses,
    expected: readonly number[],
    genetic: number,
  ) {
    this.sizes = sizes;
    this.#n = n;
    this.#forms = sizes.length;
    this.#classes = classes;
    this.#expected = expected;
    const order = this.#forms + 1;
    const matrix = () => new Float64Array(order * order);
    const byClass = () => Array.from({ length: classes.count }, matrix);
    this.#noise = matrix();
    this.#signals = byClass();
    this.#effects = Array.from({ length: genetic }, byClass);
  }

  /**
   * Two passes over the genotypes, a column for each random vector and form, and one with a column for each trait.
   * @param expected tr A of each form over n.
   */
  static async measure(
    genotypes: GenotypeOperator,
    design: Design,
    g: number,
    blocks: readonly WeighedBlock[],
    { partition, classes, vectors: random }: CategoryWork,
    expected: readonly number[],
  ): Promise<CategoryMoments> {
    const n = degreesOfFreedom(design, g);
    const sizes = [...componentSizes(partition), genotypes.count];
    const found = new CategoryMoments(sizes, n, classes, expected, random.classes);
    const vectors = vectorsOfGroup(random, design, g);
    const whole = vectors.slice(random.genetic).reduce((sum, vector) => sum + dot(vector, vector), 0);
    for (const [t, vector] of vectors.entries()) {
      const images = [...(await found.#images(genotypes, design, g, blocks, t, vectors.length)), vector];
      const isGenetic = t < random.genetic;
      const byClass = isGenetic ? found.#effects[t % random.classes] : found.#signals;
      const scale = isGenetic ? (n * random.genetic) / random.classes : whole;
      await found.#addByClass(genotypes, design.stride, images, byClass, scale);
      if (!isGenetic)
        for (const [a, first] of images.entries())
          for (const [b, second] of images.entries())
            found.#noise[a * images.length + b] += dot(first, second) / whole;
    }
    await found.#addTraits(genotypes, design, g);
    return found;
  }

  /**
   * Covariance of the errors of all forms, the trait scaled to unit variance in the sample (METHODS 1.15). Heritabilities below 0 count as
   * 0 for the variances of effects.
   * @param trait place in the group. @param values h² of each form, all variants last.
   */
  covariance(trait: number, values: readonly number[]): number[][] {
    const forms = this.#forms;
    const h2 = Math.min(1, Math.max(0, values[forms - 1]));
    const rates = this.#variances(trait, values, h2);
    const geneticRates = this.#ofGeneticClasses(rates);
    const order = forms + 1;
    const sum = this.#noise.map((value) => 2 * (1 - h2) ** 2 * value);
    const add = (matrix: FormMatrix, factor: number) => {
      for (let at = 0; at < sum.length; at++) sum[at] += factor * matrix[at];
    };
    for (const [e, matrix] of this.#signals.entries()) add(matrix, 4 * (1 - h2) * rates[e]);
    for (const [d, byClass] of this.#effects.entries()) {
      for (const [e, matrix] of byClass.entries()) add(matrix, 2 * geneticRates[d] * rates[e]);
    }
    // B = A - m I, m what the form has of noise on average and of the trait's variance
    const m = values.map((value, a) => this.#expected[a] + value);
    const identity = forms;
    return m.map((first, a) =>
      m.map(
        (second, b) =>
          (sum[a * order + b] -
            second * sum[a * order + identity] -
            first * sum[identity * order + b] +
            first * second * sum[identity * order + identity]) /
          this.#n,
      ),
    );
  }

  /**
   * Variance of a variant's effect in each class. How it differs between low and high LD, alike in all categories, is what makes Σ b_j², in
   * which a variant counts by its LD with all others.
   */
  #variances(trait: number, values: readonly number[], h2: number): number[] {
    const categories = values.slice(0, -1);
    const even = effectVariances(this.#classes, categories, this.sizes, h2);
    const identity = (this.#forms + 1) ** 2 - 1;
    const expected = [0, 0];
    let noise = 0;
    for (const [e, rate] of even.entries()) {
      noise += ((1 - h2) * this.#signals[e][identity]) / this.#n;
      for (const byClass of this.#effects) expected[levelOf(e)] += (rate * byClass[e][identity]) / this.#n;
    }
    const [low, high] = expected;
    const tilt = high > low ? (this.#squares[trait] - noise - low - high) / (high - low) : 0;
    const bounded = Math.min(1, Math.max(-1, tilt));
    return effectVariances(this.#classes, categories, this.sizes, h2, [1 - bounded, 1 + bounded]);
  }

  /** Variance of a variant's effect in each genetic class: that of the class, or the average over low or high LD. */
  #ofGeneticClasses(rates: readonly number[]): readonly number[] {
    if (this.#effects.length === rates.length) return rates;
    const { sizes } = this.#classes;
    return Array.from({ length: LEVELS }, (_, level) => {
      let [sum, size] = [0, 0];
      for (const [d, rate] of rates.entries())
        if (levelOf(d) === level) [sum, size] = [sum + rate * sizes[d], size + sizes[d]];
      return size > 0 ? sum / size : 0;
    });
  }

  /** A v of each form. */
  async #images(
    genotypes: GenotypeOperator,
    design: Design,
    g: number,
    blocks: readonly WeighedBlock[],
    vector: number,
    vectors: number,
  ): Promise<Float64Array[]> {
    const forms = this.#forms;
    const effects = sharedFloat32(genotypes.count * forms);
    for (const { positions, block, projections } of blocks)
      for (const [j, position] of positions.entries()) {
        const row = (j * vectors + vector) * forms;
        const projection = block.coefficients[row + forms - 1];
        for (let a = 0; a < forms; a++)
          effects[position * forms + a] = block.coefficients[row + a] + projections[a] * projection;
      }
    return maskedProducts(genotypes, design, g, effects, forms);
  }

  async #addTraits(genotypes: GenotypeOperator, design: Design, g: number): Promise<void> {
    const { residuals } = design.groups[g];
    const squares = residuals.map(() => 0);
    for (let first = 0; first < residuals.length; first += TRAITS_AT_ONCE) {
      const own = residuals.slice(first, first + TRAITS_AT_ONCE);
      const columns = sharedFloat64(own.length * design.stride);
      for (const [c, residual] of own.entries())
        columns.set(scaleToDegreesOfFreedom(residual.slice(), this.#n), c * design.stride);
      const scores = sharedFloat64(genotypes.count * own.length);
      await genotypes.transposeTimes(columns, own.length, scores);
      for (const [at, score] of scores.entries())
        squares[first + (at % own.length)] += (score / this.#n) ** 2;
    }
    this.#squares = squares;
  }

  /** Adds the Grams of X'u within each class, over `scale`. */
  async #addByClass(
    genotypes: GenotypeOperator,
    stride: number,
    images: readonly Float64Array[],
    byClass: readonly FormMatrix[],
    scale: number,
  ): Promise<void> {
    const order = images.length;
    const columns = sharedFloat32(order * stride);
    for (const [a, image] of images.entries()) columns.set(image, a * stride);
    const scores = sharedFloat64(genotypes.count * order);
    await genotypes.transposeTimes(columns, order, scores);
    const { count, shares } = this.#classes;
    for (let j = 0; j < genotypes.count; j++)
      for (let e = 0; e < count; e++) {
        const share = shares[j * count + e] / scale;
        if (share === 0) continue;
        for (let a = 0; a < order; a++)
          for (let b = 0; b < order; b++)
            byClass[e][a * order + b] += share * scores[j * order + a] * scores[j * order + b];
      }
  }
}
