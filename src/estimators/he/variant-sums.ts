import type { Design } from '../../association/design.js';
import type { ColumnProjector } from '../../association/project-columns.js';
import { type GenotypeOperator, type GenotypePart, PART_NUMBERS } from '../../genotypes/operator.js';
import type { CodeValues } from '../../genotypes/standardise.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { norm } from '../../linalg/orthonormal-basis.js';
import { type HeData, type HeMoments, jackknifeBlocks } from './data.js';

/** Sums over variants that need no random vectors: traces of each group, and quadratic forms of its traits. */
export class VariantSums {
  /** Right-hand sides of X'Y: the covariate basis of each group, then each trait with squared norm n. */
  readonly columns: readonly Float64Array[];
  readonly groups: readonly Pick<HeMoments, 'traces' | 'quadratics'>[];
  readonly #data: HeData;
  readonly #presence: Float32Array | Float64Array;
  readonly #squares: CodeValues;

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
    const entries = design.groups.length * design.stride;
    this.#presence = precise ? sharedFloat64(entries) : sharedFloat32(entries);
    for (const g of design.groups.keys()) this.#presence.set(projector.presenceOf(g), g * design.stride);
    const values = sharedFloat64(genotypes.table.values.length);
    const values32 = sharedFloat32(values.length);
    values.set(genotypes.table.values.map((value) => value ** 2));
    values32.set(values);
    this.#squares = { values, values32 };
  }

  /**
   * Adds the variants of a part.
   * @param products X'Y with {@link columns}: `products[j * width + first + c]` for variant j of the part.
   */
  async add(part: GenotypePart, products: Float64Array, width: number, first: number): Promise<void> {
    const { design, components, jackknife } = this.#data;
    const groups = design.groups.length;
    const squares = await this.#squaresOf(part);
    const count = components.names.length;
    for (let j = 0; j < part.count; j++) {
      const variant = part.first + j;
      const weights = components.weights.subarray(variant * count, (variant + 1) * count);
      const cell = jackknife[variant] * count;
      let at = j * width + first;
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
    const { design, genotypes } = this.#data;
    const count = design.groups.length;
    const squares = sharedFloat64(part.count * count);
    if (genotypes.rows === 1) {
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

/** Adds all variants in a pass of their own. */
export async function sumVariants(genotypes: GenotypeOperator, sums: VariantSums): Promise<void> {
  const { columns } = sums;
  const stride = columns[0].length;
  const sides = sharedFloat32(columns.length * stride);
  for (const [c, column] of columns.entries()) sides.set(column, c * stride);
  for await (const part of genotypes.parts(Math.floor(PART_NUMBERS / columns.length))) {
    const products = sharedFloat64(part.count * columns.length);
    await part.transposeTimes(sides, columns.length, products);
    await sums.add(part, products, columns.length, 0);
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
