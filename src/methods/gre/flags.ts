import { cohortFlags } from '../../cohort/cohort.js';
import { caseShareFlags, genotypeFlags, resultFlags } from '../../options/common-flags.js';
import { boolean, defineFlags, type FlagValues, list, path, string } from '../../options/flags.js';
import { greOptions } from './options.js';

const METHOD = { heading: 'Method' } as const;

const SUMMARY = { heading: 'From summary statistics' } as const;

export const greFlags = defineFlags({
  ...cohortFlags,
  report: resultFlags.report,
  bfile: genotypeFlags.bfile,
  pheno: path('phenotype table: FID IID and one column a trait; missing is NA or -9', { heading: 'Input' }),
  blocks: string(
    'blocks of variants: auto (chromosomes, cut where LD is weakest if that lowers the predicted error), ld or ld:K (cut so in any case, into about K), chromosome, genome, count:K, or a file (chr start end [name], or ID block)',
    {
      ...METHOD,
      default: 'auto',
      placeholder: 'blocks',
    },
  ),
  ...greOptions,
  crossBlock: boolean(
    'take what blocks share out of the estimate by random genetic values of each block; blocks cut inside chromosomes are corrected anyway',
    METHOD,
  ),
  rg: boolean(
    'genetic covariance and correlation of all pairs of traits, each among the people who have both',
    METHOD,
  ),
  referenceCompatible: boolean(
    'conventions of the published implementation: b = t/sqrt(N), n = N, LD without covariates',
    METHOD,
  ),
  ...caseShareFlags,
  sumstats: list('LDSC summary statistics of one or more traits, instead of --bfile and --pheno', {
    ...SUMMARY,
    placeholder: 'files',
  }),
  ldFactor: path('folder of "heredity ld-factor" made from the very people of the association', {
    ...SUMMARY,
    placeholder: 'folder',
  }),
});

export type GreFlags = FlagValues<typeof greFlags>;
