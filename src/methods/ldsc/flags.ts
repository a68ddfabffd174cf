import { HeredityError } from '../../errors.js';
import { SCORE_MODELS } from '../../estimators/ldsc/in-sample.js';
import { DEFAULT_BLOCKS } from '../../estimators/ldsc/score-regression.js';
import { caseShareFlags, genotypeFlags, phenotypeFlags, resultFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type FlagValues,
  flagName,
  integer,
  list,
  number,
  path,
  paths,
} from '../../options/flags.js';
import { windowFlagsWithDefault } from '../../options/window-flags.js';

/** Window to each side where none is given, as in the GRE paper. */
export const WINDOW_KB = 1000;

const TRAITS = { heading: 'What to estimate' } as const;
const SCORES = { heading: 'LD scores' } as const;
const ANNOTATIONS = { heading: 'Annotations' } as const;
const METHOD = { heading: 'Method' } as const;
const OUTPUT = { heading: 'Output' } as const;

/** How χ² is regressed in every model. */
const regressionOptions = defineFlags({
  nBlocks: integer('blocks of the jackknife', { ...METHOD, min: 2, max: 100_000, default: DEFAULT_BLOCKS }),
});

/** The same without annotations. */
const ldscOptions = defineFlags({
  twoStep: number('SNPs with χ² below it determine the intercept, then all SNPs the slope', {
    ...METHOD,
    min: 0,
    defaultText: '30 for h² with one LD score and a free intercept; above every χ² from genotypes',
  }),
  ...regressionOptions,
});

const interceptOptions = {
  interceptH2: list('fixes the intercept of h², once for all or one a trait', {
    ...METHOD,
    placeholder: 'numbers',
  }),
  fixedAtNull: boolean('fixes intercepts at 1, those of covariances at 0', METHOD),
  chisqMax: number('leaves out SNPs with χ² of this or more', {
    ...METHOD,
    min: 0,
    defaultText: 'none with one LD score; max(0.001 N, 80) with annotations',
  }),
};

const printDeleteVals = boolean('estimates without each block (.delete, .part_delete)', OUTPUT);
const printCov = boolean('covariance of the coefficients (.cov)', OUTPUT);

/** Options of the regression on LD scores of the people themselves. */
export const inSampleOptions = defineFlags({
  ...windowFlagsWithDefault(WINDOW_KB),
  ...ldscOptions,
  ...interceptOptions,
  chisqMax: { ...interceptOptions.chisqMax, defaultText: 'none' },
  printDeleteVals,
});

/** The same by annotation, which takes one step. */
export const inSampleAnnotationOptions = defineFlags({
  ...windowFlagsWithDefault(WINDOW_KB),
  ...regressionOptions,
  ...interceptOptions,
  chisqMax: { ...interceptOptions.chisqMax, defaultText: 'none' },
  printCov,
  printDeleteVals,
});

/** LDSC's own flags, and those of every run. */
const scoreFlags = defineFlags({
  h2: paths('heritability: one or more .sumstats files', TRAITS),
  rg: paths('genetic correlation: two or more .sumstats files, all pairs', TRAITS),
  h2Cts: paths('cell-type analysis: one or more .sumstats files', TRAITS),
  refLd: paths('LD scores to regress on: prefix of .l2.ldscore.gz; several are put side by side', {
    ...SCORES,
    placeholder: 'prefixes',
  }),
  refLdChr: paths('the same, one file a chromosome; @ stands for its number, else it is appended', {
    ...SCORES,
    placeholder: 'prefixes',
  }),
  wLd: path('LD scores for the weights', { ...SCORES, placeholder: 'prefix' }),
  wLdChr: path('the same, one file a chromosome', { ...SCORES, placeholder: 'prefix' }),
  countAllSnps: boolean('count all SNPs (.l2.M), not only those with MAF above 5 % (.l2.M_5_50)', SCORES),
  snpCounts: list('numbers of SNPs, one a column of LD scores, instead of the files', {
    ...SCORES,
    placeholder: 'numbers',
  }),
  skipPacked: boolean(
    'reads the text of LD scores, and not the packed form that an earlier run kept of it',
    SCORES,
  ),
  allowSmallOverlap: boolean('go on where two files share fewer than one SNP or sample in ten', METHOD),
  overlapAnnot: boolean(
    'categories that share SNPs: needs the .annot files beside the LD scores',
    ANNOTATIONS,
  ),
  frqfile: path('allele frequencies (.frq, .afreq): only common SNPs count in the overlap', {
    ...ANNOTATIONS,
    placeholder: 'prefix',
    goesWith: ['overlapAnnot'],
  }),
  frqfileChr: path('the same, one file a chromosome', {
    ...ANNOTATIONS,
    placeholder: 'prefix',
    goesWith: ['overlapAnnot'],
  }),
  printCoefficients: boolean('coefficients in .results and in the log', ANNOTATIONS),
  quantiles: integer('quantiles of each continuous annotation to report heritability for', {
    ...ANNOTATIONS,
    min: 2,
    max: 100,
    goesWith: ['overlapAnnot'],
  }),
  refLdChrCts: path('cell types, a line each: name and prefix of its LD scores', {
    ...ANNOTATIONS,
    placeholder: 'file',
  }),
  printAllCts: boolean('every column of a cell type in the results, not only its first', ANNOTATIONS),
  interceptGencov: list(
    'fixes the intercept of the covariance with each trait of --rg (the first is not used)',
    {
      ...METHOD,
      placeholder: 'numbers',
    },
  ),
  ...interceptOptions,
  ...ldscOptions,
  ...caseShareFlags,
  uncheckedAlleles: boolean(
    '--rg takes alleles as they are, without comparing those of the two files',
    METHOD,
  ),
  invertAnyway: boolean('go on where LD scores hardly tell annotations apart', METHOD),
  printCov,
  printDeleteVals,
});

/** Flags that mean something only with genotypes. */
const individualFlags = defineFlags({
  ...genotypeFlags,
  ...phenotypeFlags,
  model: choice(
    'how heritability depends on the SNP: evenly, by ten bins of allele frequency, or by these and the level of LD in them',
    SCORE_MODELS,
    { heading: 'From genotypes', default: 'ldsc' },
  ),
  ...windowFlagsWithDefault(WINDOW_KB),
});

export const ldscFlags = defineFlags({ ...individualFlags, ...scoreFlags, ...resultFlags });

/** Flags of every way of using LDSC: how χ² is regressed, and the run. */
const REGRESSION = [
  ...(['nBlocks', 'interceptH2', 'fixedAtNull', 'chisqMax', 'prevalence', 'ascertainment'] as const),
  'allowSmallOverlap',
  ...(Object.keys(resultFlags) as (keyof typeof resultFlags)[]),
] as const;

const FROM_FILES = [
  ...REGRESSION,
  ...(['refLd', 'refLdChr', 'wLd', 'wLdChr', 'countAllSnps', 'snpCounts', 'skipPacked'] as const),
] as const;

const FROM_GENOTYPES = [
  ...REGRESSION,
  ...(Object.keys(individualFlags) as (keyof typeof individualFlags)[]),
  'printDeleteVals',
] as const;

/** What means something in each way of using LDSC. */
export const LDSC_USES = {
  h2: [
    ...FROM_FILES,
    ...(['h2', 'twoStep', 'overlapAnnot', 'frqfile', 'frqfileChr', 'quantiles'] as const),
    ...(['printCoefficients', 'invertAnyway', 'printCov', 'printDeleteVals'] as const),
  ],
  rg: [...FROM_FILES, 'rg', 'twoStep', 'interceptGencov', 'uncheckedAlleles'],
  h2Cts: [...FROM_FILES, 'h2Cts', 'refLdChrCts', 'printAllCts', 'invertAnyway'],
  genotypes: [...FROM_GENOTYPES, 'twoStep'],
  genotypesByAnnotation: [...FROM_GENOTYPES, 'printCov'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof ldscFlags)[]>>;

export type LdscFlags = FlagValues<typeof ldscFlags>;

/**
 * Intercepts of h², undefined where they are free.
 * @throws HeredityError `usage` for what is not a number, or for another number of them than of traits.
 */
export function readIntercepts(
  flags: Pick<LdscFlags, 'fixedAtNull' | 'interceptH2'>,
  traits: number,
): (number | undefined)[] {
  if (flags.fixedAtNull && flags.interceptH2)
    throw new HeredityError('usage', '--no-intercept and --intercept-h2 exclude each other');
  const given = perTrait('interceptH2', flags.interceptH2, traits);
  return Array.from({ length: traits }, (_, t) => (flags.fixedAtNull ? 1 : given?.[t]));
}

/** Intercepts of the covariances with each trait of --rg. */
export function readCovarianceIntercepts(flags: LdscFlags, traits: number): (number | undefined)[] {
  const given = perTrait('interceptGencov', flags.interceptGencov, traits);
  return Array.from({ length: traits }, (_, t) => (flags.fixedAtNull ? 0 : given?.[t]));
}

/** Numbers given once for all traits or once a trait; undefined for nan. A leading N stands for minus, as in LDSC. */
function perTrait(
  key: keyof LdscFlags,
  texts: readonly string[] | undefined,
  traits: number,
): (number | undefined)[] | undefined {
  if (!texts) return undefined;
  const numbers = texts.map((text) => readNumber(key, text));
  if (numbers.length !== 1 && numbers.length !== traits) {
    throw new HeredityError('usage', `${flagName(key)} has ${numbers.length} values for ${traits} traits`, {
      expected: 'one for all traits, or one a trait',
    });
  }
  return Array.from({ length: traits }, (_, t) => numbers[numbers.length === 1 ? 0 : t]);
}

function readNumber(key: keyof LdscFlags, text: string): number | undefined {
  if (/^(nan|na)$/i.test(text)) return undefined;
  const value = Number(text.replace(/^N/, '-'));
  if (text !== '' && Number.isFinite(value)) return value;
  throw new HeredityError('usage', `${flagName(key)} is not a number`, {
    value: text,
    expected: 'a number, or nan for none',
  });
}

/** The numbers of --M. */
export function readSnpCounts(flags: LdscFlags): Float64Array | undefined {
  return (
    flags.snpCounts &&
    Float64Array.from(flags.snpCounts, (text) => readNumber('snpCounts', text) ?? Number.NaN)
  );
}
