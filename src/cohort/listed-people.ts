import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { LossTable } from '../provenance.js';
import type { RecordedRun } from '../run.js';
import { type Cohort, type CohortFlags, countCohort, type OpenCohort } from './cohort.js';
import { keepPeople, leaveOutFailing } from './samples.js';

/** A cohort whose genotypes are of more people than have traits. */
export interface ListedCohort extends Cohort {
  /** Positions among the people of the genotypes of those with traits and covariates, which are over these. */
  readonly within: Int32Array;
}

/**
 * Counts genotypes over all samples left by --keep and --remove, people without a trait too, as in GCTA's two steps: frequencies
 * and relationships are those of all; traits are of those who have some.
 * @throws HeredityError as {@link countCohort}.
 */
export async function countListed(
  open: OpenCohort,
  flags: CohortFlags,
  run: RecordedRun,
): Promise<ListedCohort> {
  const all = { ...open, people: open.listed, traits: [], covariates: [] };
  const cohort = await countCohort(
    { ...all, sampleLosses: new LossTable(open.fileset.samples.count) },
    flags,
    run,
  );
  const people = both(open.people, cohort.people);
  for (const { step, why, people: left } of cohort.exclusions)
    open.sampleLosses.step(step, both(open.people, left).count, why);
  const kept = positionsOf(people, open.people);
  const covariates = keepPeople(open.covariates, kept);
  const traits = leaveOutFailing(keepPeople(open.traits, kept), covariates, people.count, run);
  return { ...cohort, traits, covariates, within: positionsOf(people, cohort.people) };
}

const both = (a: SampleMask, b: SampleMask): SampleMask =>
  createMask(a.samples, (i) => maskHas(a, i) && maskHas(b, i));

/** Positions of the samples of one set among those of a larger one. */
function positionsOf(some: SampleMask, all: SampleMask): Int32Array {
  const positions: number[] = [];
  for (const [k, i] of maskIndices(all).entries()) if (maskHas(some, i)) positions.push(k);
  return Int32Array.from(positions);
}
