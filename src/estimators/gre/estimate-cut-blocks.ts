import type { Design, DesignGroup } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { cosine } from '../../linalg/orthonormal-basis.js';
import { type RunContext, silentRun } from '../../run.js';
import { CategoryMoments } from './category-moments.js';
import { type CategoryWork, prepareCategories } from './category-vectors.js';
import type { CutBlock } from './cut-block.js';
import { solveCutBlocks } from './cut-blocks.js';
import { CutCategories } from './cut-categories.js';
import { CutCorrection } from './cut-correction.js';
import { blockHeritability, totalHeritability } from './estimate.js';
import type { Moments } from './form-variance.js';
import type { GreHooks, GreOptions } from './gre.js';
import {
  blockCovariance,
  geneticOf,
  type PairEstimate,
  type PairOfTraits,
  type PairValues,
  pairErrors,
  pairEstimate,
  probeErrors,
} from './pairs.js';
import { categoryEstimates } from './partition.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition, BlockEstimate, GreFound, TraitEstimate } from './result.js';
import type { SharedLd } from './shared-ld.js';

/**
 * GRE with blocks that are cut inside chromosomes: the LD across the cuts taken out
 * (docs/decisions/0016-local-blocks.md).
 * @returns one estimate a trait and pair, with the plain sum and the corrected estimate.
 */
export async function estimateCutBlocks(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  options: Pick<GreOptions, 'seed' | 'rankTolerance' | 'memory' | 'seFormula' | 'pairs' | 'partition'> & {
    readonly probes: number;
  },
  hooks: GreHooks = {},
  run: RunContext = silentRun,
): Promise<GreFound> {
  const { partition } = options;
  const categories = partition && (await prepareCategories(genotypes, partition, options, run));
  const solved = await solveCutBlocks(genotypes, blocks, design, { ...options, categories }, hooks, run);
  const estimates: TraitEstimate[] = [];
  const pairs: PairEstimate[] = [];
  for (const [g, found] of solved.entries()) {
    const { people, columns, traits } = design.groups[g];
    const own = found.blocks;
    const n = degreesOfFreedom(design, g);
    const correction = await CutCorrection.measure(genotypes, design, g, blocks, found);
    const { shared, moments } = correction;
    const partitioned =
      categories && (await partitionedCut(genotypes, blocks, design, g, own, shared, categories));
    for (const [c, trait] of traits.entries()) {
      const r2 = own.map((block) => block.r2[c]);
      const parts = own.map((block): BlockEstimate => plainBlock(block, c, n, options.seFormula));
      const { overlap, corrected } = correction.estimate(r2);
      estimates[trait] = {
        ...totalHeritability(parts, n, options.seFormula),
        n: people.count,
        covariates: columns,
        blocks: parts,
        overlap,
        corrected: { ...corrected, blockErrors: [...shared.blockErrors(r2, corrected.blocks)] },
        ...partitioned?.(c, r2),
      };
    }
    for (const [at, pair] of (options.pairs ?? []).entries())
      if (traits.includes(pair[0]))
        pairs[at] = cutPair(design.groups[g], own, shared, moments, pair, [
          estimates[pair[0]].corrected!.se!,
          estimates[pair[1]].corrected!.se!,
        ]);
  }
  return { traits: estimates, pairs };
}

/** The categories of a trait of the group, by its place there and its R². */
async function partitionedCut(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  g: number,
  solved: readonly CutBlock[],
  shared: SharedLd,
  work: CategoryWork,
): Promise<(trait: number, r2: readonly number[]) => Pick<TraitEstimate, 'categories' | 'aliased'>> {
  const cut = new CutCategories(shared, solved, degreesOfFreedom(design, g));
  const weighed = blocks.map(({ variants }, k) => ({
    positions: genotypes.positionsOf(variants),
    block: solved[k].categories!,
    projections: cut.projections[k],
  }));
  const moments = await CategoryMoments.measure(genotypes, design, g, weighed, work, cut.expected);
  const aliased = blocks.flatMap(({ variants }, k) => solved[k].categories!.aliased.map((j) => variants[j]));
  return (trait, r2) => ({
    categories: categoryEstimates(
      work.partition,
      moments,
      trait,
      cut.values(trait, r2),
      cut.deletedValues(trait, r2),
    ),
    aliased,
  });
}

/** @param errors standard errors of both heritabilities. */
function cutPair(
  { people, columns, traits, residuals }: DesignGroup,
  blocks: readonly CutBlock[],
  shared: SharedLd,
  moments: Moments,
  pair: PairOfTraits,
  errors: readonly [number, number],
): PairEstimate {
  const n = people.count - columns;
  const [a, b] = pair.map((trait) => traits.indexOf(trait));
  const phenotypic = cosine(residuals[a], residuals[b]);
  const products = blocks.map((block) => block.products[a * traits.length + b]);
  const r2 = [a, b].map((c) => blocks.map((block) => block.r2[c]));
  const values: PairValues = {
    h2: [sum(shared.heritabilities(r2[0])), sum(shared.heritabilities(r2[1]))],
    covariance: sum(shared.heritabilities(products, phenotypic)),
    phenotypic,
  };
  const [first, second] = r2.map((shares) => shared.deletedTotals(shares));
  const random = probeErrors(
    shared
      .deletedTotals(products, phenotypic)
      .map((covariance, t) => ({ h2: [first[t], second[t]], covariance, phenotypic })),
  );
  const sampling = pairErrors(values, [geneticOf(values)], moments, n);
  return {
    n: people.count,
    covariates: columns,
    phenotypic,
    ...pairEstimate(values, errors, {
      covariance: Math.hypot(sampling.covariance, random.covariance),
      environmental: Math.hypot(sampling.environmental, random.environmental),
      rg: Math.hypot(sampling.rg ?? Number.NaN, random.rg ?? Number.NaN),
    }),
    errors: 'calibrated',
    plain: sum(blocks.map(({ rank }, k) => blockCovariance(products[k], rank, phenotypic, n))),
  };
}

function plainBlock(
  { id, variants, rank, r2, rounding }: CutBlock,
  c: number,
  n: number,
  formula: GreOptions['seFormula'],
): BlockEstimate {
  const share = r2[c];
  return {
    id,
    variants,
    rank,
    r2: share,
    ...blockHeritability({ r2: share, rank, n }, formula),
    iterations: 0,
    solverError: (share * rounding * n) / (n - rank),
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.prototype.reduce.call(
    values,
    (total, value) => (total as number) + (value as number),
    0,
  ) as number;
}
