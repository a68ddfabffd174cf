import { componentsMemory } from '../../ancestry/components-of-people.js';
import { type AnalysisSetOptions, chooseAnalysisSet } from '../../cohort/analysis-set.js';
import type { OpenCohort } from '../../cohort/cohort.js';
import { cohortPlan } from '../../cohort/cohort-plan.js';
import { indepPairwise, pruningRule } from '../../cohort/pruning.js';
import { openForCounts } from '../../cohort/quality.js';
import { relativeFlags, traitHolders } from '../../cohort/relatives.js';
import { Steps } from '../../cohort/steps.js';
import { formatCount } from '../../estimate/number.js';
import { analysisSetFlags } from '../../options/analysis-set-flags.js';
import { genotypeFlags, runFlags } from '../../options/common-flags.js';
import { type FlagValues, requiredOrInstead } from '../../options/flags.js';
import type { MemoryTerms, Plan } from '../../plan.js';
import { kinshipGroups, personRowsBytes } from '../../relatedness/king.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { writeAnalysisSet } from './analysis-set-files.js';

const { kingCutoff, pheno, phenoName, missingCode } = relativeFlags;
const flags = {
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  ...{ pheno, phenoName, missingCode },
  ...analysisSetFlags,
  ...{ kingCutoff, indepPairwise },
  ...runFlags,
};

type CohortCommandFlags = FlagValues<typeof flags>;

export const cohortCommand = defineCommand({
  description:
    'From genotype files to the people of an analysis, as the GRE paper has them: people with genotypes, whose sex is as ' +
    'recorded and without aneuploidy of X and Y (where X is there), of one ancestry by principal components or a list, with ' +
    'usual heterozygosity within it, and no two related to the third degree or closer. People with a trait (--pheno) are kept ' +
    'before their relatives. Writes who stays, who left at which step and why, and principal components of those who stay. A ' +
    'run that was stopped goes on where it was.',
  flags,
  examples: [
    { line: 'heredity cohort --bfile study --pheno traits.txt --out study', what: 'everything by default' },
    {
      line: 'heredity cohort --pfile ukb_chr@ --ancestry white-british.txt --out ukb',
      what: 'ancestry by a list',
    },
  ],
  outputs: [
    { file: '<out>.keep', what: 'FID IID of the people of the analysis (for --keep)' },
    { file: '<out>.remove', what: 'FID IID of those who left, the step and the reason' },
    { file: '<out>.covar', what: 'FID IID PC1 …: components as covariates (for --covar)' },
    { file: '<out>.eigenvec, .eigenval', what: 'the same components as plink2 writes them; eigenvalues' },
    { file: '<out>.kin0', what: 'pairs of relatives, as heredity king writes them' },
    { file: '<out>.cohort.json', what: 'who left when and why, components, provenance' },
    {
      file: '<out>.cohort.html',
      what: 'one page: who left and why, pictures, filters (heredity report makes it, too)',
    },
    {
      file: '<out>.cohort.ancestry.svg, .kinship.svg, .scree.svg',
      what: 'the pictures: people on components, related pairs where there are any, eigenvalues; also .png',
    },
    { file: '<out>.cohort.log', what: 'what was printed' },
  ],
  async plan(values, run) {
    const open = await openForCounts({ ...values, mind: undefined, nonfounders: true }, run);
    try {
      await traitHolders(open.fileset.samples, values, run);
      return planOf(values, open);
    } finally {
      await open.close();
    }
  },
  async run(values, context) {
    const { provenance } = context;
    const counting = { ...values, mind: undefined, nonfounders: true };
    const open = await openForCounts(counting, context);
    try {
      for (const file of [values.ancestry, values.pruned]) if (file !== undefined) provenance.input(file);
      const holders = await traitHolders(open.fileset.samples, values, context);
      const steps = await openSteps(values, context);
      const set = await chooseAnalysisSet(open, counting, optionsOf(values, open), holders, steps, context);
      await writeAnalysisSet(values, context, open, set);
      steps.finish();
    } finally {
      await open.close();
    }
  },
});

/** Steps of an earlier run of the same flags and inputs; where and with what it runs does not matter. */
async function openSteps(values: CohortCommandFlags, { provenance, log }: RecordedRun): Promise<Steps> {
  const { out, quiet, plan, threads, memory, backend, ...settings } = values;
  const steps = await Steps.open(`${out}.cohort.resume.json`, settings, provenance);
  if (steps.finished > 0) log.info(`${formatCount(steps.finished)} steps of an earlier run are taken over`);
  return steps;
}

function optionsOf(values: CohortCommandFlags, { memory }: OpenCohort): AnalysisSetOptions {
  const { mind, ancestry, outlierSd, hetSd, pruned, longRangeLd, pcs, seed } = values;
  return {
    ...{ mind, ancestry, outlierSd, hetSd, pruned, longRangeLd, pcs, seed, memory },
    kingCutoff: values.kingCutoff,
    indepPairwise: pruningRule(values.indepPairwise)!,
  };
}

function planOf({ pcs }: CohortCommandFlags, open: OpenCohort): Plan {
  const { memory } = open;
  const [people, variants] = [open.people.count, open.variants.length];
  const { genotypes, vectors } = componentsMemory(people, variants, pcs);
  const groups = kinshipGroups(people, variants, memory);
  const step = (name: string, bytes: MemoryTerms) => ({ name, variants, memory: bytes, work: undefined });
  const steps = [
    step('missingness and sex', {}),
    step('kinship', { genotypes: Math.min(personRowsBytes(people, variants), memory) }),
    step('pruning', {}),
    step('components', { genotypes: Math.min(genotypes, Math.max(0, memory - vectors)), vectors }),
    step('heterozygosity', {}),
  ];
  return {
    ...cohortPlan(open, {
      passes: 5 + (groups * (groups + 1)) / 2,
      steps,
      about: [`${formatCount((people * (people - 1)) / 2)} pairs of people`],
    }),
    notes: ['Beside these passes, components twice take about 10 to 30 over the pruned variants each.'],
  };
}
