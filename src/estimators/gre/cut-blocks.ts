import { type Design, groupBasis } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { packedStride } from '../../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import type { KernelPool } from '../../kernels/pool.js';
import { type LoadedRows, rowsWithLoadings } from '../../ld/projected-gram.js';
import { commonToParts, overUnits } from '../../parts/division.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { workOfBlocks } from './block-work.js';
import { type CategoryVectors, type CategoryWork, vectorsOfGroup } from './category-vectors.js';
import { cutBlockCost, isSmallBlock } from './choose-solver.js';
import { type CutBatch, keepBatch, recallBatch } from './cut-batch.js';
import {
  type CutBlock,
  type CutBlockInput,
  type CutBlockSpace,
  cutBlockSpace,
  cutBlockTask,
  solveCutBlock,
} from './cut-block.js';
import {
  drawNumbers,
  type GroupProbes,
  geneticValues,
  type PreparedProbes,
  prepareProbes,
} from './cut-probes.js';
import { concatenate } from './direct.js';
import type { GreHooks } from './gre.js';
import { maskedProducts } from './group-vectors.js';
import { piecesOf } from './near-ld.js';
import { neighboursOf } from './neighbours.js';
import { scaleToDegreesOfFreedom } from './overlap.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition } from './result.js';

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
  const space = cutBlockSpace();
  const own = { probes: options.probes, rankTolerance: options.rankTolerance };
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
      const place = (l: number) => ({ first: starts[l - low], variants: blocks[l].variants.length });
      const inputs = blocks.slice(first, end).map((block, at) => {
        const k = first + at;
        const positions = categories && genotypes.positionsOf(block.variants);
        return blockInput(
          batch,
          { id: block.id, ...place(k), z: z[k] },
          near[k].map((l) => ({ block: l, ...place(l), z: z[l] })),
          { ...own, ...(positions && { partition: { categories: categories.partition, positions } }) },
        );
      });
      const isLast = g === design.groups.length - 1;
      const found = await solveInputs(genotypes.pool, inputs, space, partOf(run, phase), (count) => {
        if (isLast) phase.advance(count);
      });
      for (const [at, block] of found.entries()) solved[at].push(block);
    }
    operator.close();
    if (work.length > 1) await hooks.remember?.(keepBatch(id, solved));
    yield* solved;
  }
  phase.end();
}

/**
 * Solves blocks of one group: many small ones side by side, each on a thread of its own; else one after another, each on all threads.
 * @param advance told of variants that are done.
 */
async function solveInputs(
  pool: KernelPool,
  inputs: readonly CutBlockInput[],
  space: CutBlockSpace,
  run: RunContext,
  advance: (variants: number) => void,
): Promise<CutBlock[]> {
  const all = inputs.reduce((sum, { variants }) => sum + variants, 0);
  const areSmall = inputs.every((input) => input.partition === undefined && isSmallBlock(input.variants));
  if (areSmall && inputs.length >= LEAST_SIDE_BY_SIDE * pool.threads)
    return pool.run(
      cutBlockTask,
      inputs.map((input) => [input] as const),
      { milliseconds: 1000 * secondsOfInputs(inputs), onProgress: () => advance(all / inputs.length) },
    );
  const solved: CutBlock[] = [];
  for (const input of inputs) {
    solved.push(await solveCutBlock(pool, input, space, run));
    advance(input.variants);
  }
  return solved;
}

/** So many blocks a thread there should be, for threads to have equal work. */
const LEAST_SIDE_BY_SIDE = 2;

function secondsOfInputs(inputs: readonly CutBlockInput[]): number {
  return inputs.reduce((sum, { variants, near, shape, traitCount, probes }) => {
    const others = near.reduce(
      (count, { rows }) => count + rows.reduce((own, row) => own + row.variants, 0),
      0,
    );
    const work = {
      samples: shape.samples,
      variants,
      groups: 1,
      vectors: traitCount + 2 * probes,
      threads: 1,
    };
    return sum + cutBlockCost(work, others).seconds;
  }, 0);
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

/** What a block is solved from, cut out of its batch. */
function blockInput(
  { operator, design, g, probes, piecesOf: rowsOf, traits, marginal, random, isVarying }: Batch,
  { id, first, variants, z }: Place & { readonly id: string },
  near: readonly (Place & { readonly block: number })[],
  own: Pick<CutBlockInput, 'probes' | 'rankTolerance' | 'partition'>,
): CutBlockInput {
  const { people, columns, residuals } = design.groups[g];
  const rowsOfBlock = (values: Float64Array) => {
    const columnCount = values.length / operator.count;
    return values.subarray(first * columnCount, (first + variants) * columnCount);
  };
  let varying = 0;
  for (let j = 0; j < variants; j++) if (isVarying(first + j)) varying++;
  return {
    ...own,
    ...{ id, first, variants, varying, z, rows: rowsOf(first, variants) },
    shape: { samples: people.count, columns, n: degreesOfFreedom(design, g) },
    near: near.map((place) => ({
      block: place.block,
      z: place.z,
      rows: rowsOf(place.first, place.variants),
    })),
    traits: rowsOfBlock(traits),
    traitCount: residuals.length,
    marginal: rowsOfBlock(marginal),
    random: rowsOfBlock(random),
    genetic: probes.kept.genetic,
    vectors: probes.kept.vectors.length,
  };
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
