import { formatCount } from '../estimate/number.js';
import type { Genotypes } from '../formats/genotypes.js';
import { packedStride } from '../kernels/kernels.js';
import { ratesOf, secondsOf } from '../kernels/rates.js';
import { DOSAGE_ROWS } from '../kernels/variant-rows.js';
import { type Plan, type PlanStep, timed, type WorkStep } from '../plan.js';
import { readingTablesBytes } from './budget.js';
import type { OpenCohort } from './cohort.js';

/** Seconds in which a program and its threads start, and in which it draws pictures and writes its record. */
const START_AND_END = 0.9;

/**
 * The steps of a run on a cohort with their times, after what each begins with. The machine's kernels are timed for a moment.
 * @param steps the genotypes are counted into memory of their own where one of them holds some. @param counting passes that count genotypes or filter them.
 */
export function timedSteps(
  { fileset, people, variants, traits, covariates, pool, held }: OpenCohort,
  steps: readonly WorkStep[],
  counting: number,
): PlanStep[] {
  const rates = ratesOf(pool.kernels);
  const tables = 1 + Number(traits.length > 0) + Number(covariates.length > 0);
  const rows = tables * fileset.samples.count + fileset.variants.count;
  const packed = rowsOf(fileset) * packedStride(people.count) * variants.length;
  const bytes = counting * packed;
  const isHeld = steps.some(({ memory: { genotypes = 0 } }) => genotypes > 0);
  const work = { rows, ...(isHeld ? { bytes } : { streamed: bytes }) };
  const table = readingTablesBytes({ fileset, traits, covariates }, held);
  const first = {
    name: 'reading and counting',
    variants: variants.length,
    memory: table > 0 ? { table } : {},
    seconds: START_AND_END + secondsOf(work, rates, pool.threads),
  };
  return [first, ...timed(steps, rates, pool.threads)];
}

/** What a plan says beside the sizes of the cohort. */
export interface CohortWork {
  /** Passes over the genotypes, counting them included. */
  readonly passes: number;
  /** Passes that count or filter them. @default 1 */
  readonly counting?: number;
  /** What comes after counting. */
  readonly steps?: readonly WorkStep[];
  /** More of what the run is of. */
  readonly about?: readonly string[];
}

/** The plan of a run on a cohort of which no genotype has been read. */
export function cohortPlan(
  open: OpenCohort,
  { passes, counting = 1, steps = [], about = [] }: CohortWork,
): Plan {
  const { people, variants, traits, fileset, held } = open;
  const ofTraits =
    traits.length === 0 ? '' : `, ${traits.length} ${traits.length === 1 ? 'trait' : 'traits'}`;
  return {
    about: [
      `${formatCount(people.count)} people, ${formatCount(variants.length)} variants before filters on genotypes${ofTraits}`,
      ...about,
    ],
    reading: readingOf(fileset, passes, variants.length),
    held,
    steps: timedSteps(open, steps, counting),
  };
}

/** Packed rows of a variant that a run multiplies: 1 of hard calls, DOSAGE_ROWS of dosages. */
export const rowsOf = ({ dosages }: Pick<Genotypes, 'dosages'>): number => (dosages ? DOSAGE_ROWS : 1);

/** What some passes read; with dosages one more, over hard calls, to count them. */
export function readingOf(
  fileset: Pick<Genotypes, 'dosages' | 'samples' | 'paths'>,
  passes: number,
  variants: number,
): NonNullable<Plan['reading']> {
  const row = (fileset.samples.count * variants) / 4;
  const files = fileset.paths;
  if (!fileset.dosages) return { passes, bytes: passes * row, files };
  return { passes: passes + 1, bytes: (1 + rowsOf(fileset) * passes) * row, files };
}
