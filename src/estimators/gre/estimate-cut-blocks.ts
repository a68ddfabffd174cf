import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { type RunContext, silentRun } from '../../run.js';
import { type CutBlock, solveCutBlocks } from './cut-blocks.js';
import { blockHeritability, totalHeritability } from './estimate.js';
import type { BlockDefinition, BlockEstimate, GreOptions, TraitEstimate } from './gre.js';
import { degreesOfFreedom } from './projection.js';
import { SharedLd } from './shared-ld.js';
import { Spread } from './spread.js';

/**
 * GRE with blocks that are cut inside chromosomes: the LD across the cuts taken out
 * (docs/decisions/0016-local-blocks.md).
 * @returns one estimate a trait, with the plain sum and the corrected estimate.
 */
export async function estimateCutBlocks(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  design: Design,
  options: Pick<GreOptions, 'seed' | 'rankTolerance' | 'memory' | 'seFormula'> & { readonly probes: number },
  run: RunContext = silentRun,
): Promise<TraitEstimate[]> {
  const solved = await solveCutBlocks(genotypes, blocks, design, options, run);
  const estimates: TraitEstimate[] = [];
  for (const [g, { blocks: own, probes }] of solved.entries()) {
    const { people, columns, traits } = design.groups[g];
    const n = degreesOfFreedom(design, g);
    const shared = new SharedLd(own, probes.norms, n);
    const { weights } = shared;
    const spread = await Spread.measure(genotypes, design, g, blocks, own, probes, weights);
    for (const [c, trait] of traits.entries()) {
      const r2 = own.map((block) => block.r2[c]);
      const parts = own.map((block): BlockEstimate => plainBlock(block, c, n, options.seFormula));
      const plain = totalHeritability(parts, n, options.seFormula);
      const corrected = shared.heritabilities(r2);
      const h2 = sum(corrected);
      const probeSe = shared.probeError(r2);
      const variance = spread.variance(h2, sum(r2.map((share, k) => share * weights[k])));
      estimates[trait] = {
        ...plain,
        n: people.count,
        covariates: columns,
        blocks: parts,
        overlap: {
          ...shared.farExcess(r2),
          ...shared.averages,
        },
        corrected: {
          h2,
          se: Math.sqrt(variance + probeSe ** 2),
          probeSe,
          blocks: [...corrected],
          blockErrors: [...shared.blockErrors(r2, corrected)],
        },
      };
    }
  }
  return estimates;
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
