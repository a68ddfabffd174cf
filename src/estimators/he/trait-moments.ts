import type { ColumnProjector } from '../../association/project-columns.js';
import type { GenotypePart } from '../../genotypes/genotype-part.js';
import { PART_NUMBERS } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { Scratch } from '../../kernels/scratch.js';
import type { ComponentMoments } from './analytic-error.js';
import { type HeData, jackknifeBlocks } from './data.js';
import { sumVariants, type VariantSums } from './variant-sums.js';

/** Digits of what only says standard errors, and of random vectors: 3e-5 of them is far below their own noise. */
export const RANDOM_DIGITS = 2;

/**
 * {@link ComponentMoments} of every trait, groups' traits one after another, from two passes over the genotypes that others may share:
 * the first has X'y and gives X_k X_k'y, the second takes X' of them.
 */
export class TraitMoments {
  /** Columns over samples of the second pass: components x traits. */
  readonly width: number;
  readonly #data: HeData;
  readonly #sums: VariantSums;
  readonly #sizes: Float64Array;
  /** Group of each trait. */
  readonly #groups: readonly number[];
  /** X_k X_k'y: columns of one component after another. */
  readonly #images: Float64Array;
  readonly #room = new Scratch(sharedFloat32);
  /** Of each trait, not yet divided by M_k. */
  readonly #seconds: readonly Float64Array[];
  readonly #thirds: readonly Float64Array[];

  /** @param sums are to be complete when {@link moments} are asked for. @param sizes M_k. */
  constructor(data: HeData, sums: VariantSums, sizes: Float64Array) {
    const count = sizes.length;
    this.#data = data;
    this.#sums = sums;
    this.#sizes = sizes;
    this.#groups = data.design.groups.flatMap(({ traits }, g) => traits.map(() => g));
    this.width = count * this.#groups.length;
    this.#images = sharedFloat64(this.width * data.design.stride);
    this.#seconds = this.#groups.map(() => new Float64Array(count ** 2));
    this.#thirds = this.#groups.map(() => new Float64Array(count ** 3));
  }

  /** First pass. @param products X'Y of a part with the columns of the sums. */
  async addImages(part: GenotypePart, products: Float64Array): Promise<void> {
    const { weights, names } = this.#data.components;
    const { columns, traits } = this.#sums;
    const count = names.length;
    const b = this.#room.of(part.count * this.width);
    for (let j = 0, to = 0; j < part.count; j++)
      for (let k = 0; k < count; k++) {
        const weight = weights[(part.first + j) * count + k];
        for (const column of traits) b[to++] = weight * products[j * columns.length + column];
      }
    await part.timesDigits(b, this.width, RANDOM_DIGITS, this.#images);
  }

  /** After the first pass. @param out receives the columns of the second. */
  async project(projector: ColumnProjector, out: Float32Array): Promise<void> {
    const count = this.#sizes.length;
    const { stride } = this.#data.design;
    const traits = this.#groups.length;
    const groups = Array.from({ length: count }, () => this.#groups).flat();
    await projector.project(this.#images, groups, out);
    const image = (k: number, c: number) =>
      out.subarray((k * traits + c) * stride, (k * traits + c + 1) * stride);
    for (const [c, second] of this.#seconds.entries())
      for (let k = 0; k < count; k++)
        for (let l = 0; l < count; l++) second[k * count + l] = product(image(k, c), image(l, c));
  }

  /** Second pass. @param products X' of a part with its columns, which stand at `products[j * columns + first]`. */
  addProducts(part: GenotypePart, products: Float64Array, columns: number, first: number): void {
    const count = this.#sizes.length;
    const traits = this.#groups.length;
    const { weights } = this.#data.components;
    for (let j = 0; j < part.count; j++)
      for (const [c, third] of this.#thirds.entries()) {
        const from = j * columns + first + c;
        let at = 0;
        for (let k = 0; k < count; k++)
          for (let through = 0; through < count; through++)
            for (let l = 0; l < count; l++)
              third[at++] +=
                weights[(part.first + j) * count + through] *
                products[from + k * traits] *
                products[from + l * traits];
      }
  }

  /** After both passes. */
  get moments(): ComponentMoments[] {
    const sizes = this.#sizes;
    const count = sizes.length;
    const blocks = jackknifeBlocks(this.#data);
    const quadratics = this.#sums.groups.flatMap((group) => group.quadratics);
    return quadratics.map((ofBlocks, c) => {
      const first = new Float64Array(count);
      for (let b = 0; b < blocks; b++)
        for (let k = 0; k < count; k++) first[k] += ofBlocks[b * count + k] / sizes[k];
      const second = this.#seconds[c].map(
        (value, at) => value / (sizes[Math.floor(at / count)] * sizes[at % count]),
      );
      const third = this.#thirds[c].map(
        (value, at) =>
          value /
          (sizes[Math.floor(at / count ** 2)] * sizes[Math.floor(at / count) % count] * sizes[at % count]),
      );
      return { first, second, third };
    });
  }
}

/** What the traits take of the passes. */
export interface TraitAccounts {
  readonly sums: VariantSums;
  /** Undefined where theory is not asked. */
  readonly forms: TraitMoments | undefined;
}

/**
 * Both passes for the traits alone, where no random vectors share them.
 * @param most variants of a part of the first. @param precise X'y in float64.
 */
export async function traitPasses(
  { genotypes, design }: HeData,
  projector: ColumnProjector,
  { sums, forms }: TraitAccounts,
  options: { readonly most?: number; readonly precise?: boolean } = {},
): Promise<void> {
  await sumVariants(genotypes, sums, {
    ...options,
    onPart: async (part, products) => forms?.addImages(part, products),
  });
  if (!forms) return;
  const { width } = forms;
  const images = sharedFloat32(width * design.stride);
  await forms.project(projector, images);
  const side = await genotypes.sampleSide(images, width, RANDOM_DIGITS);
  const room = new Scratch(sharedFloat64);
  for await (const part of genotypes.parts(Math.floor(PART_NUMBERS / width))) {
    const products = room.of(part.count * width);
    await part.transposeTimesSide(side, products);
    forms.addProducts(part, products, width, 0);
  }
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
