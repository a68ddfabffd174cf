import { componentsMemory } from '../../ancestry/components-of-people.js';
import { type AnalysisSetOptions, chooseAnalysisSet } from '../../cohort/analysis-set.js';
import type { OpenCohort } from '../../cohort/cohort.js';
import { indepPairwise, pruningRule } from '../../cohort/pruning.js';
import { openForCounts } from '../../cohort/quality.js';
import { relativeFlags, traitHolders } from '../../cohort/relatives.js';
import { Steps } from '../../cohort/steps.js';
import { formatBytes, formatCount } from '../../estimate/number.js';
import { analysisSetFlags } from '../../options/analysis-set-flags.js';
import { genotypeFlags, runFlags } from '../../options/common-flags.js';
import { type FlagValues, requiredOrInstead } from '../../options/flags.js';
import { kinshipGroups, personRowsBytes } from '../../relatedness/king.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { writeAnalysisSet } from './cohort-output.js';

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
    { file: '<out>.cohort.html', what: 'one page: who left, pictures, thresholds' },
    { file: '<out>.cohort.ancestry.svg, .scree.svg', what: 'the pictures; also .png' },
    { file: '<out>.cohort.log', what: 'what was printed' },
  ],
  async run(values, context) {
    const { provenance, log } = context;
    const counting = { ...values, mind: undefined, nonfounders: true };
    const open = await openForCounts(counting, context);
    try {
      for (const file of [values.ancestry, values.pruned]) if (file !== undefined) provenance.input(file);
      const holders = await traitHolders(open.fileset.samples, values, context);
      if (values.plan) {
        log.result(planText(values, open));
        return;
      }
      const steps = await openSteps(values, context);
      const set = await chooseAnalysisSet(open, counting, optionsOf(values), holders, steps, context);
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

function optionsOf(values: CohortCommandFlags): AnalysisSetOptions {
  const { mind, ancestry, outlierSd, hetSd, pruned, longRangeLd, pcs, seed, memory } = values;
  return {
    ...{ mind, ancestry, outlierSd, hetSd, pruned, longRangeLd, pcs, seed, memory },
    kingCutoff: values.kingCutoff,
    indepPairwise: pruningRule(values.indepPairwise)!,
  };
}

function planText({ pcs, memory }: CohortCommandFlags, { people, variants }: OpenCohort): string {
  const { genotypes, vectors } = componentsMemory(people.count, variants.length, pcs);
  const groups = kinshipGroups(people.count, variants.length, memory);
  const rows = Math.min(personRowsBytes(people.count, variants.length), memory);
  return (
    `${formatCount(people.count)} people, ${formatCount(variants.length)} variants before filters on genotypes\n` +
    'missingness and sex: 2 passes over the genotypes\n' +
    `kinship of ${formatCount((people.count * (people.count - 1)) / 2)} pairs: ${formatCount((groups * (groups + 1)) / 2)} passes, ${formatBytes(rows)} of genotypes in memory\n` +
    `pruning: 2 passes; components, twice: about 10 to 30 passes over the pruned variants each, at most ${formatBytes(Math.min(genotypes + vectors, memory))}\n` +
    `heterozygosity: 1 pass; ${formatBytes(memory)} are allowed (--memory)`
  );
}
