import { type CohortFlags, WITHOUT_TABLES } from '../cohort.js';
import { genotypeFlags, runFlags } from '../common-flags.js';
import { type FlagValues, required } from '../flags.js';

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
