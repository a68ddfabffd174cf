import { host } from '../host/host.js';
import {
  boolean,
  choice,
  defineFlags,
  type Flag,
  fraction,
  integer,
  list,
  memorySize,
  number,
  path,
  string,
} from './flags.js';

const FILES = { heading: 'Input' } as const;
const SAMPLES = { heading: 'Samples' } as const;
const VARIANTS = { heading: 'Variants' } as const;
const RUNNING = { heading: 'Running' } as const;

/** Where the genotypes are, and which samples and variants of them count. */
export const genotypeFlags = defineFlags({
  bfile: path(
    'prefix of a PLINK 1 file set (<prefix>.bed, .bim, .fam); several between commas, or with @ for the chromosome',
    { ...FILES, placeholder: 'prefix' },
  ),
  pfile: path('prefix of a PLINK 2 file set (<prefix>.pgen, .pvar or .pvar.zst, .psam)', {
    ...FILES,
    placeholder: 'prefix',
    insteadOf: ['bfile'],
  }),
  bgen: path('file in BGEN, version 1.2 or 1.3; its first allele is the reference', {
    ...FILES,
    insteadOf: ['bfile'],
  }),
  sample: path('samples of --bgen, as an Oxford .sample file', {
    ...FILES,
    goesWith: ['bgen'],
    defaultText: 'the IDs in the BGEN file, else the .sample file beside it',
  }),
  vcf: path('file in VCF, plain or gzip, of a modest cohort: it is read into memory', {
    ...FILES,
    insteadOf: ['bfile'],
  }),
  hardCallThreshold: number('how far a dosage may be from the whole number that becomes its hard call', {
    ...FILES,
    min: 0,
    max: 0.499999,
    goesWith: ['pfile', 'bgen', 'vcf'],
    defaultText: '0.1; the hard calls that --pfile stores, and GT in --vcf',
  }),
  keep: path('file of samples to keep (FID IID)', SAMPLES),
  remove: path('file of samples to leave out (FID IID)', SAMPLES),
  mind: fraction('leave out samples with a larger fraction of missing genotypes', SAMPLES),
  extract: path('file of variant IDs to keep', VARIANTS),
  exclude: path('file of variant IDs to leave out', VARIANTS),
  excludeRegion: list(
    'regions to leave out: MHC (chr6 25-34 Mb), lrld37 or lrld38 (long-range LD in GRCh37, GRCh38; lrld: both), chromosome:from-to, or a UCSC BED file',
    { ...VARIANTS, placeholder: 'regions', words: ['MHC', 'lrld', 'lrld37', 'lrld38'] },
  ),
  chr: chromosomes('chromosomes to keep, such as 1-22 or 6,X'),
  autosomeNum: integer('number of autosomes, where the genotypes are not human (29 for cattle)', {
    ...VARIANTS,
    min: 1,
    max: 95,
    defaultText: '22',
  }),
  maf: fraction('leave out variants with a smaller minor allele frequency', { ...VARIANTS, max: 0.5 }),
  geno: fraction('leave out variants with a larger fraction of missing genotypes', VARIANTS),
  hwe: fraction(
    'leave out variants with a smaller P value of the exact test of Hardy-Weinberg equilibrium',
    VARIANTS,
  ),
});

/** Of the commands that can multiply dosages. */
export const dosageFlag = defineFlags({
  dosage: boolean(
    'take dosages as they are, to 1/127 of a copy, not their hard calls; --maf, --geno, --hwe and --mind look at hard calls',
    { ...FILES, goesWith: ['pfile', 'bgen', 'vcf'] },
  ),
});

/** The traits and what they are adjusted for. */
export const phenotypeFlags = defineFlags({
  pheno: path('phenotype table: FID IID and one column a trait; missing is NA or -9 (--missing-code)', FILES),
  phenoName: list('traits to use', { ...FILES, defaultText: 'every column of the phenotype table' }),
  missingCode: list(
    'numbers that stand for a missing value in phenotype and covariate tables, or none: -9 then is a value',
    { ...FILES, placeholder: 'numbers', defaultText: '-9, and 0 in a trait of 0, 1 and 2 alone' },
  ),
  covar: path(
    'covariate table: FID IID and one column a covariate; words make a categorical covariate',
    FILES,
  ),
  covarName: list('covariates to use', { ...FILES, defaultText: 'every column of the covariate table' }),
  catcovar: list('covariates whose numbers are codes of categories, such as centre or batch', {
    ...FILES,
    defaultText: 'those with words',
  }),
  qcovar: list('covariates that are quantities, even if they have few levels', {
    ...FILES,
    defaultText: 'those with numbers alone',
  }),
  allowSmallOverlap: boolean(
    'go on where a table and the genotypes share fewer than one sample in ten',
    SAMPLES,
  ),
});

/** Case-control traits: what puts their heritability on the liability scale. */
export const caseShareFlags = defineFlags({
  prevalence: list(
    'population prevalence of case-control traits, one for all or one a trait (nan: quantitative): adds liability-scale estimates',
    { heading: 'Method', placeholder: 'K', aliases: ['--pop-prev'] },
  ),
  ascertainment: list('share of cases in the sample, one for all or one a trait', {
    heading: 'Method',
    placeholder: 'P',
    defaultText: 'the share in the data, from genotypes',
    aliases: ['--samp-prev'],
    goesWith: ['prevalence'],
  }),
});

/** How a run is carried out and where its results go. */
export const runFlags = defineFlags({
  out: string('prefix of every file that is written', {
    heading: 'Output',
    placeholder: 'prefix',
    default: 'heredity',
  }),
  quiet: boolean('print only results, warnings and errors', { heading: 'Output' }),
  plan: boolean('print what would be read, the memory, the passes and the estimated time, and stop', RUNNING),
  planJson: boolean('print the same as JSON, for programs, and stop', RUNNING),
  threads: integer('threads that compute; results do not depend on it', {
    ...RUNNING,
    min: 1,
    max: 1024,
    default: () => host().threads.parallelism,
    defaultText: 'one a core',
  }),
  memory: memorySize('memory to use at most', {
    ...RUNNING,
    default: () => Math.floor(host().machine.availableMemory() / 2),
    defaultText: 'half of what is free',
  }),
  seed: integer('seed of every random number', {
    ...RUNNING,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: 1,
  }),
  backend: choice('kernels to compute with', ['auto', 'native', 'wasm', 'typescript'], {
    ...RUNNING,
    default: 'auto',
  }),
});

/** The same of commands that estimate. */
export const resultFlags = defineFlags({
  ...runFlags,
  report: boolean('write a page with tables, pictures, warnings and methods as well (and one for MultiQC)', {
    heading: 'Output',
  }),
});

/** A list of chromosome codes in which `3-5` stands for 3, 4 and 5. */
function chromosomes(help: string): Flag<readonly string[] | undefined> {
  const flag = list(help, { ...VARIANTS, placeholder: 'codes' });
  const expected = 'chromosomes separated by commas, such as 1-22 or 6,X';
  return { ...flag, expected, parse: (text) => flag.parse(text)?.map(spellOut).reduce(joined) };
}

/** The codes of one item; undefined for a range that runs backwards or is far too long. */
function spellOut(item: string): readonly string[] | undefined {
  const range = /^(\d+)-(\d+)$/.exec(item);
  if (!range) return [item];
  const [first, last] = [Number(range[1]), Number(range[2])];
  const length = last - first + 1;
  return length >= 1 && length <= 1000 ? Array.from({ length }, (_, i) => String(first + i)) : undefined;
}

function joined(a: readonly string[] | undefined, b: readonly string[] | undefined) {
  return a && b && [...a, ...b];
}
