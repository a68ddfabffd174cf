import { HeredityError } from '../errors.js';
import { readCovariates } from '../formats/covariate.js';
import { maskIndices } from '../genotypes/sample-mask.js';
import type { RecordedRun } from '../run.js';
import type { Cohort } from './cohort.js';
import { matchRows } from './match-rows.js';

/**
 * A numeric column of a table of people: one value each of the people of the run, of mean 0 and variance 1.
 * @param choice of the column; the first by default. @param purpose of it in a message, such as `stratifies`.
 * @throws HeredityError `bad-input` for a column of words; `mismatch` for a person without a value; `degenerate-data` where all have the same.
 */
export async function columnOfPeople(
  file: string,
  choice: {
    readonly name?: string | undefined;
    readonly allowSmallOverlap: boolean;
    readonly purpose: string;
  },
  { fileset, people }: Pick<Cohort, 'fileset' | 'people'>,
  { provenance }: Pick<RecordedRun, 'provenance'>,
): Promise<Float64Array> {
  provenance.input(file);
  const table = await readCovariates(file, choice.name ? { names: [choice.name] } : {});
  const [column] = table.columns;
  if (column?.kind !== 'numeric')
    throw new HeredityError('bad-input', `the column that ${choice.purpose} is not numeric`, { file });
  const rows = matchRows(fileset.samples, table, file, choice.allowSmallOverlap);
  const values = Float64Array.from(maskIndices(people), (i) => {
    const value = column.values[rows[i]];
    if (value !== undefined && !Number.isNaN(value)) return value;
    throw new HeredityError(
      'mismatch',
      `sample ${fileset.samples.individualId[i]} has no value of ${column.name}`,
      {
        file,
        fix: 'leave the sample out with --remove, or add it to the table',
      },
    );
  });
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  if (!(variance > 0))
    throw new HeredityError('degenerate-data', `${column.name} does not vary between people`, { file });
  return values.map((x) => (x - mean) / Math.sqrt(variance));
}
