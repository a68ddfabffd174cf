import type { Design } from '../../association/design.js';
import { HeredityError, isHeredityError } from '../../errors.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { TiledWorkspace, tiledLowerBytes } from '../../linalg/tiled-lower.js';
import { commonToParts, overUnits } from '../../parts/division.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { BlockVectors } from './block-vectors.js';
import { workOfBlocks } from './block-work.js';
import { CategoryMoments } from './category-moments.js';
import { type CategoryWork, prepareCategories, vectorsOfGroup } from './category-vectors.js';
import { chooseSolver, type Solver } from './choose-solver.js';
import { isCorrected } from './cut-correction.js';
import { canCorrect, correctionBytes, sharesLd } from './cut-shape.js';
import { projectDirect, rankTooHigh } from './direct.js';
import { blockHeritability, type SeFormula } from './estimate.js';
import { estimateCutBlocks } from './estimate-cut-blocks.js';
import { projectIterative } from './iterative.js';
import { blockProbes, prepareProbe } from './overlap.js';
import type { PairOfTraits } from './pairs.js';
import { categoryEstimates, type GrePartition } from './partition.js';
import {
  type BlockCategories,
  type BlockData,
  degreesOfFreedom,
  type Projection,
  type ProjectionColumns,
} from './projection.js';
import type { BlockDefinition, BlockEstimate, BlockResult, GreFound, TraitEstimate } from './result.js';
import { BlockSums } from './summarise.js';

export interface GreOptions {
  readonly solver: 'auto' | Solver;
  readonly seFormula: SeFormula;
  /** Solve for all T_kl and report the corrected estimate (METHODS 1.10). */
  readonly crossBlock: boolean;
  /**
   * Random genetic values drawn, for the diagnosis or the correction.
   * @default DIAGNOSIS_PROBES, LOCAL_PROBES where blocks are cut inside chromosomes, CORRECTION_PROBES with crossBlock
   */
  readonly probes?: number | undefined;
  /** LD pivots (of 1) not above it count as collinearity. */
  readonly rankTolerance: number;
  readonly seed: number;
  /** Bytes for one block's packed genotypes and its solver. */
  readonly memory: number;
  /** Pairs of traits of the same people whose genetic covariance is wanted. */
  readonly pairs?: readonly PairOfTraits[] | undefined;
  /** Categories of variants; blocks are solved directly. */
  readonly partition?: GrePartition | undefined;
}

type DecidedOptions = GreOptions & { readonly probes: number };

export const GRE_DEFAULTS = {
  solver: 'auto',
  seFormula: 'default',
  crossBlock: false,
  rankTolerance: 1e-9,
} as const;

/** Probes of the diagnosis: its warning needs one digit. */
export const DIAGNOSIS_PROBES = 4;
/** Probes of the whole genome for the correction of blocks that are cut inside chromosomes. */
export const LOCAL_PROBES = 16;
/** Probes of each block with `crossBlock`. */
export const CORRECTION_PROBES = 32;

export interface GreHooks {
  readonly onSolver?: (block: string, solver: Solver, resident: boolean) => void;
  /** A finished part of an earlier run, if there is one: a {@link BlockResult}, or a batch of blocks that are cut inside chromosomes. */
  readonly recall?: <T>(id: string) => T | undefined;
  /** Called with each finished part, JSON values. */
  readonly remember?: (part: { readonly id: string }) => Promise<void> | void;
}

/**
 * SNP-heritability of all traits without assumptions about the genetic architecture (Hou et al. 2019, Eq 1 and 13;
 * METHODS 1.2-1.10): for each block the share R² of each trait's variance in the block's column space, made unbiased
 * for its rank, and summed. With `pairs`, genetic covariance and correlation as well.
 *
 * @param genotypes of the run's people, with the variants of all blocks; each block is opened by itself.
 * @param design traits and covariates over the same people.
 * @throws HeredityError `degenerate-data` where a block's rank is not below the degrees of freedom; `numerical` where a
 * solver fails; `resource` where the memory does not allow the correction that the blocks need; `internal` for a pair of traits of
 * different people.
 */
export async function estimateGrePairs(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  options: GreOptions,
  hooks: GreHooks = {},
  run: RunContext = silentRun,
): Promise<GreFound> {
  for (const [a, b] of options.pairs ?? [])
    if (groupOf(design, a) !== groupOf(design, b))
      throw new HeredityError('internal', 'traits of a pair are of different people');
  if (options.partition && (options.crossBlock || options.solver === 'iterative'))
    throw new HeredityError('usage', 'a partition needs the direct solver, without --cross-block', {
      fix: 'leave out --cross-block and --solver: blocks that share LD are corrected for it anyway',
    });
  if (options.partition && sharesLd(blocks) && !canCorrect(blocks))
    throw new HeredityError(
      'usage',
      'a partition needs blocks of consecutive variants, or blocks that share no LD',
      {
        fix: 'take --blocks auto, ld:K or chromosome',
      },
    );
  const isLocal = isCorrected(blocks, options);
  if (isLocal) checkMemory(correctionBytes(genotypes.rowStride, blocks), options.memory);
  const { traits, pairs } = isLocal
    ? await estimateCutBlocks(
        genotypes,
        blocks,
        design,
        { ...options, probes: options.probes ?? LOCAL_PROBES },
        hooks,
        run,
      )
    : await estimateBlocks(genotypes, blocks, design, options, hooks, run);
  const placed = traits.map((estimate) => ({
    ...estimate,
    blocks: estimate.blocks.map((block, k) => ({ ...block, place: blocks[k].place })),
  }));
  return { traits: placed, pairs };
}

/** {@link estimateGrePairs} for the traits alone. @returns one estimate a trait. */
export async function estimateGre(...run: Parameters<typeof estimateGrePairs>): Promise<TraitEstimate[]> {
  return [...(await estimateGrePairs(...run)).traits];
}

function groupOf({ groups }: Design, trait: number): number {
  return groups.findIndex(({ traits }) => traits.includes(trait));
}

/** The plain sum is no answer where blocks share LD, so that less memory may not turn to it. */
function checkMemory(needed: number, memory: number): void {
  if (needed <= memory) return;
  throw new HeredityError('resource', 'the LD that these blocks share does not fit in memory', {
    value: `${Math.floor(memory / 1e3)} kB`,
    expected: `at least ${Math.ceil(needed / 1e3)} kB`,
    fix: 'allow more with --memory, or take more and smaller blocks (--blocks ld:K)',
  });
}

const GENETIC_VALUES = 'random genetic values';

/** Each block by itself, with a diagnosis of what they share or, with `crossBlock`, all of it from random genetic values. */
async function estimateBlocks(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  given: GreOptions,
  hooks: GreHooks,
  run: RunContext,
): Promise<GreFound> {
  const probesOf = given.crossBlock ? CORRECTION_PROBES : DIAGNOSIS_PROBES;
  const options = { ...given, probes: given.probes ?? probesOf };
  const workspace = new TiledWorkspace();
  const openBlock = async ({ id, variants, breaks }: BlockDefinition): Promise<BlockData> => ({
    id,
    genotypes: await genotypes.subset(variants, options.memory),
    design,
    breaks,
    rankTolerance: options.rankTolerance,
    workspace,
  });
  const solvers = await commonToParts(run, 'solvers', async () =>
    blocks.map(({ variants }) => solverOfBlock(genotypes, variants.length, design, blocks.length, options)),
  );
  const { partition } = options;
  // before what a merge does not ask for: parts have things in common in one order
  const categories = partition && (await prepareCategories(genotypes, partition, options, run));
  const role = run.division?.role;
  // parts ask for the same things in the same order, whatever they have finished before
  const isLeft = run.division !== undefined || blocks.some(({ id }) => !hooks.recall?.(id));
  const isThere = run.division?.known?.(GENETIC_VALUES) !== undefined;
  const isWanted = blocks.length > 1 && (role === 'merge' ? isThere : isLeft);
  const draw = () => drawProbes(blocks, openBlock, options, run);
  let probes: Probes | undefined;
  // those of each block are too many to be kept for other parts
  if (isWanted && options.crossBlock) probes = role === 'plan' ? undefined : await draw();
  else if (isWanted) probes = await commonToParts(run, GENETIC_VALUES, draw);
  async function* solve(first: number, end: number, inside: RunContext): AsyncGenerator<BlockResult> {
    const own = blocks.slice(first, end);
    const random = overlapCounts(design, probes === undefined ? 0 : blocks.length, options);
    const vectors = own.every(({ id }) => hooks.recall?.(id)) ? undefined : new BlockVectors(design, random);
    const total = own.reduce((sum, { variants }) => sum + variants.length, 0);
    const phase = inside.progress.phase('blocks', { total, unit: 'variants' });
    for (const [k, definition] of own.entries()) {
      let result = hooks.recall?.<BlockResult>(definition.id);
      if (!result) {
        const data = await openBlock(definition);
        const blockPhase = phase.phase(definition.id, { total: 1, weight: definition.variants.length });
        const place = {
          index: first + k,
          solver: solvers[first + k],
          ...(categories && {
            categories: { ...categories, positions: genotypes.positionsOf(definition.variants) },
          }),
        };
        const within = partOf(inside, blockPhase);
        result = await solveBlock(data, place, vectors!, probes, options, hooks, blocks.length, within);
        blockPhase.end();
        data.genotypes.close();
        if (place.solver.solver === 'iterative') await genotypes.pool.giveBackUnused(); // its preconditioner, before the next one's
        await hooks.remember?.(result);
      } else phase.advance(definition.variants.length);
      yield result;
    }
    phase.end();
  }
  const results: BlockResult[] = [];
  const work = workOfBlocks(blocks, solvers);
  for await (const result of overUnits(run, work, solve)) results.push(result);
  const sums = design.groups.map((_, g) => new BlockSums(design, g, results, options));
  const traits: TraitEstimate[] = [];
  for (const [g, group] of design.groups.entries()) {
    const partitioned =
      categories && (await partitionedSum(genotypes, blocks, design, g, results, categories));
    for (const [c, trait] of group.traits.entries())
      traits[trait] = { ...sums[g].estimate(trait), ...partitioned?.(trait, c) };
  }
  const pairs = (options.pairs ?? []).map((pair) => sums[groupOf(design, pair[0])].pair(pair));
  return { traits, pairs };
}

/** The categories of a trait of the group, by its place in the design and there. */
async function partitionedSum(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  g: number,
  results: readonly BlockResult[],
  work: CategoryWork,
): Promise<(trait: number, place: number) => Pick<TraitEstimate, 'categories' | 'aliased'>> {
  const n = degreesOfFreedom(design, g);
  const [first] = design.groups[g].traits;
  const forms = work.partition.names.length + 1;
  const weighed = results.map(({ categories, traits }, k) => {
    const block = categories![g];
    const projections = block.ranks.map((rank) => rank / (n - traits[first].rank));
    return { positions: genotypes.positionsOf(blocks[k].variants), block, projections };
  });
  // of noise, a block of rank q has q/n, of which its variants get as many
  const sumOver = (value: (block: number, form: number) => number) =>
    Array.from({ length: forms }, (_, a) => results.reduce((sum, __, k) => sum + value(k, a), 0));
  const expected = sumOver((k, a) => weighed[k].projections[a]);
  const moments = await CategoryMoments.measure(genotypes, design, g, weighed, work, expected);
  const aliased = results.flatMap(({ categories }, k) =>
    categories![g].aliased.map((j) => blocks[k].variants[j]),
  );
  return (trait, place) => {
    const values = sumOver(
      (k, a) =>
        weighed[k].block.shares[place * forms + a] -
        weighed[k].projections[a] * (1 - results[k].traits[trait].r2),
    );
    return { categories: categoryEstimates(work.partition, moments, place, values), aliased };
  };
}

/** Random genetic values: of every block for the correction, of all blocks together for the diagnosis. */
interface Probes {
  readonly byBlock: readonly (readonly Float64Array[])[] | undefined;
  readonly total: readonly Float64Array[];
}

async function drawProbes(
  blocks: readonly BlockDefinition[],
  openBlock: (definition: BlockDefinition) => Promise<BlockData>,
  { crossBlock, probes, seed }: DecidedOptions,
  { progress }: RunContext,
): Promise<Probes> {
  const byBlock: Float64Array[][] = [];
  let total: Float64Array[] | undefined;
  const phase = progress.phase('random genetic values', { total: blocks.length });
  for (const [index, definition] of blocks.entries()) {
    const data = await openBlock(definition);
    const values = await blockProbes(data, index, probes, seed);
    data.genotypes.close();
    if (crossBlock) byBlock.push(values);
    total ??= values.map((value) => new Float64Array(value.length));
    for (const [t, sum] of total.entries()) for (let i = 0; i < sum.length; i++) sum[i] += values[t][i];
    phase.advance();
  }
  phase.end();
  return { byBlock: crossBlock ? byBlock : undefined, total: total! };
}

interface BlockPlace {
  readonly index: number;
  readonly solver: ChosenSolver;
  /** The partition, with the places of the block's variants in the genotypes of the run. */
  readonly categories?: CategoryWork & Pick<BlockCategories, 'positions'>;
}

/** The solver of a block: with `auto` it depends on the memory, so that parts on several machines take it from one of them. */
type ChosenSolver = Pick<ReturnType<typeof chooseSolver>, 'solver' | 'seconds' | 'isMemoryBound'>;

function solverOfBlock(
  { samples, rowStride }: GenotypeOperator,
  variants: number,
  design: Design,
  blocks: number,
  { crossBlock, probes, solver, memory, partition }: DecidedOptions,
): ChosenSolver {
  const traits = design.groups.reduce((sum, { residuals }) => sum + residuals.length, 0);
  let random = blocks > 1 ? probes : 0;
  if (crossBlock) random *= design.groups.length * (blocks - 1);
  const work = {
    samples,
    variants,
    groups: design.groups.length,
    vectors: traits + random,
    threads: 1, // whatever their number is: parts share the work out by these seconds
  };
  const choice = partition ? 'direct' : solver;
  const packed = variants * rowStride;
  const isResident = packed <= memory;
  const chosen = chooseSolver(work, memory - (isResident ? packed : 0), isResident, choice);
  return { solver: chosen.solver, seconds: chosen.seconds, isMemoryBound: chosen.isMemoryBound };
}

async function solveBlock(
  data: BlockData,
  { index, solver: solverChoice, categories }: BlockPlace,
  room: BlockVectors,
  probes: Probes | undefined,
  options: DecidedOptions,
  hooks: GreHooks,
  blockCount: number,
  run: RunContext,
): Promise<BlockResult> {
  const { id, design, genotypes } = data;
  const probeVectors = probes ? await overlapVectors(data, index, room, probes, options) : [];
  const columns = design.groups.map((_, g): ProjectionColumns => {
    const traits = room.traits(g);
    return {
      group: g,
      vectors: [...traits, ...room.random(g)],
      paired: options.pairs?.length ? traits.length : 0,
      ...(categories && {
        categories: {
          partition: categories.partition,
          positions: categories.positions,
          traits: traits.length,
          random: vectorsOfGroup(categories.vectors, design, g),
        },
      }),
      tolerance: (vector, share, rank, people) =>
        solverTolerance(vector < traits.length, share, rank, people, blockCount),
    };
  });
  const left = memoryBeside(genotypes, options.memory);
  // With as many variants as people LD is singular throughout; the direct solver stops as soon as the rank shows it.
  const singular = design.groups.findIndex((_, g) => genotypes.count >= degreesOfFreedom(design, g));
  const fits = genotypes.resident && tiledLowerBytes(genotypes.count) <= left;
  if (singular >= 0 && !fits) throw rankTooHigh(data, degreesOfFreedom(design, singular));
  const chosen = singular >= 0 || options.partition ? 'direct' : solverChoice.solver;
  const { solver, projections } = await project(data, columns, chosen, options, hooks, run);
  const isMemoryBound = options.solver === 'auto' && solver === 'iterative' && solverChoice.isMemoryBound;
  const traits: BlockEstimate[] = [];
  for (const [g, group] of design.groups.entries()) {
    const n = degreesOfFreedom(design, g);
    for (const [k, trait] of group.traits.entries()) {
      const estimate = traitInBlock(id, projections[g], k, n, options.seFormula);
      traits[trait] = isMemoryBound ? { ...estimate, isMemoryBound } : estimate;
    }
  }
  return {
    id,
    solver,
    traits,
    products: projections.map(({ products }) => [...products]),
    ...(categories && { categories: projections.map((own) => own.categories!) }),
    overlap: probeVectors.map(({ group, width, weights }) => {
      const own = projections[group].shares.slice(design.groups[group].traits.length);
      const byProbe = (list: readonly number[]) =>
        Array.from({ length: options.probes }, (_, t) => list.slice(t * width, (t + 1) * width));
      return { group, shares: byProbe(own), weights: byProbe(weights) };
    }),
  };
}

/** Bytes that are left beside a block's genotypes where they are held. */
const memoryBeside = ({ resident, bytes }: GenotypeOperator, memory: number): number =>
  memory - (resident ? bytes : 0);

/** Projects with the solver chosen; near-collinear LD that conjugate gradients fail on goes to the direct one if that is allowed. */
async function project(
  data: BlockData,
  columns: readonly ProjectionColumns[],
  solver: Solver,
  options: DecidedOptions,
  hooks: GreHooks,
  run: RunContext,
): Promise<{ solver: Solver; projections: Projection[] }> {
  hooks.onSolver?.(data.id, solver, data.genotypes.resident);
  if (solver === 'direct') return { solver, projections: await projectDirect(data, columns, run) };
  try {
    return { solver, projections: await projectIterative(data, columns, options.seed, run) };
  } catch (error) {
    const { genotypes } = data;
    const fits =
      genotypes.resident && tiledLowerBytes(genotypes.count) <= memoryBeside(genotypes, options.memory);
    if (!isHeredityError(error, 'numerical') || options.solver !== 'auto' || !fits) throw error;
    return project(data, columns, 'direct', options, hooks, run);
  }
}

function traitInBlock(
  id: string,
  { variants, rank, shares, errors, iterations }: Projection,
  k: number,
  n: number,
  formula: SeFormula,
): BlockEstimate {
  const r2 = shares[k];
  const estimate = blockHeritability({ r2, rank, n }, formula);
  return {
    id,
    variants,
    rank,
    r2,
    ...estimate,
    iterations: iterations[k],
    solverError: (errors[k] * n) / (n - rank),
  };
}

/** Smallest error of h² that a solver is asked for, and the fraction of the standard error that is enough. */
const ABSOLUTE_ERROR = 1e-5;
const ERROR_OF_SE = 0.01;

/** Solver error never matters beside sampling error: over all blocks 1e-5 or 1 % of the total's standard error (METHODS 1.9). */
function solverTolerance(isTrait: boolean, share: number, rank: number, n: number, blocks: number): number {
  if (!isTrait) return 1e-3; // shares of random values only feed an average
  // Errors of blocks add up while their standard errors add in squares: the total's is about √K times a block's.
  const { se } = blockHeritability({ r2: share, rank, n });
  return Math.max(ABSOLUTE_ERROR / blocks, (ERROR_OF_SE * se) / Math.sqrt(blocks)) * ((n - rank) / n);
}

/** How many vectors of each group {@link overlapVectors} writes for a block. @param blocks 0 where nothing is looked at. */
function overlapCounts(
  design: Design,
  blocks: number,
  { crossBlock, probes }: Pick<DecidedOptions, 'crossBlock' | 'probes'>,
): number[] {
  const largest = largestGroup(design);
  return design.groups.map((_, g) => {
    if (blocks === 0) return 0;
    return crossBlock ? probes * (blocks - 1) : g === largest ? probes : 0;
  });
}

/**
 * Writes vectors whose shares say how far this block is from independent of the others, for the groups that are looked at.
 * @returns how many there are a probe, and their weights.
 */
async function overlapVectors(
  data: BlockData,
  index: number,
  room: BlockVectors,
  probes: Probes,
  { crossBlock, probes: count, seed }: DecidedOptions,
): Promise<{ group: number; width: number; weights: number[] }[]> {
  const { design } = data;
  const prepare = (g: number, list: readonly Float64Array[]) =>
    room
      .random(g)
      .map((vector, k) => prepareProbe(list[k], design, design.groups[g], room.basis(g), vector).weight);
  if (crossBlock) {
    const { byBlock } = probes;
    const others = Array.from({ length: count }, (_, t) =>
      byBlock!.flatMap((values, l) => (l === index ? [] : [values[t]])),
    ).flat();
    return design.groups.map((_, g) => ({
      group: g,
      width: byBlock!.length - 1,
      weights: prepare(g, others),
    }));
  }
  const own = await blockProbes(data, index, count, seed);
  const g = largestGroup(design);
  const others = room.random(g);
  for (const [t, sum] of probes.total.entries())
    for (let i = 0; i < sum.length; i++) others[t][i] = sum[i] - own[t][i];
  return [{ group: g, width: 1, weights: prepare(g, others) }];
}

function largestGroup({ groups }: Design): number {
  return groups.reduce((best, { people }, g) => (people.count > groups[best].people.count ? g : best), 0);
}
