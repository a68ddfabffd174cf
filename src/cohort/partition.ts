import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { readVariantValues } from '../formats/variant-values.js';
import { sharedFloat64 } from '../kernels/memory.js';
import type { Work } from '../kernels/rates.js';
import { frequencyBinName, mafBins } from '../ld/maf-bins.js';
import { ldScores, ldScoreWork } from '../ld/windowed-r2.js';
import { variantWindows } from '../ld/windows.js';
import { defineFlags, type FlagValues, integer, list, path } from '../options/flags.js';
import { windowFlagsWithDefault, windowReach } from '../options/window-flags.js';
import { commonToParts } from '../parts/division.js';
import { type Stratum, strata } from '../relatedness/strata.js';
import type { RecordedRun } from '../run.js';
import { defineBlocks } from './blocks.js';
import type { OpenCohort } from './cohort.js';
import type { CountedVariants, ToldRun } from './counted-variants.js';

const STRATA = {
  heading: 'Strata of frequency and LD',
  goesWith: ['ldms', 'partition maf-ld'],
} as const;

/** GCTA's window of LD scores, to each side. */
const WINDOW_KB = 10_000;

/** How variants are cut into strata of frequency and LD. */
export const partitionFlags = defineFlags({
  mafCuts: list('minor allele frequencies that part the strata; a stratum includes its upper end', {
    ...STRATA,
    placeholder: 'frequencies',
    defaultText: '0.05',
  }),
  ldBins: integer('strata of equally many variants by LD score', { ...STRATA, min: 1, max: 100, default: 4 }),
  ...windowFlagsWithDefault(WINDOW_KB, STRATA),
  ldScores: path(
    'LD scores of variants instead of computing them: a table with columns SNP and ldscore_SNP (or L2)',
    STRATA,
  ),
});

export type PartitionFlags = FlagValues<typeof partitionFlags>;

/**
 * Cuts variants into parts: `maf` into ten of equal numbers by minor allele frequency, `maf-ld` as GREML-LDMS-I does (METHODS 5.4: quartiles of the variants' own LD
 * scores over all variants, then minor allele frequency within each), else as {@link defineBlocks}.
 */
export async function partitionVariants(
  choice: string,
  cohort: CountedVariants,
  flags: PartitionFlags,
  context: ToldRun,
): Promise<Stratum[]> {
  const { provenance, log } = context;
  if (choice === 'maf') return frequencyParts(cohort);
  if (choice !== 'maf-ld')
    return defineBlocks(choice, cohort.fileset.variants, cohort.variants, cohort.variantLosses, provenance);
  const scores = await scoresOf(cohort, flags, context);
  const statistics = cohort.statistics(cohort.variants);
  const maf = Float64Array.from({ length: cohort.variants.length }, (_, k) =>
    statistics.minorAlleleFrequency(k),
  );
  const parts = strata(cohort.variants, maf, scores, readCuts(flags.mafCuts), flags.ldBins);
  log.info(`strata: ${parts.map(({ id, variants }) => `${id} ${formatCount(variants.length)}`).join(', ')}`);
  return parts;
}

const FREQUENCY_PARTS = 10;

function frequencyParts(cohort: CountedVariants): Stratum[] {
  const { variants } = cohort;
  const statistics = cohort.statistics(variants);
  const maf = Float64Array.from(variants, (_, v) => statistics.minorAlleleFrequency(v));
  const { edges, bin } = mafBins(maf, FREQUENCY_PARTS);
  return Array.from({ length: FREQUENCY_PARTS }, (_, b) => ({
    id: frequencyBinName(edges, b),
    variants: variants.filter((_, v) => bin[v] === b),
  })).filter((part) => part.variants.length > 0);
}

/** How many parts {@link partitionVariants} will make, at most, before any genotype is read. */
export async function partCount(
  choice: string,
  { fileset, variants, variantLosses }: OpenCohort,
  flags: PartitionFlags,
  { provenance }: RecordedRun,
): Promise<number> {
  const known = strataCount(choice, flags);
  if (known !== undefined) return known;
  return (await defineBlocks(choice, fileset.variants, variants, variantLosses, provenance)).length;
}

/** How many strata a choice makes that goes by frequency and LD; undefined for one that reads a file or goes by position. */
export function strataCount(choice: string | undefined, flags: PartitionFlags): number | undefined {
  if (choice === 'maf') return FREQUENCY_PARTS;
  return choice === 'maf-ld' ? flags.ldBins * (readCuts(flags.mafCuts).length + 1) : undefined;
}

/** What {@link partitionVariants} computes to cut the variants: LD scores of strata, where no file has them. */
export function partitionWork(
  choice: string | undefined,
  { fileset, variants, people }: OpenCohort,
  flags: PartitionFlags,
): Work {
  if (choice !== 'maf-ld' || flags.ldScores !== undefined) return {};
  const reach = windowReach(flags, WINDOW_KB);
  return ldScoreWork(variantWindows(fileset.variants, variants, reach, fileset.variantFile), people.count);
}

function readCuts(texts: readonly string[] = ['0.05']): number[] {
  const cuts = texts.map(Number);
  const isSorted = cuts.every((cut, i) => cut > (cuts[i - 1] ?? 0) && cut < 0.5);
  if (isSorted) return cuts;
  throw new HeredityError('usage', '--maf-cuts are not frequencies in ascending order', {
    value: texts.join(','),
    expected: 'numbers between 0 and 0.5, such as 0.01,0.05',
  });
}

/** GCTA's LD score of each variant: 1 and r² with the others in the window, not adjusted. */
async function scoresOf(
  cohort: CountedVariants,
  flags: PartitionFlags,
  context: ToldRun,
): Promise<Float64Array> {
  const { fileset, variants } = cohort;
  if (flags.ldScores !== undefined) {
    context.provenance.input(flags.ldScores);
    const file = await readVariantValues(flags.ldScores, ['ldscore_SNP', 'L2', 'ldscore']);
    return Float64Array.from(variants, (v) => {
      const score = file.valueOf(fileset.variants.id[v]);
      if (score !== undefined) return score;
      throw new HeredityError('mismatch', `variant ${fileset.variants.id[v]} has no LD score`, {
        file: flags.ldScores!,
        fix: 'leave the variant out with --exclude, or leave out --ld-scores',
      });
    });
  }
  const windows = variantWindows(
    fileset.variants,
    variants,
    windowReach(flags, WINDOW_KB),
    fileset.variantFile,
  );
  return commonToParts(context, 'LD scores', async (inside) => {
    const genotypes = await cohort.genotypes({ memory: 0 });
    const ones = { values: sharedFloat64(variants.length).fill(1), columns: 1 };
    return ldScores(genotypes, windows, ones, { adjusted: false }, inside);
  });
}
