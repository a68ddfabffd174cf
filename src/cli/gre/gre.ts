import { createDesign, type Design } from '../../association/design.js';
import { Checkpoint } from '../../checkpoint.js';
import { defineBlocks, defineBlocksByLd, isByLd } from '../../cohort/blocks.js';
import {
  type CaseShares,
  readCaseShares,
  readCaseSharesOfFiles,
  traitFacts,
} from '../../cohort/case-shares.js';
import { type Cohort, type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import type { RunTrait } from '../../cohort/samples.js';
import { HeredityError } from '../../errors.js';
import type { Estimate, SeKind, TraitPair } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import {
  type BlockDefinition,
  type BlockResult,
  estimateGrePairs,
  type GreOptions,
  type TraitEstimate,
} from '../../estimators/gre/gre.js';
import { smallestN } from '../../estimators/gre/projection.js';
import { largest } from '../../linalg/extremes.js';
import { methodTitle } from '../../methods/facts.js';
import { blockChoice } from '../../methods/gre/block-choice.js';
import { greEstimate } from '../../methods/gre/estimate.js';
import { type GreFlags, greFlags } from '../../methods/gre/flags.js';
import { estimateFromSumstats, sumstatsPlan } from '../../methods/gre/from-sumstats.js';
import { grePairs, type PairedDesign, pairedDesign, pairsOf } from '../../methods/gre/pairs.js';
import { grePlan } from '../../methods/gre/plan.js';
import { estimateReference } from '../../methods/gre/reference-compatible.js';
import { resultFlags } from '../../options/common-flags.js';
import type { Provenance } from '../../provenance.js';
import { resultOutputs, writeResult } from '../../report/write-result.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys } from '../modes.js';

const FROM_SUMSTATS = [
  ...keys(resultFlags),
  ...(['sumstats', 'ldFactor', 'se', 'prevalence', 'ascertainment'] as const),
];
const FROM_GENOTYPES = keys(greFlags).filter((key) => key !== 'sumstats' && key !== 'ldFactor');
/** The published implementation solves dense LD, block by block, draws no probes and knows no pairs. */
const NOT_IN_REFERENCE: readonly string[] = ['crossBlock', 'solver', 'probes', 'rg'];

export const gre = defineCommand({
  description:
    'Estimates SNP-heritability without a model of how effects depend on frequency or LD (Hou et al. 2019): the share of ' +
    "each trait's variance that the variants of a block explain in sample, made unbiased for the rank of their LD, and " +
    'summed over blocks. All traits of the phenotype table are estimated in one run. Covariates are projected out of ' +
    'traits and genotypes exactly. Missing genotypes take the mean over the people of the run.',
  flags: greFlags,
  examples: [
    {
      line: 'heredity gre --bfile study --pheno traits.txt --covar age-sex-pcs.txt --out study',
      what: 'all traits, in blocks that are chosen for the least error',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --rg --out study',
      what: 'the same with genetic correlations of all pairs of traits',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --maf 0.01 --plan',
      what: 'what it would read, and how long it would take',
    },
    {
      line: 'heredity gre --bfile mice --pheno traits.txt --cross-block',
      what: 'related samples: overlap between blocks taken out',
    },
    {
      line: 'heredity gre --bfile study --pheno traits.txt --blocks ld-blocks.bed --out local',
      what: 'local heritability of the regions of a file',
    },
    {
      line: 'heredity gre --sumstats bmi.sumstats.gz --ld-factor ld --out bmi',
      what: 'from summary statistics and the in-sample LD',
    },
  ],
  outputs: resultOutputs('<method>'),
  modes: [
    { when: { sumstats: GIVEN }, flags: FROM_SUMSTATS, needs: ['ldFactor'] },
    { when: { ldFactor: GIVEN }, flags: FROM_SUMSTATS, needs: ['sumstats'] },
    {
      when: { referenceCompatible: true },
      flags: FROM_GENOTYPES.filter((key) => !NOT_IN_REFERENCE.includes(key)),
      needs: ['bfile', 'pheno'],
    },
    { when: {}, flags: FROM_GENOTYPES, needs: ['bfile', 'pheno'] },
  ],
  async run(flags, context) {
    if (flags.sumstats && flags.ldFactor)
      return runFromSumstats(flags, flags.sumstats, flags.ldFactor, context);
    return runFromGenotypes(flags, context);
  },
});

/** The traits of the run with what was found, written in the one form of all methods. */
function write(
  flags: GreFlags,
  context: RecordedRun,
  traits: readonly NamedTrait[],
  found: readonly TraitEstimate[],
  shares: CaseShares,
  pairsOfEstimates: (facts: readonly TraitFacts[], estimates: readonly Estimate[]) => TraitPair[] = () => [],
): Promise<void> {
  const seKind: SeKind = flags.se === 'calibrated' ? 'calibrated' : 'analytic';
  const facts = traits.map((trait, t) => traitFacts(trait, t, shares));
  const estimates = facts.map((own, t) => greEstimate(own, found[t], seKind));
  const findings = { estimates, pairs: pairsOfEstimates(facts, estimates), warnings: [] };
  return writeResult(context, findings, {
    out: flags.out,
    name: 'gre',
    report: flags.report,
    titleOf: methodTitle,
  });
}

/** A trait's values are there where it was read from a table, not from summary statistics. */
type NamedTrait = Pick<RunTrait, 'name' | 'kind'> & { readonly values?: Float64Array };

async function runFromGenotypes(flags: GreFlags & CohortFlags, context: RecordedRun): Promise<void> {
  const { log, provenance } = context;
  const open = await openCohort(flags, context, false);
  try {
    readCaseShares(flags, open.traits); // refuses what is wrong before any work
    if (flags.rg && open.traits.length < 2)
      throw new HeredityError('usage', '--rg needs at least two traits', {
        ...(flags.pheno !== undefined && { file: flags.pheno }),
        fix: 'leave it out, or take more columns of the phenotype table (--pheno-name)',
      });
    if (flags.plan) {
      log.result(await grePlan(open, flags, provenance));
      return;
    }
    const cohort = await countCohort(open, flags, context);
    const shares = readCaseShares(flags, cohort.traits);
    const design = createDesign(cohort.traits, cohort.covariates, cohort.people.count);
    const blocks = await blocksOf(cohort, design, flags, context);
    warnOfDependentCovariates(design, context);
    if (flags.referenceCompatible) {
      const estimates = await estimateReference(cohort, blocks, flags, context);
      await write(flags, context, cohort.traits, estimates, shares);
      return;
    }
    const paired: PairedDesign = flags.rg
      ? pairedDesign(
          cohort.traits,
          cohort.covariates,
          cohort.people.count,
          largest(blocks.map(({ variants }) => variants.length)),
        )
      : { design, pairs: [] };
    const checkpoint = await openCheckpoint(flags, provenance);
    if (checkpoint.finished > 0)
      log.info(`going on from ${checkpoint.finished} finished blocks of an interrupted run`);
    let lastSolver = '';
    const genotypes = await cohort.genotypes({ memory: 0 });
    const { traits, pairs } = await estimateGrePairs(
      genotypes,
      blocks,
      paired.design,
      { ...solverOptions(flags), pairs: pairsOf(paired) },
      {
        onSolver: (block, solver, resident) => {
          const how = `${solver} solver, genotypes ${resident ? 'in memory' : 'streamed'}`;
          if (how !== lastSolver) log.info(`from block ${block} on: ${how}`);
          lastSolver = how;
        },
        recall: (id) => checkpoint.recall(id),
        remember: (result) => checkpoint.remember(result),
      },
      context,
    );
    await write(flags, context, cohort.traits, traits, shares, (facts, estimates) =>
      grePairs(facts, paired.pairs, pairs, estimates, 'gre'),
    );
    tellCorrection(traits.slice(0, cohort.traits.length), context);
    checkpoint.finish();
  } finally {
    await open.close();
  }
}

async function blocksOf(
  cohort: Cohort,
  design: Design,
  flags: GreFlags,
  { log, provenance }: RecordedRun,
): Promise<BlockDefinition[]> {
  const { fileset, variants, variantLosses } = cohort;
  const choice = blockChoice(flags);
  if (!isByLd(choice)) return defineBlocks(choice, fileset.variants, variants, variantLosses, provenance);
  const { blocks, why } = await defineBlocksByLd(choice, fileset.variants, variants, smallestN(design), () =>
    cohort.genotypes({ memory: flags.memory }),
  );
  log.info(`${blocks.length === 1 ? 'one block' : `${formatCount(blocks.length)} blocks`}: ${why}`);
  return blocks;
}

/** Which share of the plain sum is taken out as counted twice: what rests on effects being even near the cuts. */
function tellCorrection(estimates: readonly TraitEstimate[], { log }: RecordedRun): void {
  const shares = estimates.flatMap(({ h2, corrected }) =>
    corrected?.se === undefined || h2 === 0 ? [] : [(h2 - corrected.h2) / h2],
  );
  if (shares.length === 0) return;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  log.info(
    `LD between blocks is taken out: ${(100 * mean).toFixed(1)} % of the plain sum${shares.length > 1 ? ', on average over the traits' : ''}; this part rests on effects being even within neighbouring blocks`,
  );
}

function solverOptions(flags: GreFlags): GreOptions {
  return {
    solver: flags.solver,
    seFormula: flags.se,
    crossBlock: flags.crossBlock,
    probes: flags.probes,
    rankTolerance: flags.rankTolerance,
    seed: flags.seed,
    memory: flags.memory,
  };
}

/** Results depend neither on where they go nor on how many threads compute, so those flags may change between tries. */
function openCheckpoint(flags: GreFlags, provenance: Provenance): Promise<Checkpoint<BlockResult>> {
  const { out, threads, memory, quiet, plan, ...settings } = flags;
  return Checkpoint.open(`${out}.gre.resume.json`, settings, provenance);
}

async function runFromSumstats(
  flags: GreFlags,
  files: readonly string[],
  ldFactor: string,
  context: RecordedRun,
): Promise<void> {
  const shares = readCaseSharesOfFiles(flags, files.length);
  if (flags.plan) {
    context.log.result(await sumstatsPlan(files, ldFactor));
    return;
  }
  const { traits, names } = await estimateFromSumstats(files, ldFactor, flags, context);
  await write(flags, context, names, traits, shares);
}
