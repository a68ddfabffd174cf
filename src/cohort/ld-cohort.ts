import { HeredityError } from '../errors.js';
import { randomSubset } from '../genotypes/random-subset.js';
import { type FlagValues, integer } from '../options/flags.js';
import type { Plan } from '../plan.js';
import type { RecordedRun } from '../run.js';
import { type Cohort, countCohort, type OpenCohort, openCohort } from './cohort.js';
import { type CohortWork, cohortPlan } from './cohort-plan.js';
import { genotypesOnlyFlags, withoutTables } from './genotypes-only.js';

/** Genotypes without traits: the flags of every command on LD. */
export const ldCohortFlags = {
  ...genotypesOnlyFlags,
  randomSamples: integer('so many samples, drawn at random with --seed, instead of all', {
    heading: 'Samples',
    min: 3,
  }),
};

export type LdCohortFlags = FlagValues<typeof ldCohortFlags>;

/** Opens the file set and chooses samples and variants; no genotype is read yet. */
export async function openLdCohort(flags: LdCohortFlags, context: RecordedRun): Promise<OpenCohort> {
  const open = await openCohort(withoutTables(flags), context);
  const { randomSamples, seed } = flags;
  if (randomSamples === undefined) return open;
  const people = randomSubset(open.pool.kernels, open.people, randomSamples, seed);
  open.sampleLosses.step('--random-samples', people.count, 'not drawn');
  return { ...open, people };
}

/** Counts genotypes and applies the filters. @throws HeredityError `degenerate-data` for fewer than three people. */
export async function countLdCohort(
  open: OpenCohort,
  flags: LdCohortFlags,
  context: RecordedRun,
): Promise<Cohort> {
  const cohort = await countCohort(open, withoutTables(flags), context);
  if (cohort.people.count >= 3) return cohort;
  throw new HeredityError('degenerate-data', 'LD needs more people', {
    file: open.fileset.sampleFile,
    value: cohort.people.count,
    expected: 'at least 3, better hundreds',
  });
}

/** What a command on LD would read. @param work of the cohort, where it depends on that. */
export async function planOfLd(
  flags: LdCohortFlags,
  run: RecordedRun,
  work: CohortWork | ((open: OpenCohort) => CohortWork),
): Promise<Plan> {
  const open = await openLdCohort(flags, run);
  try {
    return cohortPlan(open, typeof work === 'function' ? work(open) : work);
  } finally {
    await open.close();
  }
}
