import { formatCount } from '../estimate/number.js';
import type { Genotypes } from '../formats/genotypes.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
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
  { people, variants, traits, fileset, held }: OpenCohort,
  { passes, steps = [], about = [] }: CohortWork,
): Plan {
  const ofTraits =
    traits.length === 0 ? '' : `, ${traits.length} ${traits.length === 1 ? 'trait' : 'traits'}`;
  return {
    about: [
      `${formatCount(people.count)} people, ${formatCount(variants.length)} variants before filters on genotypes${ofTraits}`,
      ...about,
    ],
    reading: readingOf(fileset, passes, variants.length),
    held,
    steps,
  };
}

/** Packed rows of a variant that a run multiplies: 1 of hard calls, DOSAGE_ROWS of dosages. */
export const rowsOf = ({ dosages }: Pick<Genotypes, 'dosages'>): number => (dosages ? DOSAGE_ROWS : 1);

/** What some passes read; with dosages one more, over hard calls, to count them. */
export function readingOf(
  fileset: Pick<Genotypes, 'dosages' | 'samples'>,
  passes: number,
  variants: number,
): NonNullable<Plan['reading']> {
  const row = (fileset.samples.count * variants) / 4;
  if (!fileset.dosages) return { passes, bytes: passes * row };
  return { passes: passes + 1, bytes: (1 + rowsOf(fileset) * passes) * row };
}
