import { readCaseShares, traitFacts } from '../../cohort/case-shares.js';
import { type CohortFlags, countCohort, openCohort } from '../../cohort/cohort.js';
import { formatCount } from '../../estimate/number.js';
import { inSampleScores } from '../../estimators/ldsc/in-sample.js';
import { outputPrefixes } from '../../formats/output-prefixes.js';
import { ldscMinorFrequencies } from '../../ld/annotations.js';
import { variantWindows } from '../../ld/windows.js';
import { windowReach } from '../../options/window-flags.js';
import type { RecordedRun } from '../../run.js';
import { inSampleStatistics } from '../sumher/statistics.js';
import { fitInSample } from './fit-in-sample.js';
import { type LdscFlags, readIntercepts, WINDOW_KB } from './flags.js';
import type { LdscFound } from './from-sumstats.js';
import { ldscFiles } from './native-files.js';

/** Said where the rule differs from LDSC's. */
const IN_SAMPLE_STEPS =
  'From genotypes all SNPs determine the intercept, whatever their χ²: a first step of χ² below 30, as LDSC has it, makes h² too low where many SNPs are associated (--two-step 30 brings it back).';

/**
 * LD scores and association statistics of the people themselves, then the regression: the GRE paper's "LDSC (in-sample)", with
 * its settings (all SNPs counted, no limit on χ²), and with all SNPs in both steps: a first step of small χ² alone biases the
 * intercept where many SNPs are associated.
 * @returns what was found; where only a plan was asked for, that in words.
 */
export async function estimateInSample(
  flags: LdscFlags & { readonly bfile: string },
  context: RecordedRun,
): Promise<LdscFound[] | string> {
  const { log } = context;
  const cohortFlags: CohortFlags = flags;
  const reach = windowReach(flags, WINDOW_KB);
  const open = await openCohort(cohortFlags, context);
  try {
    const intercepts = readIntercepts(flags, open.traits[0].requested);
    readCaseShares(flags, open.traits); // refuses what is wrong before any work
    const names = open.traits.map(({ name }) => name);
    if (names.length > 1) outputPrefixes(flags.out, names); // refuses names that clash, too
    if (flags.plan)
      return (
        `${formatCount(open.people.count)} people, ${formatCount(open.variants.length)} variants, ${open.traits.length} traits; ` +
        `LD scores and association, ${flags.model === 'sldsc-maf-lld' ? 4 : 3} passes over the genotypes`
      );
    const cohort = await countCohort(open, cohortFlags, context);
    const shares = readCaseShares(flags, cohort.traits);
    const { variants, fileset, pool } = cohort;
    const windows = variantWindows(fileset.variants, variants, reach, fileset.paths.bim);
    const genotypes = await cohort.genotypes({ memory: flags.memory / 2 });
    const scores = await inSampleScores(
      genotypes,
      windows,
      ldscMinorFrequencies(genotypes.statistics),
      flags.model,
      context,
    );
    genotypes.close();
    const traits = await inSampleStatistics(cohort, context);
    if (scores.names.length === 1 && flags.twoStep === undefined && intercepts.includes(undefined))
      log.info(IN_SAMPLE_STEPS);
    return traits.map(({ statistics, n }, t): LdscFound => {
      const { result, ...found } = fitInSample({
        trait: traitFacts(cohort.traits[t], t, shares),
        scores,
        model: flags.model,
        statistics: {
          chi2: Float64Array.from(statistics),
          n: typeof n === 'number' ? new Float64Array(statistics.length).fill(n) : Float64Array.from(n),
        },
        intercept: intercepts[cohort.traits[t].position],
        flags,
        kernels: pool.kernels,
      });
      return { ...found, files: ldscFiles(result, flags) };
    });
  } finally {
    await open.close();
  }
}
