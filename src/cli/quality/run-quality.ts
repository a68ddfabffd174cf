import { cohortPlan } from '../../cohort/cohort-plan.js';
import {
  type CountedCohort,
  countForQuality,
  openForCounts,
  type QualityFlags,
} from '../../cohort/quality.js';
import { filtersGenotypes } from '../../cohort/variants.js';
import type { Plan } from '../../plan.js';
import type { GenotypeCounts } from '../../quality/counts.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';

/** What a command makes of the counts. */
export interface QualityResult {
  readonly files: readonly string[];
  /** What the table says, in words. */
  readonly text: string;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** The step of commands that write a row a person, and its bytes of one while the table is made. */
const TABLE = 'table of people';
const PERSON_ROW = 220;

/** What {@link runQuality} would read. */
export async function planQuality(
  values: QualityFlags,
  { persons }: { readonly persons: boolean },
  run: RecordedRun,
): Promise<Plan> {
  const open = await openForCounts(values, run, true);
  try {
    const rows = open.people.count;
    const table = { name: TABLE, memory: { genotypes: 0, table: PERSON_ROW * rows }, work: { rows } };
    return cohortPlan(open, {
      passes: filtersGenotypes(values) ? 2 : 1,
      ...(persons && { steps: [table] }),
    });
  } finally {
    await open.close();
  }
}

/** Opens, counts, lets the command write its tables, and writes the record beside them. */
export async function runQuality(
  name: string,
  values: QualityFlags,
  context: RecordedRun,
  needs: { readonly persons: boolean; readonly bySex: boolean },
  write: (cohort: CountedCohort, counts: GenotypeCounts) => Promise<QualityResult>,
): Promise<void> {
  const open = await openForCounts(values, context, true);
  try {
    if (needs.persons) open.requireMemory(TABLE, PERSON_ROW * open.people.count);
    const { cohort, counts } = await countForQuality(open, values, needs, context);
    const { files, text, summary } = await write(cohort, counts);
    await writeDocument(context, {
      out: values.out,
      name,
      schema: 'heredity/quality@1',
      fields: {
        command: name,
        files,
        people: cohort.people.count,
        founders: counts.founderCount,
        variants: cohort.variants.length,
        summary,
      },
      said: text,
      written: files,
    });
  } finally {
    await open.close();
  }
}

/** The files that every command of these writes beside its tables. */
export const recordFiles = (name: string) => [
  { file: `<out>.${name}.json`, what: 'summary, losses, provenance (schema in docs/schemas)' },
  { file: `<out>.${name}.log`, what: 'what was printed' },
];
