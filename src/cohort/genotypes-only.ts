import { HeredityError } from '../errors.js';
import { autosomesAmong, chromosomeCode, copiesOf } from '../formats/chromosome.js';
import { genotypeFlags, runFlags } from '../options/common-flags.js';
import { type FlagValues, requiredOrInstead } from '../options/flags.js';
import { type CohortFlags, type OpenCohort, WITHOUT_TABLES } from './cohort.js';

/** The flags of commands that take genotypes and no traits. */
export const genotypesOnlyFlags = {
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  ...runFlags,
};

/** The same values for a cohort, which has no tables of traits and covariates. */
export function withoutTables(values: FlagValues<typeof genotypesOnlyFlags>): CohortFlags {
  return { ...values, ...WITHOUT_TABLES };
}

/**
 * For what has no meaning where people have one copy.
 * @param what such as `pruning`.
 * @throws HeredityError `usage` where --chr names X, Y or MT.
 */
export function requireTwoCopies(
  what: string,
  { fileset, variants }: Pick<OpenCohort, 'fileset' | 'variants'>,
  autosomeNum?: number,
): void {
  const { chromosome } = fileset.variants;
  const autosomes = autosomeNum ?? autosomesAmong(new Set(chromosome));
  const other = variants.find((v) => copiesOf(chromosomeCode(chromosome[v], autosomes)) !== 'two');
  if (other === undefined) return;
  throw new HeredityError(
    'usage',
    `${what} is for chromosomes of two copies, and not for ${chromosome[other]}`,
    { fix: 'leave X, Y and MT out of --chr' },
  );
}
