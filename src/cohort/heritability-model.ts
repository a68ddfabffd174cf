import { HeredityError } from '../errors.js';
import { formatCount } from '../estimate/number.js';
import { readLdakWeights } from '../formats/ldak-weights.js';
import type { TaggingTable } from '../formats/tagging.js';
import {
  expectedHeritability,
  HERITABILITY_MODELS,
  type HeritabilityModelName,
} from '../genotypes/heritability-model.js';
import { together } from '../kernels/rates.js';
import { taggings } from '../ld/tagging.js';
import { THIN_DEFAULTS } from '../ld/thin.js';
import { ldScoreWork } from '../ld/windowed-r2.js';
import { variantWindows } from '../ld/windows.js';
import { boolean, choice, defineFlags, type FlagValues, number, path } from '../options/flags.js';
import type { WindowReach } from '../options/window-flags.js';
import { undivided } from '../parts/division.js';
import { categoryFlags, checkCategoryFlags, readCategories } from './categories.js';
import type { CountedVariants, ToldRun } from './counted-variants.js';
import {
  inSampleWeights,
  inSampleWeightsNeeds,
  type ListedVariants,
  type Needs,
  thinnedVariants,
  thinningWork,
  WEIGHT_WINDOW_KB,
} from './in-sample-weights.js';

const MODEL = { heading: 'Heritability model' } as const;

/** LDAK's window for taggings. */
export const TAGGING_WINDOW_KB = 1000;

/** How much heritability each variant is expected to have, and in which categories. */
export const modelFlags = defineFlags({
  model: choice(
    'how heritability depends on frequency and LD; ldak and ldak-thin compute the weights from these genotypes',
    Object.keys(HERITABILITY_MODELS) as HeritabilityModelName[],
    MODEL,
  ),
  power: number(
    'alpha: heritability is expected in proportion to [f(1-f)]^(1+alpha); -0.25 suits most human traits',
    {
      ...MODEL,
      min: -3,
      max: 3,
      defaultText: 'that of --model',
    },
  ),
  weights: path(
    'weights of variants as LDAK writes them; those that are not in the file have weight 0',
    MODEL,
  ),
  thin: boolean('with --model ldak: thin the variants before their weights are computed', MODEL),
  ...categoryFlags,
  unadjusted: boolean('take r² as it is, not r² - (1 - r²)/(n - 2)', { heading: 'Method' }),
});

export type ModelFlags = FlagValues<typeof modelFlags>;

/** @throws HeredityError `usage` for flags that do not fit together. */
export function checkModelFlags(flags: ModelFlags): void {
  const refuse = (problem: string, fix: string) => {
    throw new HeredityError('usage', problem, { fix });
  };
  if (flags.model === undefined && flags.power === undefined)
    refuse('no heritability model', 'give --model human-default, another --model, or --power -0.25');
  if (flags.model !== undefined && (flags.power !== undefined || flags.weights !== undefined))
    refuse(
      '--model stands for a power and weights of its own',
      'give either --model, or --power and --weights',
    );
  if (flags.thin && flags.model !== 'ldak') refuse('--thin is for --model ldak', 'leave it out');
  checkCategoryFlags(flags);
}

/** The way to LDAK weights of all variants where the model has them, for those who have them from elsewhere. */
type LdakWeightsOf = () => Promise<Float64Array>;

/**
 * Taggings of the model in the cohort's own genotypes (METHODS 8.4).
 * @param ldakWeights of all variants without thinning. @default computed
 */
export async function inSampleTaggings(
  cohort: CountedVariants,
  flags: ModelFlags,
  reach: WindowReach,
  memory: number,
  context: ToldRun,
  ldakWeights?: LdakWeightsOf,
): Promise<TaggingTable> {
  const { fileset, variants } = cohort;
  const statistics = cohort.statistics(variants);
  const { power, weights } = await modelWeights(cohort, flags, memory, undivided(context), ldakWeights);
  const expected = expectedHeritability(statistics, power, weights);
  if (!expected.some((value) => value > 0)) {
    throw new HeredityError('degenerate-data', 'no variant is expected to have any heritability', {
      ...(flags.weights && { file: flags.weights }),
      fix: 'check the weights',
    });
  }
  const categories = await readCategories(cohort, flags, context);
  const windows = variantWindows(fileset.variants, variants, reach, fileset.variantFile);
  const genotypes = await cohort.genotypes({ memory });
  const result = await taggings(
    genotypes,
    windows,
    expected,
    categories,
    { adjusted: !flags.unadjusted },
    context,
  );
  genotypes.close();
  const pick = (column: readonly string[]) => Array.from(variants, (v) => column[v]);
  const count = variants.length;
  return {
    ...result,
    id: pick(fileset.variants.id),
    allele1: pick(fileset.variants.allele1),
    allele2: pick(fileset.variants.allele2),
    neighbours: windows.last.map((last, j) => last - windows.first[j] + 1),
    weight: weights ?? new Float64Array(count).fill(1),
    maf: Float64Array.from({ length: count }, (_, j) => statistics.minorAlleleFrequency(j)),
    categories: Int32Array.from({ length: count }, (_, j) =>
      categories.names.reduce((sum, _name, c) => sum + Number(categories.values[c * count + j] !== 0), 0),
    ),
    expectedHeritability: expected,
  };
}

/** {@link inSampleTaggings} of so many people; annotations counted as one. */
export function taggingNeeds(
  open: ListedVariants,
  size: { readonly people: number; readonly threads: number },
  flags: Pick<ModelFlags, 'model' | 'thin'>,
  reach: WindowReach,
): Needs {
  const { fileset, variants } = open;
  const { people } = size;
  const windows = variantWindows(fileset.variants, variants, reach, fileset.variantFile);
  const kind = flags.model === undefined ? 'none' : HERITABILITY_MODELS[flags.model].weights;
  const thinning = kind === 'thinned' || flags.thin ? thinningWork(open, people) : {};
  const taggings = together(ldScoreWork(windows, people), thinning);
  if (kind !== 'ldak') return { work: taggings, memory: {} };
  const { work, memory } = inSampleWeightsNeeds(open, size, { unit: 'kb', reach: WEIGHT_WINDOW_KB });
  return { work: together(taggings, work), memory };
}

/** The model's power, and its weights of the cohort's variants where it has some. */
async function modelWeights(
  cohort: CountedVariants,
  flags: ModelFlags,
  memory: number,
  context: ToldRun,
  ldakWeights?: LdakWeightsOf,
): Promise<{ power: number; weights: Float64Array | undefined }> {
  const { variants, fileset } = cohort;
  if (flags.model === undefined) {
    const power = flags.power!;
    if (flags.weights === undefined) return { power, weights: undefined };
    context.provenance.input(flags.weights);
    const file = await readLdakWeights(flags.weights);
    const known = Array.from(variants, (v) => file.weightOf(fileset.variants.id[v]));
    const absent = known.filter((weight) => weight === undefined).length;
    if (absent === variants.length) {
      throw new HeredityError('mismatch', 'the weights are of other variants', {
        file: flags.weights,
        expected: `IDs such as ${fileset.variants.id[variants[0]]}`,
      });
    }
    if (absent > 0)
      context.log.info(`${formatCount(absent)} variants are not in ${flags.weights}: their weight is 0`);
    return { power, weights: Float64Array.from(known, (weight) => weight ?? 0) };
  }
  const { power, weights: kind } = HERITABILITY_MODELS[flags.model];
  if (kind === 'none') return { power, weights: undefined };
  if (kind === 'ldak' && !flags.thin && ldakWeights) return { power, weights: await ldakWeights() };
  const kept =
    kind === 'thinned' || flags.thin
      ? await thinnedVariants(cohort, memory, THIN_DEFAULTS.r2, context)
      : variants;
  const position = new Map(Array.from(variants, (variant, k) => [variant, k]));
  const weights = new Float64Array(variants.length);
  const own =
    kind === 'ldak'
      ? (await inSampleWeights(cohort, kept, { unit: 'kb', reach: WEIGHT_WINDOW_KB }, memory, context)).weight
      : undefined;
  for (const [k, variant] of kept.entries()) weights[position.get(variant)!] = own ? own[k] : 1;
  return { power, weights };
}
