import type { SumstatsValues } from '../../formats/sumstats.js';
import type { Log } from '../../run.js';
import { FrequencyCheck } from '../../sumstats/frequency-check.js';
import type { Merged } from './merge.js';
import type { ReferenceFrequencies } from './reference.js';

/** Warns where the allele frequencies of a trait, if its file has them, are not those of the people of the LD scores. */
export function checkAncestry(
  trait: string,
  { frequency }: SumstatsValues,
  { common }: Merged,
  reference: ReferenceFrequencies | undefined,
  log: Log,
): void {
  if (frequency === undefined) return;
  if (reference === undefined) {
    log.info(`${trait}: there are no allele frequencies beside the LD scores to compare FRQ with`);
    return;
  }
  const check = new FrequencyCheck();
  const { rows, referenceRows } = common;
  for (const [k, row] of rows.entries()) check.add(frequency[row], reference.values[referenceRows[k]]);
  for (const sentence of check.warnings(reference.called)) log.warn(`${trait}: ${sentence}`);
}
