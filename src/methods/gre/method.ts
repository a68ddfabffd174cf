import type { Dataset } from '../../cohort/dataset.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import { pairedDesign } from '../../cohort/trait-pairs.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import type { Estimate, SeKind } from '../../estimate/estimate.js';
import type { SeFormula } from '../../estimators/gre/estimate.js';
import {
  type BlockDefinition,
  CORRECTION_PROBES,
  estimateGre,
  estimateGrePairs,
  type TraitEstimate,
} from '../../estimators/gre/gre.js';
import { PreparedGre } from '../../estimators/gre/prepared.js';
import type { FlagValues } from '../../options/flags.js';
import type { RunContext } from '../../run.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { greEstimate } from './estimate.js';
import { greOptions } from './options.js';
import { grePairs, pairsOf, peopleForBlocks } from './pairs.js';

type GreValues = FlagValues<typeof greOptions>;

/** GRE (Hou et al. 2019): the sum over the blocks of the dataset. */
export const gre = defineMethod({
  options: greOptions,
  prepare: (data, options, run) => prepareGre(data, options, false, data.blocks, '', run),
});

/** The same with the overlap of blocks taken out (METHODS 1.10). */
export const greCrossBlock = defineMethod({
  options: greOptions,
  prepare: (data, options, run) => prepareGre(data, options, true, data.blocks, '', run),
});

/**
 * GRE of some blocks. For many traits of the same people the LD of every block is factored once, for other traits the
 * quicker of both solvers is chosen for each block.
 * @param key tells these blocks from others of the dataset.
 */
export async function prepareGre(
  data: Dataset,
  options: GreValues,
  crossBlock: boolean,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
): Promise<PreparedMethod> {
  if (data.manyTraits) return prepareForMany(data, options, crossBlock, blocks, key, run);
  const { solver, se, rankTolerance } = options;
  const settings = {
    solver,
    seFormula: se,
    crossBlock,
    probes: options.probes,
    rankTolerance,
    seed: data.seed,
    memory: data.memory,
  };
  const estimatesOf = (traits: TraitSet, found: readonly TraitEstimate[]) =>
    traits.facts.map((facts, t) => greEstimate(facts, found[t], seKindOf(se), methodOf(crossBlock)));
  return {
    async evaluate(traits: TraitSet, own: RunContext) {
      const found = await estimateGre(data.genotypes, blocks, await traits.design(), settings, {}, own);
      return estimatesOf(traits, found);
    },
    async pairs(traits: TraitSet, own: RunContext) {
      const named = traits.traitValues().map((values, t) => ({ name: traits.facts[t].name, values }));
      const paired = pairedDesign(named, data.covariates, data.samples, peopleForBlocks(blocks));
      const found = await estimateGrePairs(
        data.genotypes,
        blocks,
        paired.design,
        { ...settings, pairs: pairsOf(paired) },
        {},
        own,
      );
      const estimates = estimatesOf(traits, found.traits);
      return grePairs(traits.facts, paired.pairs, found.pairs, estimates, methodOf(crossBlock));
    },
  };
}

async function prepareForMany(
  data: Dataset,
  { se, probes = CORRECTION_PROBES, rankTolerance }: GreValues,
  crossBlock: boolean,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
): Promise<PreparedMethod> {
  const prepared = await data.once(`gre${key}`, () =>
    PreparedGre.create(data, blocks, { memory: data.memory, rankTolerance }, run),
  );
  const shares = crossBlock ? await prepared.crossBlockShares(probes, data.seed, run) : undefined;
  const covariates = data.samples - data.degreesOfFreedom;
  return {
    async evaluate(traits: TraitSet): Promise<readonly Estimate[]> {
      if (!(traits instanceof TraitColumns))
        throw new HeredityError('internal', 'many traits are columns of everybody');
      const b = await traits.marginalEffects();
      const found = await prepared.estimate(b, traits.facts.length, se);
      return traits.facts.map((facts, t) => {
        const { h2, se: error, blocks: own } = found[t];
        const estimate = { h2, se: error, n: data.samples, covariates, blocks: own };
        if (!shares) return greEstimate(facts, estimate, seKindOf(se));
        const corrected = prepared.corrected(
          own.map(({ r2 }) => r2),
          shares,
        );
        // the error of the probes is not known here; that of the plain sum stands beside it
        return greEstimate(
          facts,
          { ...estimate, corrected: { h2: corrected, probeSe: error, blocks: [] } },
          seKindOf(se),
          'gre-cross-block',
        );
      });
    },
  };
}

function methodOf(crossBlock: boolean): 'gre' | 'gre-cross-block' {
  return crossBlock ? 'gre-cross-block' : 'gre';
}

function seKindOf(formula: SeFormula): SeKind {
  return formula === 'calibrated' ? 'calibrated' : 'analytic';
}
