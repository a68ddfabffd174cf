import { createDesign } from '../../association/design.js';
import { readCaseShares, traitFacts } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, type OpenCohort, openCohort } from '../../cohort/cohort.js';
import { componentFlags, defineComponents } from '../../cohort/components.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import type { Findings } from '../../estimate/estimate.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { componentCounts } from '../../estimators/components.js';
import { equalJackknifeBlocks } from '../../estimators/he/data.js';
import { HE_DEFAULTS, randomisedHe } from '../../estimators/he/randomised.js';
import { packedStride } from '../../kernels/kernels.js';
import { caseShareFlags } from '../../options/common-flags.js';
import type { FlagValues } from '../../options/flags.js';
import type { RecordedRun } from '../../run.js';
import { heEstimate } from './estimate.js';
import { withLiability } from './liability.js';
import { heOptions } from './options.js';

/** Flags of Haseman-Elston regression from genotypes. */
export const randomisedFlags = { ...componentFlags, ...heOptions, ...caseShareFlags };

export type RandomisedHeFlags = CohortFlags & FlagValues<typeof randomisedFlags>;

/** What a run would take, from the lists of samples and variants alone. */
export async function planRandomisedHe(flags: RandomisedHeFlags, context: RecordedRun): Promise<string> {
  const open = await openCohort(flags, context, false);
  try {
    return plan(open, flags);
  } finally {
    await open.close();
  }
}

/**
 * Randomised Haseman-Elston regression of every trait, from the genotypes themselves.
 * @throws HeredityError for everything that the user can repair.
 */
export async function runRandomisedHe(flags: RandomisedHeFlags, context: RecordedRun): Promise<Findings> {
  const open = await openCohort(flags, context, false);
  try {
    const cohort = await countCohort(open, flags, context);
    const { components, variants } = await defineComponents(flags, cohort, context);
    const design = createDesign(cohort.traits, cohort.covariates, cohort.people.count);
    warnOfDependentCovariates(design, context);
    const genotypes = await cohort.genotypes({ memory: flags.memory }, variants);
    const found = await randomisedHe(
      {
        genotypes,
        design,
        components,
        jackknife: equalJackknifeBlocks(variants.length, flags.jackknifeBlocks),
      },
      { ...HE_DEFAULTS, vectors: flags.vectors, exact: flags.exactTraces, seed: flags.seed },
      context,
    );
    const counts = componentCounts(components);
    const shares = readCaseShares(flags, cohort.traits);
    const facts = cohort.traits.map((trait, t) => traitFacts(trait, t, shares));
    const estimates = await withLiability(
      facts.map((own, t) => heEstimate(own, found[t], variants.length, counts)),
      { facts, traitValues: () => cohort.traits.map(({ values }) => values) },
      { genotypes, design, components },
      flags,
    );
    return { estimates, pairs: [], warnings: [] };
  } finally {
    await open.close();
  }
}

function plan(open: OpenCohort, flags: RandomisedHeFlags): string {
  const people = open.people.count;
  const packed = packedStride(people) * open.variants.length;
  const design = createDesign(open.traits, open.covariates, people);
  const groups = design.groups.length;
  const columns = flags.vectors * groups;
  const resident = packed <= flags.memory;
  return [
    `${formatCount(people)} people, ${formatCount(open.variants.length)} variants before filters on genotypes, ${open.traits.length} traits in ${groups} groups of people`,
    `genotypes ${formatBytes(packed)}, ${resident ? 'in memory' : 'read twice more'}; ${columns} random vectors, ${flags.threads} threads`,
  ].join('\n');
}
