import type { ComponentFlags } from '../../cohort/components.js';
import type { Dataset } from '../../cohort/dataset.js';
import { NO_DOMINANCE, tellDominance } from '../../cohort/dominance-flag.js';
import { TraitColumns } from '../../cohort/trait-columns.js';
import { type PairedDesign, pairedDesign } from '../../cohort/trait-pairs.js';
import type { TraitSet } from '../../cohort/trait-set.js';
import { HeredityError } from '../../errors.js';
import type { Estimate, SeKind } from '../../estimate/estimate.js';
import { DOMINANCE } from '../../estimators/components.js';
import { solverVectorBytes } from '../../estimators/gre/choose-solver.js';
import { CutCorrection, isCorrected } from '../../estimators/gre/cut-correction.js';
import type { SeFormula } from '../../estimators/gre/estimate.js';
import {
  CORRECTION_PROBES,
  DIAGNOSIS_PROBES,
  estimateGre,
  estimateGrePairs,
  type GreHooks,
  LOCAL_PROBES,
} from '../../estimators/gre/gre.js';
import { PreparedGre } from '../../estimators/gre/prepared.js';
import type { BlockDefinition, TraitEstimate } from '../../estimators/gre/result.js';
import type { FlagSet, FlagValues } from '../../options/flags.js';
import { endOfRounds, inRounds } from '../../parts/division.js';
import type { RunContext } from '../../run.js';
import { defineMethod, type PreparedMethod } from '../method.js';
import { besideDominance } from './dominance.js';
import { greEstimate } from './estimate.js';
import { greOnlyOptions, greOptions } from './options.js';
import { grePairs, pairsOf, peopleForBlocks } from './pairs.js';
import { grePartition, isPartitioned, tellAliased } from './partition.js';
import { planGre } from './plan.js';
import { estimateReference } from './reference-compatible.js';
import { besideUnique, blocksWithout } from './unique.js';

/** GRE (Hou et al. 2019): the sum over the blocks of the dataset. */
export const gre = greMethod('gre', greOnlyOptions);

/** The same with the overlap of blocks taken out (METHODS 1.10). */
export const greCrossBlock = greMethod('gre-cross-block', greOptions);

export type GreName = 'gre' | 'gre-cross-block';

export type GreValues = FlagValues<typeof greOptions> &
  Partial<ComponentFlags> & {
    readonly referenceCompatible?: boolean;
    readonly dominance?: boolean;
    readonly unique?: boolean;
  };

function greMethod<const F extends FlagSet>(name: GreName, options: F) {
  return defineMethod({
    options,
    byBlocks: name === 'gre' ? 'any' : 'apart',
    memory: ({ people, traits }, values) =>
      solverVectorBytes(people, traits + ((values as unknown as GreValues).probes ?? DIAGNOSIS_PROBES)),
    genotypeShare: () => 0, // a block is read when it is its turn
    check(traits, values) {
      const { dominance, referenceCompatible } = values as unknown as GreValues;
      if (dominance && referenceCompatible)
        throw new HeredityError('usage', 'the published implementation has no dominance', {
          fix: 'leave out --dominance or --reference-compatible',
        });
      if ((values as unknown as GreValues).rg && traits.length < 2)
        throw new HeredityError('usage', '--rg needs at least two traits', {
          fix: 'leave it out, or take more columns of the phenotype table (--pheno-name)',
        });
    },
    plan: (work, values) => planGre(name, values as unknown as GreValues, work),
    prepare: (data, values: FlagValues<F>, run) =>
      prepareGre(name, data, values as unknown as GreValues, data.blocks, '', run),
  });
}

/**
 * GRE of some blocks. For many traits of the same people the LD of every block is factored once, for other traits the
 * quicker of both solvers is chosen for each block.
 * @param key tells these blocks from others of the dataset.
 */
export async function prepareGre(
  method: GreName,
  data: Dataset,
  options: GreValues,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
): Promise<PreparedMethod> {
  if (data.manyTraits && !options.dominance) return prepareForMany(method, data, options, blocks, key, run);
  const { solver, se, rankTolerance, probes, referenceCompatible, rg } = options;
  const partition = isPartitioned(options) ? await grePartition(data, options, run) : undefined;
  const crossBlock = method === 'gre-cross-block';
  const { seed, memory } = data;
  const settings = { solver, seFormula: se, crossBlock, probes, rankTolerance, seed, memory };
  const told = data.told(run);
  const { log } = told;
  const dominant = options.dominance ? data.genotypes.dominance() : undefined;
  if (dominant) tellDominance(dominant, NO_DOMINANCE, told);
  const isSeveral = dominant !== undefined || (partition !== undefined && options.unique === true);
  const evaluateWithPairs = async (traits: TraitSet, given: RunContext) => {
    const own = isSeveral ? inRounds(given) : given; // blocks are solved several times over
    const { facts } = traits;
    const asEstimates = (found: readonly TraitEstimate[]) =>
      facts.map((trait, t) => greEstimate(trait, found[t], seKindOf(se), method));
    const hooks = await hooksOf(own, log.info);
    if (referenceCompatible)
      return { estimates: asEstimates(await estimateReference(data, traits, options, own)), pairs: [] };
    const paired = rg ? pairsAmong(traits, blocks) : { design: await traits.design(), pairs: [] };
    const { traits: found, pairs } = await estimateGrePairs(
      data.genotypes,
      blocks,
      paired.design,
      { ...settings, pairs: pairsOf(paired), partition },
      hooks,
      own,
    );
    tellAliased(found, data, log.info);
    const withoutEach: (readonly TraitEstimate[])[] = [];
    for (const c of partition && options.unique ? partition.names.keys() : []) {
      const left = blocksWithout(blocks, data.genotypes, partition!, c);
      const design = await traits.design();
      withoutEach.push(
        left.length > 0 ? await estimateGre(data.genotypes, left, design, settings, {}, own) : [],
      );
    }
    tellCorrection(found.slice(0, facts.length), log.info);
    const additive = asEstimates(found).map((estimate, t) =>
      withoutEach.length > 0 ? besideUnique(estimate, t, found[t], withoutEach, seKindOf(se)) : estimate,
    );
    const ofDominance =
      dominant &&
      (await estimateGre(
        dominant,
        blocks.map((block) => ({ ...block, id: `${block.id} ${DOMINANCE}` })),
        await traits.design(),
        settings,
        hooks,
        own,
      ));
    if (isSeveral) endOfRounds(own);
    const estimates = ofDominance
      ? additive.map((estimate, t) => besideDominance(estimate, ofDominance[t], seKindOf(se)))
      : additive;
    return { estimates, pairs: grePairs(facts, paired.pairs, pairs, estimates, method) };
  };
  return {
    evaluateWithPairs,
    evaluate: async (traits, own) => (await evaluateWithPairs(traits, own)).estimates,
  };
}

function pairsAmong(traits: TraitSet, blocks: readonly BlockDefinition[]): PairedDesign {
  const values = traits.traitValues();
  const named = traits.facts.map(({ name }, t) => ({ name, values: values[t] }));
  return pairedDesign(named, traits.covariates, traits.samples, peopleForBlocks(blocks));
}

/** What is said of the solver as it changes, and blocks that an earlier try finished. */
async function hooksOf({ finished }: RunContext, info: (text: string) => void): Promise<GreHooks> {
  let last = '';
  const onSolver: GreHooks['onSolver'] = (block, solver, resident) => {
    const how = `${solver} solver, genotypes ${resident ? 'in memory' : 'streamed'}`;
    if (how !== last) info(`from block ${block} on: ${how}`);
    last = how;
  };
  const parts = await finished?.();
  if (!parts) return { onSolver };
  return {
    onSolver,
    recall: <T>(id: string) => parts.recall(id) as T | undefined,
    remember: (part) => parts.remember(part),
  };
}

/** Which share of the plain sum is taken out as counted twice: what rests on effects being even near the cuts. */
function tellCorrection(estimates: readonly TraitEstimate[], info: (text: string) => void): void {
  const shares = estimates.flatMap(({ h2, corrected }) =>
    corrected?.se === undefined || h2 === 0 ? [] : [(h2 - corrected.h2) / h2],
  );
  if (shares.length === 0) return;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  info(
    `LD between blocks is taken out: ${(100 * mean).toFixed(1)} % of the plain sum${shares.length > 1 ? ', on average over the traits' : ''}; this part rests on effects being even within neighbouring blocks`,
  );
}

/** GRE with the LD of every block factored, made once for all who ask. @param key tells these blocks from others of the dataset. */
export function factoredOnce(
  data: Dataset,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
  rankTolerance?: number,
): Promise<PreparedGre> {
  return data.once(`gre${key}`, () =>
    PreparedGre.create(data, blocks, { memory: data.memory, rankTolerance }, run),
  );
}

async function prepareForMany(
  method: GreName,
  data: Dataset,
  { se, solver, probes, rankTolerance }: GreValues,
  blocks: readonly BlockDefinition[],
  key: string,
  run: RunContext,
): Promise<PreparedMethod> {
  const prepared = await factoredOnce(data, blocks, key, run, rankTolerance);
  const crossBlock = method === 'gre-cross-block';
  const shares = crossBlock
    ? await prepared.crossBlockShares(probes ?? CORRECTION_PROBES, data.seed, run)
    : undefined;
  const { genotypes, design, seed, memory } = data;
  const correction = isCorrected(blocks, { crossBlock, solver })
    ? await data.once(`gre correction${key}`, () =>
        CutCorrection.prepare(
          genotypes,
          design,
          blocks,
          { probes: probes ?? LOCAL_PROBES, seed, rankTolerance, memory },
          run,
        ),
      )
    : undefined;
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
        const r2 = own.map((block) => block.r2);
        if (correction) return greEstimate(facts, { ...estimate, ...correction.estimate(r2) }, seKindOf(se));
        if (!shares) return greEstimate(facts, estimate, seKindOf(se));
        const corrected = prepared.corrected(r2, shares);
        // the error of the probes is not known here; that of the plain sum stands beside it
        return greEstimate(
          facts,
          { ...estimate, corrected: { h2: corrected, probeSe: error, blocks: [] } },
          seKindOf(se),
          method,
        );
      });
    },
  };
}

/** How the error of an estimate by a formula came about. */
export function seKindOf(formula: SeFormula): SeKind {
  return formula === 'calibrated' ? 'calibrated' : 'analytic';
}
