import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import type { SampleTable } from '../formats/fam.js';
import { idsOf } from '../formats/sample-ids.js';
import type { SampleValues } from '../formats/sample-table.js';
import { createMask, maskHas, type SampleMask } from '../genotypes/sample-mask.js';
import type { RecordedRun } from '../run.js';
import type { SampleFlags } from './samples.js';

/** Fewer matches than this share of the smaller side mean that something is wrong with the IDs. */
export const SUSPICIOUS_OVERLAP = 0.1;
/** A step that leaves fewer people than this, and a tenth of those before it, was hardly meant. */
export const FEW_PEOPLE = 20;
/** A step that leaves less than this share of the people is worth a warning. */
const NOTEWORTHY_LOSS = 0.5;

/**
 * Row of a table for each sample of the .fam file, -1 where it has none.
 * @param among the samples that are left before this table. @default all
 * @throws HeredityError `mismatch` where the two hardly share anybody.
 */
export function matchRows(
  fam: SampleTable,
  table: SampleValues<unknown>,
  file: string,
  allowSmallOverlap: boolean,
  among: SampleMask = createMask(fam.count, () => true),
): Int32Array {
  const byFamily = table.hasFamilies && !fam.withoutFamilies;
  const samples = idsOf(fam);
  const repeated = byFamily ? -1 : table.ids.repeatedIndividual;
  if (repeated >= 0)
    throw new HeredityError('mismatch', `two rows have the individual ID ${table.ids.individual(repeated)}`, {
      file,
      expected: 'individual IDs that tell samples apart, as the genotypes have no family IDs',
    });
  const matched = samples.indicesIn(table.ids, byFamily);
  const isTaken = new Uint8Array(table.count);
  let overlap = 0;
  for (const [i, row] of matched.entries()) {
    if (row < 0) continue;
    if (isTaken[row] === 1)
      throw new HeredityError(
        'mismatch',
        `two samples of the .fam file have the individual ID ${samples.individual(i)}`,
        {
          file,
          expected: 'individual IDs that tell samples apart, as the table has no family IDs',
          fix: 'add an FID column to the table',
        },
      );
    isTaken[row] = 1;
    if (maskHas(among, i)) overlap++;
  }
  const smaller = Math.min(among.count, table.count);
  if (overlap >= SUSPICIOUS_OVERLAP * smaller && overlap > 0) return matched;
  if (overlap > 0 && allowSmallOverlap) return matched;
  throw new HeredityError(
    'mismatch',
    `${overlap} of the table's ${table.count} samples are among the ${among.count} ${among.count === fam.count ? 'of the .fam file' : 'that are left of the .fam file'}${likelyCause(fam, table)}`,
    {
      file,
      expected: 'the family and individual IDs of the .fam file',
      ...(overlap > 0 && { fix: 'if this is meant, pass --allow-small-overlap' }),
    },
  );
}

function likelyCause(fam: SampleTable, { familyId, individualId }: SampleValues<unknown>): string {
  const individuals = new Set(fam.individualId);
  const families = new Set(fam.familyId);
  const share = (ids: readonly string[] | undefined, set: Set<string>) =>
    (ids ?? []).filter((id) => set.has(id)).length / Math.max(1, ids?.length ?? 1);
  if (familyId && share(individualId, individuals) > 0.5)
    return '; the individual IDs agree and the family IDs do not: leave the FID column out to match by IID alone';
  if (familyId && share(familyId, individuals) > 0.5)
    return '; its first column holds individual IDs: swap the ID columns';
  if (!familyId && share(individualId, families) > 0.5) return '; its IDs are family IDs of the .fam file';
  return '';
}

/** A table of samples and what a person needs of it. */
interface TableStep {
  readonly flag: string;
  readonly what: string;
  readonly file: string;
  readonly rows: number;
}

/**
 * Says where a table leaves few of the people.
 * @throws HeredityError `degenerate-data` where it leaves nobody; `mismatch` where it leaves hardly anybody, unless that is meant.
 */
export function sayLoss(
  { flag, what, file, rows }: TableStep,
  before: number,
  left: number,
  { allowSmallOverlap }: Pick<SampleFlags, 'allowSmallOverlap'>,
  log: RecordedRun['log'],
): void {
  const sentence = `${flag} leaves ${formatCount(left)} of ${formatCount(before)} people: the others have not ${what} in its ${formatCount(rows)} rows`;
  if (left === 0)
    throw new HeredityError('degenerate-data', sentence, {
      file,
      fix: 'look for missing values in the table',
    });
  if (left < SUSPICIOUS_OVERLAP * before && left < FEW_PEOPLE && !allowSmallOverlap)
    throw new HeredityError('mismatch', sentence, {
      file,
      fix: 'look for missing values and for the IDs of others; if this is meant, pass --allow-small-overlap',
    });
  if (left < NOTEWORTHY_LOSS * before) log.warn(`${sentence} (${file})`);
}
