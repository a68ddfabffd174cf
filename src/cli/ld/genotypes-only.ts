import { HeredityError } from '../../errors.js';
import type { WindowReach } from '../../ld/windows.js';
import type { CohortFlags } from '../cohort.js';
import { genotypeFlags, runFlags } from '../common-flags.js';
import { defineFlags, type FlagValues, number, required } from '../flags.js';

/** The flags of commands that take genotypes and no traits. */
export const genotypesOnlyFlags = {
  ...genotypeFlags,
  bfile: required(genotypeFlags.bfile),
  ...runFlags,
};

/** The same values for a cohort, which has no tables of traits and covariates. */
export function withoutTables(values: FlagValues<typeof genotypesOnlyFlags>): CohortFlags {
  const none = { pheno: undefined, phenoName: undefined, covar: undefined, covarName: undefined };
  return { ...values, ...none, allowSmallOverlap: false };
}

/** LDAK's flags for windows. */
export const windowFlags = defineFlags({
  windowKb: number('kilobases to each side within which variants count as neighbours', {
    heading: 'Method',
    min: 0,
  }),
  windowCm: number('the same in centimorgans of the .bim file', { heading: 'Method', min: 0 }),
});

/** @throws HeredityError `usage` where both are given. */
export function windowReach(
  { windowKb, windowCm }: FlagValues<typeof windowFlags>,
  defaultKb: number,
): WindowReach {
  if (windowKb !== undefined && windowCm !== undefined) {
    throw new HeredityError('usage', '--window-kb and --window-cm cannot be given together', {
      fix: 'leave one of them out',
    });
  }
  return windowCm === undefined
    ? { unit: 'kb', reach: windowKb ?? defaultKb }
    : { unit: 'cm', reach: windowCm };
}
