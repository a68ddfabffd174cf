import type { GenotypeOperator } from '../genotypes/operator.js';
import { boolean } from '../options/flags.js';
import type { ToldRun } from './counted-variants.js';

/** The flag of every method that can tell dominance from additive variance. */
export const dominanceFlag = {
  dominance: boolean(
    'variance of dominance beside the heritability, which stays additive: what heterozygotes differ by from the mean of both homozygotes',
    { heading: 'Method' },
  ),
};

/** What such variants mean for dominance that is coded by expected frequencies, as GCTA codes it. */
export const ADDITIVE_DOMINANCE =
  'what they are coded as for dominance is additive there, which a little of the dominance may be';

/** What they mean for dominance that is orthogonal to the alleles in the sample. */
export const NO_DOMINANCE = 'they say nothing of dominance';

/** Says how many variants cannot show dominance, as not all three genotypes are seen. */
export function tellDominance(
  { statistics, count }: Pick<GenotypeOperator, 'statistics' | 'count'>,
  what: string,
  { log }: Pick<ToldRun, 'log'>,
): void {
  let few = 0;
  for (let v = 0; v < count; v++) if (statistics.isConstant(v)) few++;
  if (few > 0)
    log.info(
      `${few} of ${count} variants lack one of the three genotypes in these people: ${what} (--maf leaves rare variants out)`,
    );
}
