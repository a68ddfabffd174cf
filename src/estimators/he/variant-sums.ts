import type { Design } from '../../association/design.js';
import type { ColumnProjector } from '../../association/project-columns.js';
import type { SampleSide } from '../../genotypes/digit-products.js';
import type { GenotypePart } from '../../genotypes/genotype-part.js';
import { type GenotypeOperator, PART_NUMBERS } from '../../genotypes/operator.js';
import type { CodeValues } from '../../genotypes/standardise.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { Scratch } from '../../kernels/scratch.js';
import { norm } from '../../linalg/orthonormal-basis.js';
import { type HeData, type HeMoments, jackknifeBlocks } from './data.js';

/** Sums over variants that need no random vectors: traces of each group, and quadratic forms of its traits. */
export class VariantSums {
  /** Right-hand sides of X'Y: the covariate basis of each group, then each trait with squared norm n. */
  readonly columns: readonly Float64Array[];
  readonly groups: readonly Pick<HeMoments, 'traces' | 'quadratics'>[];
  /** Place among them of each trait, groups' traits one after another. */
  readonly traits: readonly number[];
  readonly #data: HeData;
  /** Of the people of each group, where hard calls are not everybody's. */
  readonly #presence: Float32Array | Float64Array | undefined;
  readonly #squares: CodeValues | undefined;

  /** @param precise products in float64, as exact traces deserve. */
  constructor(data: HeData, projector: ColumnProjector, precise: boolean) {
    const { design, components, genotypes } = data;
    this.#data = data;
    const cells = jackknifeBlocks(data) * components.names.length;
    this.groups = design.groups.map((group) => ({
      traces: new Float64Array(cells),
      quadratics: group.traits.map(() => new Float64Array(cells)),
    }));
    this.columns = design.groups.flatMap((group, g) => {
      const presence = projector.presenceOf(g);
      const basis = Array.from({ length: design.columns }, (_, c) =>
        design.basis.slice(c * design.stride, (c + 1) * design.stride).map((value, i) => value * presence[i]),
      );
      const n = group.people.count - group.columns;
      return [
        ...basis,
        ...group.residuals.map((residual) => scaled(residual, Math.sqrt(n) / norm(residual))),
      ];
    });
    const { groups } = design;
    this.traits = groups.flatMap((group, g) => {
      const before = groups.slice(0, g).reduce((sum, { traits }) => sum + traits.length, 0);
      return group.traits.map((_, t) => (g + 1) * design.columns + before + t);
    });
    if (genotypes.rows > 1 || groups.every(({ people }) => people.count === genotypes.samples)) return;
    const entries = groups.length * design.stride;
    this.#presence = precise ? sharedFloat64(entries) : sharedFloat32(entries);
    for (const g of groups.keys()) this.#presence.set(projector.presenceOf(g), g * design.stride);
    const values = sharedFloat64(genotypes.table.values.length);
    const values32 = sharedFloat32(values.length);
    values.set(genotypes.table.values.map((value) => value ** 2));
    values32.set(values);
    this.#squares = { values, values32 };
  }

  /**
   * Adds the variants of a part.
   * @param products X'Y with {@link columns}: variants of the part x columns.
   */
  async add(part: GenotypePart, products: Float64Array): Promise<void> {
    const { design, components, jackknife } = this.#data;
    const groups = design.groups.length;
    const squares = await this.#squaresOf(part);
    const count = components.names.length;
    for (let j = 0; j < part.count; j++) {
      const variant = part.first + j;
      const weights = components.weights.subarray(variant * count, (variant + 1) * count);
      const cell = jackknife[variant] * count;
      let at = j * this.columns.length;
      for (const [g, { traces, quadratics }] of this.groups.entries()) {
        const norm2 = squares[j * groups + g] - explained(design, g, products, at);
        at += design.columns;
        for (let k = 0; k < count; k++) {
          if (weights[k] === 0) continue;
          traces[cell + k] += weights[k] * norm2;
          for (const [t, quadratic] of quadratics.entries())
            quadratic[cell + k] += weights[k] * products[at + t] ** 2;
        }
        at += quadratics.length;
      }
    }
  }

  /** Sum of x² of each variant of a part among the people of each group: variants x groups. */
  async #squaresOf(part: GenotypePart): Promise<Float64Array> {
    const { design } = this.#data;
    const count = design.groups.length;
    const squares = sharedFloat64(part.count * count);
    if (this.#presence) {
      await part.transposeTimes(this.#presence, count, squares, this.#squares);
      return squares;
    }
    for (const [g, { people }] of design.groups.entries()) {
      const own = await part.squaresAmong(people);
      for (const [j, square] of own.entries()) squares[j * count + g] = square;
    }
    return squares;
  }
}

/** Digits of traits and covariates, which are no random vectors: with so many they are as good as in float32. */
const TRAIT_DIGITS = 3;

/** The columns of the sums, ready for X'Y. */
export function sideOfSums(
  { genotypes }: Pick<HeData, 'genotypes'>,
  { columns }: VariantSums,
): Promise<SampleSide> {
  const sides = sharedFloat32(columns.length * genotypes.columnStride);
  for (const [c, column] of columns.entries()) sides.set(column, c * genotypes.columnStride);
  return genotypes.sampleSide(sides, columns.length, TRAIT_DIGITS);
}

interface SumOptions {
  /** Variants of a part. */
  readonly most?: number;
  /** X'Y in float64. */
  readonly precise?: boolean;
  /** What else is done with the products of a part. */
  readonly onPart?: (part: GenotypePart, products: Float64Array) => Promise<void>;
}

/** Adds all variants in a pass of their own. */
export async function sumVariants(
  genotypes: GenotypeOperator,
  sums: VariantSums,
  { most = Math.floor(PART_NUMBERS / sums.columns.length), precise = false, onPart }: SumOptions = {},
): Promise<void> {
  const { columns } = sums;
  const side = precise ? undefined : await sideOfSums({ genotypes }, sums);
  const sides = sharedFloat64(side ? 0 : columns.length * genotypes.columnStride);
  for (const [c, column] of side ? [] : columns.entries()) sides.set(column, c * genotypes.columnStride);
  const room = new Scratch(sharedFloat64);
  for await (const part of genotypes.parts(most)) {
    const products = room.of(part.count * columns.length);
    if (side) await part.transposeTimesSide(side, products);
    else await part.transposeTimes(sides, columns.length, products);
    await sums.add(part, products);
    await onPart?.(part, products);
  }
}

/** x'Q (Q'Q)⁻¹ Q'x from x'Q, which stands at `at`. */
function explained(design: Design, group: number, loadings: Float64Array, at: number): number {
  return bilinear(design, group, loadings, at, loadings, at);
}

/** a (Q'Q)⁻¹ b' for the loadings a and b of two vectors on the basis. */
export function bilinear(
  design: Design,
  group: number,
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
): number {
  const { columns } = design;
  const { inverseGram } = design.groups[group];
  let sum = 0;
  for (let c = 0; c < columns; c++)
    for (let d = 0; d < columns; d++) sum += a[atA + c] * inverseGram[c * columns + d] * b[atB + d];
  return sum;
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  return vector.map((value) => value * factor);
}
