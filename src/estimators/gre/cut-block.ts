import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask, KernelPool } from '../../kernels/pool.js';
import { Scratch, scratchFloat64 } from '../../kernels/scratch.js';
import { type CovarianceShape, fillCovariance } from '../../ld/covariance.js';
import type { LoadedRows } from '../../ld/projected-gram.js';
import { completeDiagonalTiles, symmetricMultiply } from '../../linalg/symmetric-tiled.js';
import { factorTiledLower, solveForward, solveTransposed, TiledWorkspace } from '../../linalg/tiled-lower.js';
import { type RunContext, silentRun } from '../../run.js';
import { type CategoryBlock, categoryBlock } from './category-block.js';
import { rankTooHigh, smallestPivot } from './direct.js';
import { nearLd } from './near-ld.js';
import type { GrePartition } from './partition.js';

/**
 * GRE of blocks that are cut inside chromosomes, for one group of people: what the correction for LD across the cuts needs,
 * exact for the blocks near by, by random genetic values for all others together
 * (docs/decisions/0016-local-blocks.md).
 */
export interface CutBlock {
  readonly id: string;
  readonly variants: number;
  readonly rank: number;
  /** R² of each trait of the group, and the bound of its rounding error. */
  readonly r2: readonly number[];
  readonly rounding: number;
  /** b_i' V⁺ b_j of the traits of the group, row-major: their R² is its diagonal. */
  readonly products: Float64Array;
  /** tr V: the variance of all its variants together. */
  readonly trace: number;
  /** Blocks near it, and tr(V_k⁺ V_kl V_lk) of each. */
  readonly near: readonly { readonly block: number; readonly trace: number; readonly norms: Float64Array }[];
  /** Of each random genetic value g = sum of X_l z_l: z_k'X_k'M g / n, and z_k'V z_k. */
  readonly scores: Float64Array;
  readonly ownNorms: Float64Array;
  /** ‖P_k M g‖² / n of its part that comes from far blocks. */
  readonly far: Float64Array;
  /** ‖P_k M g‖² / n of its part that comes from near blocks. */
  readonly leak: Float64Array;
  /** For vectors u whose projection is wanted: V⁺ X'M u / n, variants x vectors, and ‖P_k M u‖² / n. */
  readonly coefficients: Float64Array;
  readonly explained: Float64Array;
  /** Where a partition is wanted. */
  readonly categories?: CategoryBlock;
}

/** What a block is solved from: nothing but numbers, so that it can be sent to a thread. */
export interface CutBlockInput {
  readonly id: string;
  /** Position of the first variant in the batch. */
  readonly first: number;
  readonly variants: number;
  /** How many of them vary among the people. */
  readonly varying: number;
  readonly rows: readonly LoadedRows[];
  readonly shape: CovarianceShape;
  /** Random numbers of the variants: variants x probes, row-major. */
  readonly z: Float64Array;
  readonly probes: number;
  /** Blocks near it. */
  readonly near: readonly {
    readonly block: number;
    readonly rows: readonly LoadedRows[];
    readonly z: Float64Array;
  }[];
  /** X'M y / n of the traits, of the probes with the noise, and of the vectors for errors of categories: variants x columns. */
  readonly traits: Float64Array;
  readonly traitCount: number;
  readonly marginal: Float64Array;
  readonly random: Float64Array;
  /** Vectors that are projected in full: so many genetic ones, and all. */
  readonly genetic: number;
  readonly vectors: number;
  readonly rankTolerance: number;
  readonly partition?: { readonly categories: GrePartition; readonly positions: Int32Array };
}

/** Work space, used again by the next block. */
export interface CutBlockSpace {
  readonly matrix: TiledWorkspace;
  readonly image: Scratch<Float64Array>;
  readonly near: Scratch<Float64Array>;
  readonly nearImage: Scratch<Float64Array>;
  readonly columns: Scratch<Float64Array>;
}

export const cutBlockSpace = (): CutBlockSpace => ({
  matrix: new TiledWorkspace(),
  image: new Scratch(sharedFloat64),
  near: new Scratch(sharedFloat64),
  nearImage: scratchFloat64(),
  columns: scratchFloat64(),
});

/** One block with a thread of its own: where there are many small ones, none waits for the parts of another. */
export const cutBlockTask = defineTask('solveCutBlock', (kernels, input: CutBlockInput) =>
  solveCutBlock(new KernelPool(kernels, 1), input, ownSpace),
);

const ownSpace = cutBlockSpace();

/** @throws HeredityError `degenerate-data` for a block of as high a rank as people leave degrees of freedom. */
export async function solveCutBlock(
  pool: KernelPool,
  input: CutBlockInput,
  space: CutBlockSpace,
  run: RunContext = silentRun,
): Promise<CutBlock> {
  const { id, first, variants, rows, shape, z, near, traits, marginal, random, partition } = input;
  const { probes: count, traitCount, genetic } = input;
  const matrix = space.matrix.matrix(variants);
  await fillCovariance(pool, matrix, rows, first, shape, run);
  completeDiagonalTiles(matrix);
  let trace = 0;
  for (const { values, height, width } of matrix.panels)
    for (let r = 0; r < height; r++) trace += values[r * width + width - height + r];
  const image = space.image.of(variants * count);
  await symmetricMultiply(pool, matrix, z, count, image);
  const ownNorms = columnDots(z, image, count);
  const rank = await factorTiledLower(pool, matrix, input.rankTolerance, shape.n, run);
  if (rank >= shape.n) throw rankTooHigh({ id, genotypes: { count: variants } }, shape.n);
  const found = await nearLd(pool, rows, matrix, near, count, shape, space.near, partition !== undefined);
  const nearImage = space.nearImage.of(variants * count).fill(0);
  for (const other of found)
    for (let cell = 0; cell < nearImage.length; cell++) nearImage[cell] += other.image[cell];
  const norms = found.map((other) => {
    for (let cell = 0; cell < image.length; cell++) image[cell] += other.image[cell];
    return columnDots(z, other.image, count);
  });
  // columns: traits, the far and the near part of each random genetic value, vectors that are projected in full
  const marginalWidth = marginal.length / variants;
  const width = traitCount + 2 * count + input.vectors;
  const w = space.columns.of(variants * width);
  const scores = new Float64Array(count);
  for (let j = 0; j < variants; j++) {
    const row = j * width;
    const own = j * marginalWidth;
    for (let c = 0; c < traitCount; c++) w[row + c] = traits[j * traitCount + c];
    for (let t = 0; t < count; t++) {
      scores[t] += z[j * count + t] * marginal[own + t];
      w[row + traitCount + t] = marginal[own + t] - image[j * count + t];
      w[row + traitCount + count + t] = nearImage[j * count + t];
    }
    for (let e = 0; e < input.vectors; e++)
      w[row + traitCount + 2 * count + e] = marginal[own + (e < genetic ? e : count + e - genetic)];
  }
  solveForward(pool.kernels, matrix.panels, w, width);
  const shares = new Float64Array(width);
  for (let j = 0; j < variants; j++) for (let c = 0; c < width; c++) shares[c] += w[j * width + c] ** 2;
  const products = columnProducts(w, width, traitCount);
  const categories =
    partition &&
    categoryBlock(
      pool,
      matrix,
      partition.categories,
      partition.positions,
      traits,
      random,
      found.map((other) => other.byVariant!),
    );
  const coefficients = new Float64Array(variants * input.vectors);
  for (let j = 0; j < variants; j++)
    for (let e = 0; e < input.vectors; e++)
      coefficients[j * input.vectors + e] = w[j * width + traitCount + 2 * count + e];
  solveTransposed(pool.kernels, matrix.panels, coefficients, input.vectors);
  return {
    id,
    variants: input.varying,
    rank,
    r2: [...shares.subarray(0, traitCount)],
    rounding: (variants * Number.EPSILON) / smallestPivot(matrix),
    products,
    trace,
    near: near.map(({ block }, k) => ({ block, trace: found[k].trace, norms: norms[k] })),
    scores,
    ownNorms,
    far: shares.slice(traitCount, traitCount + count),
    leak: shares.slice(traitCount + count, traitCount + 2 * count),
    coefficients,
    explained: shares.slice(traitCount + 2 * count),
    ...(categories && { categories }),
  };
}

/** W'W of the first columns of a matrix, row-major. */
function columnProducts(w: Float64Array, width: number, count: number): Float64Array {
  const products = new Float64Array(count * count);
  for (let row = 0; row < w.length; row += width)
    for (let a = 0; a < count; a++)
      for (let c = 0; c < count; c++) products[a * count + c] += w[row + a] * w[row + c];
  return products;
}

function columnDots(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const dots = new Float64Array(columns);
  for (let at = 0, c = 0; at < a.length; at++, c = c + 1 === columns ? 0 : c + 1) dots[c] += a[at] * b[at];
  return dots;
}
