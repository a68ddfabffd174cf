import { cohortFlags } from '../../cohort/cohort.js';
import { caseShareFlags, genotypeFlags, resultFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, path, paths } from '../../options/flags.js';
import { blocksFlag, greOnlyOptions } from './options.js';

const METHOD = { heading: 'Method' } as const;

const SUMMARY = { heading: 'From summary statistics' } as const;

export const greFlags = defineFlags({
  ...cohortFlags,
  report: resultFlags.report,
  bfile: genotypeFlags.bfile,
  pheno: path('phenotype table: FID IID and one column a trait; missing is NA or -9', { heading: 'Input' }),
  blocks: blocksFlag,
  ...greOnlyOptions,
  crossBlock: boolean(
    'take what blocks share out of the estimate by random genetic values of each block; blocks cut inside chromosomes are corrected anyway',
    METHOD,
  ),
  ...caseShareFlags,
  sumstats: paths('LDSC summary statistics of one or more traits, instead of --bfile and --pheno', SUMMARY),
  ldFactor: path('folder of "heredity ld-factor" made from the very people of the association', {
    ...SUMMARY,
    placeholder: 'folder',
  }),
});

export type GreFlags = FlagValues<typeof greFlags>;
