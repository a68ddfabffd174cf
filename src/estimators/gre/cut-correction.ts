import type { Design } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { type RunContext, silentRun } from '../../run.js';
import { type SolvedCutBlocks, solveCutBlocks } from './cut-blocks.js';
import { canCorrect, sharesLd } from './cut-shape.js';
import type { Moments } from './form-variance.js';
import type { GreOptions } from './gre.js';
import { heritabilityVariance, measureMoments } from './moments.js';
import { degreesOfFreedom } from './projection.js';
import type { BlockDefinition, TraitEstimate } from './result.js';
import { SharedLd } from './shared-ld.js';

/** Whether the LD that blocks share is taken out of their sum: always where they are cut inside chromosomes and it can be had. */
export function isCorrected(
  blocks: readonly BlockDefinition[],
  { crossBlock, solver }: Pick<GreOptions, 'crossBlock' | 'solver'>,
): boolean {
  return !crossBlock && solver !== 'iterative' && sharesLd(blocks) && canCorrect(blocks);
}

/** What is known of cut blocks before any trait is: the LD that they share, and the error of the corrected total, among the people of one group. */
export class CutCorrection {
  readonly shared: SharedLd;
  readonly moments: Moments;
  /** People less columns projected out. */
  readonly n: number;

  private constructor(shared: SharedLd, moments: Moments, n: number) {
    this.shared = shared;
    this.moments = moments;
    this.n = n;
  }

  /** Two passes over the genotypes. */
  static async measure(
    genotypes: GenotypeOperator,
    design: Design,
    g: number,
    blocks: readonly BlockDefinition[],
    { blocks: solved, probes }: SolvedCutBlocks,
  ): Promise<CutCorrection> {
    const n = degreesOfFreedom(design, g);
    const shared = new SharedLd(solved, probes.norms, n);
    const moments = await measureMoments(genotypes, design, g, blocks, solved, probes, shared.weights);
    return new CutCorrection(shared, moments, n);
  }

  /** For traits that come later, all of the people of the design's only group. */
  static async prepare(
    genotypes: GenotypeOperator,
    design: Design,
    blocks: readonly BlockDefinition[],
    options: Pick<GreOptions, 'seed' | 'rankTolerance' | 'memory'> & { readonly probes: number },
    run: RunContext = silentRun,
  ): Promise<CutCorrection> {
    const [solved] = await solveCutBlocks(genotypes, blocks, design, options, {}, run);
    return CutCorrection.measure(genotypes, design, 0, blocks, solved);
  }

  /** The corrected estimate, and what far blocks share, of a trait of which the blocks have these R². */
  estimate(r2: readonly number[]): Required<Pick<TraitEstimate, 'overlap' | 'corrected'>> {
    const { shared } = this;
    const blocks = [...shared.heritabilities(r2)];
    const h2 = blocks.reduce((sum, own) => sum + own, 0);
    const probeSe = shared.probeError(r2);
    const se = Math.sqrt(heritabilityVariance(h2, this.moments, this.n) + probeSe ** 2);
    return {
      overlap: { excess: shared.farExcess(r2), excessSe: probeSe, ...shared.averages },
      corrected: { h2, se, probeSe, blocks },
    };
  }
}
