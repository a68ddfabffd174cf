import { type Design, groupBasis } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { packedStride } from '../../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { Scratch } from '../../kernels/scratch.js';
import { fillCovariance } from '../../ld/covariance.js';
import { type LoadedRows, rowsWithLoadings } from '../../ld/projected-gram.js';
import { completeDiagonalTiles, symmetricMultiply } from '../../linalg/symmetric-tiled.js';
import { factorTiledLower, solveForward, solveTransposed, TiledWorkspace } from '../../linalg/tiled-lower.js';
import { commonToParts, overUnits } from '../../parts/division.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { workOfBlocks } from './block-work.js';
import { type CategoryBlock, categoryBlock } from './category-block.js';
import { type CategoryVectors, type CategoryWork, vectorsOfGroup } from './category-vectors.js';
import { type CutBatch, keepBatch, recallBatch } from './cut-batch.js';
import {
  drawNumbers,
  type GroupProbes,
  geneticValues,
  type PreparedProbes,
  prepareProbes,
} from './cut-probes.js';
import { concatenate, rankTooHigh, smallestPivot } from './direct.js';
import type { GreHooks } from './gre.js';
import { maskedProducts } from './group-vectors.js';
import { nearLd, piecesOf } from './near-ld.js';
import { neighboursOf } from './neighbours.js';
import { scaleToDegreesOfFreedom } from './overlap.js';
import type { GrePartition } from './partition.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition } from './result.js';

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

/** All blocks of one group of people. */
export interface SolvedCutBlocks {
  readonly blocks: readonly CutBlock[];
  readonly probes: GroupProbes;
}

/** Variants of blocks that are held in memory together. */
const BATCH_BYTES = 256 << 20;

/**
 * Solves all blocks for each group of the design. An interrupted run remembers whole batches of them.
 * @param probes random genetic values of the whole genome.
 */
export async function solveCutBlocks(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  options: {
    readonly probes: number;
    readonly seed: number;
    readonly rankTolerance: number;
    readonly memory: number;
    readonly categories?: CategoryWork | undefined;
  },
  hooks: GreHooks = {},
  run: RunContext = silentRun,
): Promise<SolvedCutBlocks[]> {
  const { probes } = options;
  const near = neighboursOf(blocks);
  const z = drawNumbers(genotypes, blocks, probes, options.seed);
  const genetic = await commonToParts(run, 'random genetic values', () =>
    geneticValues(genotypes, blocks, z, probes),
  );
  const groups = design.groups.map((group) => prepareProbes(genotypes, design, group, genetic, options.seed));
  const solved = design.groups.map((): CutBlock[] => []);
  const solve = (first: number, end: number, inside: RunContext) =>
    solveBlocks(genotypes, blocks, design, { ...options, first, end, near, z, groups, hooks }, inside);
  const work = { ...workOfBlocks(blocks), name: 'blocks with LD across their cuts' };
  for await (const own of overUnits(run, work, solve))
    for (const [g, block] of own.entries()) solved[g].push(block);
  return solved.map((own, g) => ({ blocks: own, probes: groups[g].kept }));
}

/** Consecutive blocks, each for all groups. */
async function* solveBlocks(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  options: {
    readonly probes: number;
    readonly rankTolerance: number;
    readonly memory: number;
    readonly categories?: CategoryWork | undefined;
    readonly first: number;
    readonly end: number;
    readonly near: readonly (readonly number[])[];
    readonly z: readonly Float64Array[];
    readonly groups: readonly PreparedProbes[];
    readonly hooks: GreHooks;
  },
  run: RunContext,
): AsyncGenerator<readonly CutBlock[]> {
  const { near, z, groups, hooks, categories } = options;
  const total = blocks
    .slice(options.first, options.end)
    .reduce((sum, { variants }) => sum + variants.length, 0);
  const phase = run.progress.phase('blocks', { total, unit: 'variants' });
  const workspace = new TiledWorkspace();
  const room = { image: new Scratch(sharedFloat64), near: new Scratch(sharedFloat64) };
  const work = batches(blocks, near, genotypes.rowStride, options);
  for (const { first, end } of work) {
    const id = `${blocks[first].id} to ${blocks[end - 1].id}`;
    const kept = hooks.recall?.<CutBatch>(id);
    if (kept) {
      for (const { variants } of blocks.slice(first, end)) phase.advance(variants.length);
      yield* recallBatch(kept);
      continue;
    }
    const low = Math.min(first, near[first][0] ?? first);
    const high = Math.max(end - 1, near[end - 1].at(-1) ?? end - 1);
    const window = blocks.slice(low, high + 1);
    const starts: number[] = [];
    let count = 0;
    for (const { variants } of window) {
      starts.push(count);
      count += variants.length;
    }
    const variants = new Int32Array(count);
    for (const [k, block] of window.entries()) variants.set(block.variants, starts[k]);
    const operator = await genotypes.subset(variants, genotypes.rowStride * count);
    const solved = blocks.slice(first, end).map((): CutBlock[] => []);
    for (const g of design.groups.keys()) {
      const batch = await openBatch(operator, design, g, groups[g], categories?.vectors);
      for (let k = first; k < end; k++) {
        const place = (l: number) => ({ first: starts[l - low], variants: blocks[l].variants.length });
        const block = await solveBlock(
          batch,
          { id: blocks[k].id, ...place(k), z: z[k] },
          near[k].map((l) => ({ block: l, ...place(l), z: z[l] })),
          {
            ...options,
            ...(categories && {
              partition: {
                categories: categories.partition,
                positions: genotypes.positionsOf(blocks[k].variants),
              },
            }),
            workspace,
            room,
          },
          partOf(run, phase),
        );
        solved[k - first].push(block);
        if (g === design.groups.length - 1) phase.advance(blocks[k].variants.length);
      }
    }
    operator.close();
    if (work.length > 1) await hooks.remember?.(keepBatch(id, solved));
    yield* solved;
  }
  phase.end();
}

/** Runs of some consecutive blocks that are solved from genotypes held in memory, with the blocks near them. */
function batches(
  blocks: readonly BlockDefinition[],
  near: readonly (readonly number[])[],
  rowStride: number,
  { first: from, end: to, memory }: { readonly first: number; readonly end: number; readonly memory: number },
): { first: number; end: number }[] {
  if (from === to) return [];
  const room = Math.min(BATCH_BYTES, memory / 2) / rowStride;
  const found: { first: number; end: number }[] = [];
  let first = from;
  for (let k = from + 1; k <= to; k++) {
    const low = Math.min(first, near[first][0] ?? first);
    const high = k < to ? Math.max(k, near[k].at(-1) ?? k) : k - 1;
    const variants = blocks.slice(low, high + 1).reduce((sum, block) => sum + block.variants.length, 0);
    if (k < to && variants <= room) continue;
    found.push({ first, end: k });
    first = k;
  }
  return found;
}

interface Batch {
  readonly operator: GenotypeOperator;
  readonly design: Design;
  readonly g: number;
  readonly probes: PreparedProbes;
  readonly piecesOf: (first: number, variants: number) => LoadedRows[];
  /** X'M y / n of the traits, and of the probes, over the variants of the batch. */
  readonly traits: Float64Array;
  readonly marginal: Float64Array;
  /** The same of the vectors for the errors of categories. */
  readonly random: Float64Array;
  readonly isVarying: (variant: number) => boolean;
}

async function openBatch(
  operator: GenotypeOperator,
  design: Design,
  g: number,
  probes: PreparedProbes,
  categoryVectors: CategoryVectors | undefined,
): Promise<Batch> {
  const group = design.groups[g];
  const n = degreesOfFreedom(design, g);
  const basis = groupBasis(design, group);
  const rows = await rowsWithLoadings(operator, group.people, basis, Number.POSITIVE_INFINITY);
  const columns = basis.length;
  const vectors = group.residuals.map((residual) => scaleToDegreesOfFreedom(residual.slice(), n));
  const traits = sharedFloat64(operator.count * vectors.length);
  if (vectors.length > 0)
    await operator.transposeTimes(concatenate(vectors, design.stride), vectors.length, traits);
  const marginal = sharedFloat64(operator.count * probes.width);
  await operator.transposeTimes(probes.columns, probes.width, marginal);
  const random = sharedFloat64(operator.count * (categoryVectors?.count ?? 0));
  if (categoryVectors) {
    const own = vectorsOfGroup(categoryVectors, design, g);
    await operator.transposeTimes(concatenate(own, design.stride), own.length, random);
  }
  for (const values of [traits, marginal, random]) for (let k = 0; k < values.length; k++) values[k] /= n;
  const statistics = await operator.statisticsAmong(group.people);
  const stride = packedStride(group.people.count);
  return {
    operator,
    design,
    g,
    probes,
    piecesOf: (first, variants) => piecesOf(rows, columns, stride, first, variants),
    traits,
    marginal,
    random,
    isVarying: (variant) => !statistics.isConstant(variant),
  };
}

interface Place {
  /** Position of the first variant in the batch. */
  readonly first: number;
  readonly variants: number;
  readonly z: Float64Array;
}

async function solveBlock(
  { operator, design, g, probes, piecesOf: rowsOf, traits, marginal, random, isVarying }: Batch,
  { id, first, variants, z }: Place & { readonly id: string },
  near: readonly (Place & { readonly block: number })[],
  {
    probes: count,
    rankTolerance,
    partition,
    workspace,
    room,
  }: {
    readonly probes: number;
    readonly rankTolerance: number;
    readonly partition?: { readonly categories: GrePartition; readonly positions: Int32Array };
    readonly workspace: TiledWorkspace;
    readonly room: { readonly image: Scratch<Float64Array>; readonly near: Scratch<Float64Array> };
  },
  run: RunContext,
): Promise<CutBlock> {
  const { pool } = operator;
  const { people, residuals, columns } = design.groups[g];
  const n = degreesOfFreedom(design, g);
  const shape = { samples: people.count, columns, n };
  const rows = rowsOf(first, variants);
  const matrix = workspace.matrix(variants);
  await fillCovariance(pool, matrix, rows, first, shape, run);
  completeDiagonalTiles(matrix);
  let trace = 0;
  for (const { values, height, width } of matrix.panels)
    for (let r = 0; r < height; r++) trace += values[r * width + width - height + r];
  const image = room.image.of(variants * count);
  await symmetricMultiply(pool, matrix, z, count, image);
  const ownNorms = columnDots(z, image, count);
  const rank = await factorTiledLower(pool, matrix, rankTolerance, n, run);
  if (rank >= n) throw rankTooHigh({ id, genotypes: { count: variants } }, n);
  const found = await nearLd(
    pool,
    rows,
    matrix,
    near.map((place) => ({ rows: rowsOf(place.first, place.variants), z: place.z })),
    count,
    shape,
    room.near,
    partition !== undefined,
  );
  const nearImage = new Float64Array(variants * count);
  for (const other of found)
    for (let cell = 0; cell < nearImage.length; cell++) nearImage[cell] += other.image[cell];
  const norms = found.map((other) => {
    for (let cell = 0; cell < image.length; cell++) image[cell] += other.image[cell];
    return columnDots(z, other.image, count);
  });
  // columns: traits, the far and the near part of each random genetic value, vectors that are projected in full
  const { genetic, vectors } = probes.kept;
  const width = residuals.length + 2 * count + vectors.length;
  const w = new Float64Array(variants * width);
  const scores = new Float64Array(count);
  for (let j = 0; j < variants; j++) {
    const row = j * width;
    const own = (first + j) * probes.width;
    for (let c = 0; c < residuals.length; c++) w[row + c] = traits[(first + j) * residuals.length + c];
    for (let t = 0; t < count; t++) {
      scores[t] += z[j * count + t] * marginal[own + t];
      w[row + residuals.length + t] = marginal[own + t] - image[j * count + t];
      w[row + residuals.length + count + t] = nearImage[j * count + t];
    }
    for (let e = 0; e < vectors.length; e++)
      w[row + residuals.length + 2 * count + e] = marginal[own + (e < genetic ? e : count + e - genetic)];
  }
  solveForward(pool.kernels, matrix.panels, w, width);
  const shares = new Float64Array(width);
  for (let j = 0; j < variants; j++) for (let c = 0; c < width; c++) shares[c] += w[j * width + c] ** 2;
  const products = columnProducts(w, width, residuals.length);
  const rowsOfBlock = (values: Float64Array) => {
    const columnCount = values.length / operator.count;
    return values.subarray(first * columnCount, (first + variants) * columnCount);
  };
  const categories =
    partition &&
    categoryBlock(
      pool,
      matrix,
      partition.categories,
      partition.positions,
      rowsOfBlock(traits),
      rowsOfBlock(random),
      found.map((other) => other.byVariant!),
    );
  const coefficients = new Float64Array(variants * vectors.length);
  for (let j = 0; j < variants; j++)
    for (let e = 0; e < vectors.length; e++)
      coefficients[j * vectors.length + e] = w[j * width + residuals.length + 2 * count + e];
  solveTransposed(pool.kernels, matrix.panels, coefficients, vectors.length);
  let varying = 0;
  for (let j = 0; j < variants; j++) if (isVarying(first + j)) varying++;
  return {
    id,
    variants: varying,
    rank,
    r2: [...shares.subarray(0, residuals.length)],
    rounding: (variants * Number.EPSILON) / smallestPivot(matrix),
    products,
    trace,
    near: near.map(({ block }, k) => ({ block, trace: found[k].trace, norms: norms[k] })),
    scores,
    ownNorms,
    far: shares.slice(residuals.length, residuals.length + count),
    leak: shares.slice(residuals.length + count, residuals.length + 2 * count),
    coefficients,
    explained: shares.slice(residuals.length + 2 * count),
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

/** X (w a) of the coefficients of all blocks, weighted by block: sum of w_k P_k u, among the people of the group, unprojected. */
export async function weightedProjections(
  genotypes: GenotypeOperator,
  design: Design,
  g: number,
  blocks: readonly BlockDefinition[],
  solved: readonly CutBlock[],
  weights: ArrayLike<number>,
  vectors: number,
): Promise<Float64Array[]> {
  const b = sharedFloat32(genotypes.count * vectors);
  for (const [k, { variants }] of blocks.entries()) {
    const { coefficients } = solved[k];
    for (const [j, position] of genotypes.positionsOf(variants).entries())
      for (let c = 0; c < vectors; c++)
        b[position * vectors + c] = weights[k] * coefficients[j * vectors + c];
  }
  return maskedProducts(genotypes, design, g, b, vectors);
}
