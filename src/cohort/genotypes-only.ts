import { genotypeFlags, runFlags } from '../options/common-flags.js';
import { type FlagValues, required } from '../options/flags.js';
import { type CohortFlags, WITHOUT_TABLES } from './cohort.js';

/** The flags of commands that take genotypes and no traits. */
export const genotypesOnlyFlags = {
  ...genotypeFlags,
  bfile: required(genotypeFlags.bfile),
  ...runFlags,
};

/** The same values for a cohort, which has no tables of traits and covariates. */
export function withoutTables(values: FlagValues<typeof genotypesOnlyFlags>): CohortFlags {
  return { ...values, ...WITHOUT_TABLES };
}
