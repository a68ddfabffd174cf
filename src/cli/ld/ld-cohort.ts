import { HeredityError } from '../../errors.js';
import { randomSubset } from '../../genotypes/random-subset.js';
import { type Cohort, type CohortFlags, countCohort, type OpenCohort, openCohort } from '../cohort.js';
import type { CommandContext } from '../command.js';
import { genotypeFlags, runFlags } from '../common-flags.js';
import { type FlagValues, integer, required } from '../flags.js';

/** Genotypes without traits: the flags of every command on LD. */
export const ldCohortFlags = {
  ...genotypeFlags,
  bfile: required(genotypeFlags.bfile),
  randomSamples: integer('so many samples, drawn at random with --seed, instead of all', {
    heading: 'Samples',
    min: 3,
  }),
  ...runFlags,
};

export type LdCohortFlags = FlagValues<typeof ldCohortFlags>;

const withoutTraits = (flags: LdCohortFlags): CohortFlags => ({
  ...flags,
  pheno: undefined,
  phenoName: undefined,
  covar: undefined,
  covarName: undefined,
  allowSmallOverlap: false,
});

/** Opens the file set and chooses samples and variants; no genotype is read yet. */
export async function openLdCohort(flags: LdCohortFlags, context: CommandContext): Promise<OpenCohort> {
  const open = await openCohort(withoutTraits(flags), context);
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
  context: CommandContext,
): Promise<Cohort> {
  const cohort = await countCohort(open, withoutTraits(flags), context);
  if (cohort.people.count >= 3) return cohort;
  throw new HeredityError('degenerate-data', 'LD needs more people', {
    file: open.fileset.paths.fam,
    value: cohort.people.count,
    expected: 'at least 3, better hundreds',
  });
}
