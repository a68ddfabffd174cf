import { HeredityError } from '../../errors.js';
import type { WindowReach } from '../../ld/windows.js';
import type { CohortFlags } from '../cohort.js';
import { genotypeFlags, runFlags } from '../common-flags.js';
import { defineFlags, type FlagValues, integer, number, required } from '../flags.js';

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

/** LDAK's flags for windows; one of them at most. */
export const windowFlags = defineFlags({
  windowKb: number('kilobases to each side within which variants count as neighbours', {
    heading: 'Method',
    min: 0,
  }),
  windowCm: number('the same in centimorgans of the .bim file', { heading: 'Method', min: 0 }),
  windowSnps: integer('the same in variants, for maps without positions', { heading: 'Method', min: 0 }),
});

/** @throws HeredityError `usage` where more than one is given. */
export function windowReach(
  { windowKb, windowCm, windowSnps }: FlagValues<typeof windowFlags>,
  defaultKb: number,
): WindowReach {
  if ([windowKb, windowCm, windowSnps].filter((value) => value !== undefined).length > 1) {
    throw new HeredityError('usage', '--window-kb, --window-cm and --window-snps exclude each other', {
      fix: 'give one of them',
    });
  }
  if (windowCm !== undefined) return { unit: 'cm', reach: windowCm };
  if (windowSnps !== undefined) return { unit: 'snps', reach: windowSnps };
  return { unit: 'kb', reach: windowKb ?? defaultKb };
}
