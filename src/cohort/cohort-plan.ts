import { formatCount } from '../estimate/number.js';
import { DOSAGE_ROWS } from '../kernels/kernels.js';
import type { Plan, PlanStep } from '../plan.js';
import type { OpenCohort } from './cohort.js';

/** What a plan says beside the sizes of the cohort. */
export interface CohortWork {
  /** Passes over the genotypes, counting them included. */
  readonly passes: number;
  readonly steps?: readonly PlanStep[];
  /** More of what the run is of. */
  readonly about?: readonly string[];
}

/** The plan of a run on a cohort of which no genotype has been read. */
export function cohortPlan(
  { people, variants, traits, fileset }: OpenCohort,
  { passes, steps = [], about = [] }: CohortWork,
): Plan {
  const ofTraits =
    traits.length === 0 ? '' : `, ${traits.length} ${traits.length === 1 ? 'trait' : 'traits'}`;
  return {
    about: [
      `${formatCount(people.count)} people, ${formatCount(variants.length)} variants before filters on genotypes${ofTraits}`,
      ...about,
    ],
    // with dosages a pass more: one over hard calls, to count them
    reading: {
      passes: fileset.dosages ? passes + 1 : passes,
      bytes:
        ((fileset.dosages ? 1 + DOSAGE_ROWS * passes : passes) * fileset.samples.count * variants.length) / 4,
    },
    steps,
  };
}
