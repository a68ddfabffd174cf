import type { Design } from '../../../association/design.js';
import { ColumnProjector } from '../../../association/project-columns.js';
import { productTile, sampleColumnStride, transposeProductTile } from '../../../genotypes/products.js';
import type { GenotypeTable } from '../../../genotypes/standardise.js';
import { type GenotypeBlock, type PackedTile, splitTile } from '../../../genotypes/store.js';
import { sharedFloat32, sharedFloat64 } from '../../../kernels/memory.js';
import { defineTask, type KernelPool } from '../../../kernels/pool.js';
import { componentSizes, type GeneticComponents } from '../../components.js';
import { pieces, VariantSums } from '../../he/variant-sums.js';

/** Genotypes, traits and components of a Monte Carlo REML. */
export interface RelationshipData {
  readonly pool: KernelPool;
  readonly block: GenotypeBlock;
  /** Standardised over all people of the run. */
  readonly table: GenotypeTable;
  readonly design: Design;
  readonly components: GeneticComponents;
}

/** Numbers that a piece of a tile may take beside its genotypes. */
const PIECE_NUMBERS = 8 << 20;

const PRODUCTS_PER_MS = 2e7;

/**
 * The relationship matrices K_k = X A_k X' / M_k of each component, known only by their products with columns over
 * samples, covariates projected out (M K M): nothing of people by people is formed.
 */
export class Relationship {
  readonly data: RelationshipData;
  readonly projector: ColumnProjector;
  /** M_k. */
  readonly sizes: Float64Array;
  #room: { numbers: number; b: Float32Array } = { numbers: 0, b: sharedFloat32(0) };

  constructor(data: RelationshipData) {
    this.data = data;
    this.projector = new ColumnProjector(data.pool, data.design);
    this.sizes = componentSizes(data.components);
  }

  /**
   * `out := M sum_k f_ck K_k v_c` for each column c, in one pass over the genotypes.
   * @param v columns over samples, shared, already projected.
   * @param groups group of each column.
   * @param factors f_ck: columns x components.
   * @param out columns over samples, shared; overwritten.
   */
  async apply(
    v: Float32Array,
    groups: readonly number[],
    factors: Float64Array,
    out: Float64Array,
  ): Promise<void> {
    const { pool, block, table, components } = this.data;
    const columns = groups.length;
    const count = components.names.length;
    const scaled = sharedFloat64(columns * count);
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < count; k++) scaled[c * count + k] = factors[c * count + k]! / this.sizes[k]!;
    const used = columns * sampleColumnStride(block);
    out.fill(0, 0, used);
    for await (const tile of block.tiles()) {
      for (const piece of pieces(tile, block.stride, Math.floor(PIECE_NUMBERS / columns))) {
        const b = this.#roomFor(piece.variants * columns);
        await this.#scores(piece, v, columns, scaled, b);
        await productTile(pool, block, piece, table, b, columns, out);
      }
    }
    const own = out.subarray(0, used);
    await this.projector.project(own, groups, own);
  }

  /** X'v in one pass over the genotypes, piece by piece of the variants: `onPiece(first, scores)`, variants x columns. */
  async scores(
    v: Float32Array,
    columns: number,
    onPiece: (first: number, scores: Float64Array) => void,
  ): Promise<void> {
    const { pool, block, table } = this.data;
    for await (const tile of block.tiles()) {
      for (const piece of pieces(tile, block.stride, Math.floor(PIECE_NUMBERS / columns))) {
        const scores = sharedFloat64(piece.variants * columns);
        await transposeProductTile(pool, block, piece, table, v, columns, scores);
        onPiece(piece.first, scores);
      }
    }
  }

  /** tr(M K_k M) of each group: groups x components, exact. */
  async traces(): Promise<Float64Array[]> {
    const { block, design, pool, table } = this.data;
    const withoutTraits = {
      ...this.data,
      design: { ...design, groups: design.groups.map((group) => ({ ...group, traits: [], residuals: [] })) },
      jackknife: new Int32Array(block.variants.length),
    };
    const sums = new VariantSums(withoutTraits, this.projector, false);
    const width = sums.columns.length;
    const sides = sharedFloat32(width * design.stride);
    for (const [c, column] of sums.columns.entries()) sides.set(column, c * design.stride);
    for await (const tile of block.tiles()) {
      for (const piece of pieces(tile, block.stride, Math.floor(PIECE_NUMBERS / width))) {
        const products = sharedFloat64(piece.variants * width);
        await transposeProductTile(pool, block, piece, table, sides, width, products);
        await sums.add(piece, products, width, 0);
      }
    }
    return sums.groups.map(({ traces }) => traces.map((trace, k) => trace / this.sizes[k]!));
  }

  /** b := diag(sum_k a_jk f_ck / M_k) X'v for the variants of a piece. */
  async #scores(
    piece: PackedTile,
    v: Float32Array,
    columns: number,
    factors: Float64Array,
    b: Float32Array,
  ): Promise<void> {
    const { pool, block, table, components } = this.data;
    const count = components.names.length;
    const calls = splitTile(block, piece, pool.threads).map(({ first, variants, packed }) => {
      const at = (first - piece.first) * columns;
      return [
        packed,
        block.stride,
        variants,
        table.values32.subarray(4 * first, 4 * (first + variants)),
        v,
        sampleColumnStride(block),
        columns,
        components.weights.subarray(first * count, (first + variants) * count),
        count,
        factors,
        b.subarray(at, at + variants * columns),
      ] as const;
    });
    await pool.run(weightedScores, calls, {
      milliseconds: (piece.variants * block.samples * columns) / PRODUCTS_PER_MS,
    });
  }

  #roomFor(numbers: number): Float32Array {
    if (this.#room.numbers < numbers) this.#room = { numbers, b: sharedFloat32(numbers) };
    return this.#room.b.subarray(0, numbers);
  }
}

const weightedScores = defineTask(
  'relationshipScores',
  (
    kernels,
    packed: Uint8Array,
    stride: number,
    variants: number,
    table: Float32Array,
    v: Float32Array,
    vStride: number,
    columns: number,
    weights: Float64Array,
    count: number,
    factors: Float64Array,
    out: Float32Array,
  ): void => {
    const scores = scratch(variants * columns);
    kernels.transposeProduct(packed, stride, variants, table, v, vStride, columns, scores);
    out.fill(0);
    for (let j = 0; j < variants; j++) {
      for (let k = 0; k < count; k++) {
        const weight = weights[j * count + k]!;
        if (weight === 0) continue;
        for (let c = 0; c < columns; c++)
          out[j * columns + c]! += weight * factors[c * count + k]! * scores[j * columns + c]!;
      }
    }
  },
);

/** Room of this thread, kept between calls. */
let room = new Float64Array(0);

function scratch(length: number): Float64Array {
  if (room.length < length) room = new Float64Array(length);
  return room.subarray(0, length);
}
