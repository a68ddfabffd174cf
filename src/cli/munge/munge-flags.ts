import { HeredityError } from '../../errors.js';
import type { Meaning } from '../../formats/gwas/column-names.js';
import { runFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  files,
  fraction,
  list,
  number,
  path,
  string,
} from '../../options/flags.js';
import { partFlags } from '../../options/part-flags.js';

const FILES = { heading: 'Input' } as const;
const COLUMNS = { heading: 'Columns, where their names do not tell', placeholder: 'column' } as const;
const SIZE = { heading: 'Sample size' } as const;
const RULES = { heading: 'Rules' } as const;

export const mungeFlags = defineFlags({
  sumstats: path(
    'results of one GWAS: text (tabs, spaces or commas), GWAS-VCF or Parquet; text also as gzip',
    FILES,
  ),
  files: files(
    'results of several GWAS, each with outputs of its own; may stand without --files, as in gwas/*.txt.gz. All other flags hold for each of them',
    FILES,
  ),
  mergeAlleles: path(
    'list of variants (SNP A1 A2, such as w_hm3.snplist): only these are kept, in this order, where the alleles agree',
    FILES,
  ),
  positions: path(
    'variants with IDs and positions, by which chr:pos becomes an ID: a .bim, .pvar or LD score file, a prefix with @ for the chromosome, or the name of a reference set',
    FILES,
  ),
  ids: choice('the IDs that are written: those of the reference, or its chr:pos', ['reference', 'position'], {
    ...FILES,
    default: 'reference',
    goesWith: ['positions'],
  }),
  build: string(
    'genome build of the positions in --sumstats, such as GRCh37, to be checked against the reference',
    {
      ...FILES,
      placeholder: 'build',
      goesWith: ['positions'],
    },
  ),
  refFrq: path(
    'allele frequencies of a reference (.frq or .afreq, a prefix with @ for the chromosome, or the name of a set): a warning says where those of this study are of another ancestry',
    FILES,
  ),
  snp: string('column of the variant ID', COLUMNS),
  a1: string('column of the allele of the effect', COLUMNS),
  a2: string('column of the other allele', COLUMNS),
  ref: string('column of the reference allele', COLUMNS),
  alt: string('column of the alternative allele, which has the effect where no other column says', COLUMNS),
  p: string('column of the P value', COLUMNS),
  log10p: string('column of -log10 P', COLUMNS),
  pMantissa: string('column of the mantissa of the P value', COLUMNS),
  pExponent: string('column of the exponent of 10 of the P value', COLUMNS),
  signedSumstats: string(
    'column of the signed statistic and its value at no effect, such as BETA,0 or OR,1 or Z,0',
    { ...COLUMNS, placeholder: 'column,null' },
  ),
  beta: string('column of the effect', COLUMNS),
  or: string('column of the odds ratio', COLUMNS),
  logOr: string('column of the log odds ratio', COLUMNS),
  z: string('column of Z', COLUMNS),
  score: string('column of a score, of which the sign counts', COLUMNS),
  se: string(
    'column of the standard error: beside a named effect Z is their ratio, otherwise where there is no P value',
    COLUMNS,
  ),
  frq: string('column of the allele frequency', COLUMNS),
  info: string('column of the imputation quality', COLUMNS),
  infoList: list('columns of imputation quality, the mean of which counts', {
    heading: COLUMNS.heading,
    placeholder: 'columns',
  }),
  nstudy: string('column of the number of studies', COLUMNS),
  sampleSizeColumn: string('column of the sample size', COLUMNS),
  caseCountColumn: string('column of the number of cases', COLUMNS),
  controlCountColumn: string('column of the number of controls', COLUMNS),
  neffCol: string('column of the effective sample size', COLUMNS),
  neffHalfCol: string('column of half the effective sample size', COLUMNS),
  testCol: string('column of the kind of test, of which ADD is read', COLUMNS),
  trait: string(
    'trait or population whose columns are read, where names have it before or after: BETA.<trait>',
    {
      heading: COLUMNS.heading,
      placeholder: 'name',
    },
  ),
  ignore: list('columns that are not to be read', { heading: COLUMNS.heading, placeholder: 'columns' }),
  givenSampleSize: number('sample size of every variant; has priority over a column', { ...SIZE, min: 1 }),
  caseCount: number('number of cases, of every variant', { ...SIZE, min: 1 }),
  controlCount: number('number of controls, of every variant', { ...SIZE, min: 1 }),
  neff: boolean(
    'use the effective sample size, 4 / (1 / cases + 1 / controls), or its own column where there is one',
    SIZE,
  ),
  daner: boolean('take cases and controls from the column names FRQ_A_<cases> and FRQ_U_<controls>', SIZE),
  danerN: boolean('take cases and controls from the columns Nca and Nco', SIZE),
  infoMin: number('leave out variants with a smaller imputation quality', { ...RULES, min: 0, default: 0.9 }),
  mafMin: fraction('leave out variants with a minor allele frequency up to this', {
    ...RULES,
    max: 0.5,
    default: 0.01,
  }),
  nMin: number('leave out variants with a smaller sample size', {
    ...RULES,
    min: 0,
    defaultText: '90th percentile / 1.5',
  }),
  nstudyMin: number('leave out variants of fewer studies', { ...RULES, min: 0, defaultText: 'the largest' }),
  a1Inc: boolean('A1 is always the allele that increases the trait: Z is positive', RULES),
  uncheckedMedian: boolean(
    'go on where the median of the signed statistic is not near its value at no effect',
    RULES,
  ),
  withoutAlleles: boolean('go on without alleles: for heritability only, not for genetic correlation', RULES),
  keepMaf: boolean('write the allele frequency too', RULES),
  out: runFlags.out,
  quiet: runFlags.quiet,
  plan: runFlags.plan,
  planJson: runFlags.planJson,
  ...partFlags,
});

/** Of one file. */
export type MungeFlags = Omit<FlagValues<typeof mungeFlags>, 'sumstats' | 'files'> & {
  readonly sumstats: string;
};

/** Columns that the flags name. */
export function namedColumns(flags: Omit<MungeFlags, 'sumstats'>): Partial<Record<Meaning, string>> {
  const named: Record<Meaning, string | undefined> = {
    snp: flags.snp,
    effectAllele: flags.a1,
    otherAllele: flags.a2,
    reference: flags.ref,
    alternative: flags.alt,
    test: flags.testCol,
    p: flags.p,
    negLog10P: flags.log10p,
    pMantissa: flags.pMantissa,
    pExponent: flags.pExponent,
    z: flags.z,
    beta: flags.beta,
    logOdds: flags.logOr,
    oddsRatio: flags.or,
    score: flags.score,
    signed: signedColumn(flags)?.name,
    se: flags.se,
    frequency: flags.frq,
    info: flags.info,
    nStudies: flags.nstudy,
    n: flags.sampleSizeColumn,
    nCases: flags.caseCountColumn ?? (flags.danerN ? 'Nca' : undefined),
    nControls: flags.controlCountColumn ?? (flags.danerN ? 'Nco' : undefined),
    nEffective: flags.neffCol,
    nEffectiveHalf: flags.neffHalfCol,
  };
  return Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined)) as Partial<
    Record<Meaning, string>
  >;
}

/** The two parts of --signed-sumstats. */
export function signedColumn({
  signedSumstats: text,
}: Omit<MungeFlags, 'sumstats'>): { name: string; nullValue: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(.+),\s*([+-]?[\d.]+)$/.exec(text);
  const nullValue = Number(match?.[2]);
  if (match && Number.isFinite(nullValue)) return { name: match[1].trim(), nullValue };
  throw new HeredityError(
    'usage',
    `--signed-sumstats: expected a column and its value at no effect, found ${JSON.stringify(text)}`,
    { fix: `such as --signed-sumstats ${text.split(',')[0]},0, or ,1 for an odds ratio` },
  );
}

/** @throws HeredityError `usage` for flags that do not go together. */
export function checkFlags(flags: Omit<MungeFlags, 'sumstats'>): void {
  const refuse = (problem: string, fix: string) => {
    throw new HeredityError('usage', problem, { fix });
  };
  if ((flags.caseCount === undefined) !== (flags.controlCount === undefined))
    refuse('--N-cas and --N-con go together', 'give both, or --N');
  if (flags.givenSampleSize !== undefined && flags.caseCount !== undefined)
    refuse('--N and --N-cas are both given', 'give one of them');
  if (flags.daner && flags.danerN) refuse('--daner and --daner-n are both given', 'give one of them');
  if (flags.withoutAlleles && flags.mergeAlleles !== undefined)
    refuse('--no-alleles leaves nothing for --merge-alleles to compare', 'give one of them');
  const signed = [flags.signedSumstats, flags.beta, flags.or, flags.logOr, flags.z, flags.score];
  if (signed.filter((name) => name !== undefined).length > 1)
    refuse(
      'several signed statistics are named',
      'give one of --signed-sumstats, --beta, --or, --log-or, --z, --score',
    );
  const sizes = [flags.p, flags.log10p, flags.pMantissa];
  if (sizes.filter((name) => name !== undefined).length > 1)
    refuse('several P values are named', 'give one of --p, --log10p, --p-mantissa with --p-exponent');
  if ((flags.pMantissa === undefined) !== (flags.pExponent === undefined))
    refuse('--p-mantissa and --p-exponent go together', 'give both');
  if (flags.info !== undefined && flags.infoList !== undefined)
    refuse('--info and --info-list are both given', 'give one of them');
}
