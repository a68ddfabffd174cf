import { type ComponentsOfPeople, componentsOfPeople } from '../ancestry/components-of-people.js';
import { type AncestryOutliers, ancestryOutliers } from '../ancestry/outliers.js';
import { mostComponents } from '../ancestry/principal-components.js';
import { HeredityError } from '../errors.js';
import { formatCount, significant } from '../estimate/number.js';
import { readVariantList } from '../formats/id-list.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { GenotypeStore } from '../genotypes/store.js';
import type { PruningRule } from '../ld/prune.js';
import { countGenotypes, type GenotypeCounts } from '../quality/counts.js';
import { inbreeding, meanAndDeviation } from '../quality/heterozygosity.js';
import { checkSex } from '../quality/sex.js';
import type { KinshipPair } from '../relatedness/king.js';
import type { RecordedRun } from '../run.js';
import type { OpenCohort } from './cohort.js';
import { listedPeople } from './people-lists.js';
import { type CountedCohort, countForQuality, type QualityFlags } from './quality.js';
import type { Steps } from './steps.js';
import { prunedAmong, relatedPairs, withoutRelatives } from './unrelated-people.js';

/** Steps at which people leave, in order. */
export const LEAVING_STEPS = ['missingness', 'sex', 'ancestry', 'heterozygosity', 'relatives'] as const;
export type LeavingStep = (typeof LEAVING_STEPS)[number];

/** Thresholds, as their flags have them. */
export interface AnalysisSetOptions {
  /** Largest share of missing genotypes of a person. */
  readonly mind: number;
  /** File of people of the ancestry that is wanted. @default those near the main group */
  readonly ancestry: string | undefined;
  readonly outlierSd: number;
  readonly hetSd: number;
  readonly kingCutoff: number;
  /** File of pruned variants. @default pruned by the rule that follows */
  readonly pruned: string | undefined;
  readonly indepPairwise: PruningRule;
  /** Whether regions of long-range LD stay among the pruned variants. */
  readonly longRangeLd: boolean;
  readonly pcs: number;
  readonly seed: number;
  readonly memory: number;
}

/** Why somebody is not in the analysis set. */
export interface Departure {
  /** Index in the file of samples. */
  readonly person: number;
  readonly step: LeavingStep;
  readonly reason: string;
}

/** People for an analysis, and how they were chosen. */
export interface AnalysisSet {
  readonly people: SampleMask;
  readonly departures: readonly Departure[];
  /** Who was looked at for ancestry, as indices in the file, where they lie, and who is far from the main group. */
  readonly ancestry: { readonly found: ComponentsOfPeople; readonly outliers: AncestryOutliers };
  /** Components of the people of the set. */
  readonly components: ComponentsOfPeople;
  /** Pairs of related people, among those left by the first two steps; numbers are indices in the file. */
  readonly pairs: readonly KinshipPair[];
  /** Pairs between duplicates or identical twins. */
  readonly duplicates: number;
  /** Autosomal variants for kinship, and those of them for heterozygosity and components. */
  readonly variants: number;
  readonly pruned: number;
  /** Null where chromosome X is not there. */
  readonly sex: { readonly unclear: number; readonly hasY: boolean } | null;
}

/**
 * Chooses the people of an analysis: those with genotypes, whose sex is as recorded and without aneuploidy of X and Y; of one
 * ancestry, with usual heterozygosity for it; and no two of them related. Each step looks at those whom the steps before have left.
 * @param holders who has a trait, by index in the file: they are kept before their relatives.
 */
export async function chooseAnalysisSet(
  open: OpenCohort,
  flags: QualityFlags,
  options: AnalysisSetOptions,
  holders: Uint8Array | undefined,
  steps: Steps,
  context: RecordedRun,
): Promise<AnalysisSet> {
  const departures: Departure[] = [];
  let people = open.people;
  const leave = (step: LeavingStep, why: string, reasons: Reasons) => {
    for (const [k, person] of reasons.people.entries())
      departures.push({ person, step, reason: reasons.words[k] });
    const gone = new Set(reasons.people);
    const before = people;
    people = createMask(before.samples, (i) => maskHas(before, i) && !gone.has(i));
    open.sampleLosses.step(step, people.count, why);
    if (people.count < 2)
      throw new HeredityError('degenerate-data', `the step ${step} leaves nobody to analyse`, {
        value: `${people.count} people`,
        fix: 'relax its threshold (see --help)',
      });
  };
  const counted = await steps.take(
    'counts',
    context,
    (own) => countSteps(open, flags, options, own),
    open.variantLosses,
  );
  leave('missingness', `more than ${options.mind} of the genotypes missing (--mind)`, counted.missing);
  leave('sex', 'sex is not as recorded, or aneuploidy of X and Y', counted.sex);
  const data = { open, autosomal: counted.autosomal };

  const kin = await steps.take('kinship', context, (own) =>
    relatedPairs(open, counted.autosomal, people, options, own),
  );
  const { pairs } = kin;
  const unrelatedAmong = (mask: SampleMask) => withoutRelatives(mask, pairs, holders);

  const found = await steps.take('ancestry', context, (own) =>
    ancestryStep(data, people, unrelatedAmong(people), options, own),
  );
  const outliers = ancestryOutliers(found.components, options.outlierSd);
  leave(
    'ancestry',
    options.ancestry === undefined
      ? `farther from the main group on components than ${options.outlierSd} standard deviations (--outlier-sd)`
      : 'not in the list of --ancestry',
    await strangers(open, people, found.components, outliers, options, context),
  );

  const heterozygosity = await steps.take('heterozygosity', context, (own) =>
    heterozygosityStep(data, found.pruned, people, options, own),
  );
  leave(
    'heterozygosity',
    `more than ${options.hetSd} standard deviations from the mean (--het-sd)`,
    heterozygosity,
  );

  const unrelated = unrelatedAmong(people);
  const gone = maskIndices(people).filter((i) => !maskHas(unrelated, i));
  leave('relatives', `kinship above ${options.kingCutoff} with somebody who is kept (--king-cutoff)`, {
    people: gone,
    words: closestKept(gone, pairs, unrelated, open),
  });

  const components = await steps.take('components', context, async (own) =>
    withoutLoadings(
      await componentsOfPeople(
        componentsInput(data, found.pruned, people, people, options.memory),
        {
          count: componentCount(people.count, found.pruned.length, options.pcs, own),
          seed: options.seed,
        },
        own,
      ),
    ),
  );
  return {
    people,
    departures,
    ancestry: { found: found.components, outliers },
    components,
    pairs,
    duplicates: kin.duplicates,
    variants: counted.autosomal.length,
    pruned: found.pruned.length,
    sex: counted.x,
  };
}

/** People and, for each, why. */
interface Reasons {
  readonly people: Int32Array;
  readonly words: readonly string[];
}

/** Genotypes that the steps look at. */
interface StepData {
  readonly open: OpenCohort;
  /** Indices of the autosomal variants, ascending. */
  readonly autosomal: Int32Array;
}

/** Counts everybody's genotypes: who has too few, and whose sex does not fit. */
async function countSteps(
  open: OpenCohort,
  flags: QualityFlags,
  { mind }: AnalysisSetOptions,
  context: RecordedRun,
) {
  const { cohort, counts } = await countForQuality(open, flags, { persons: true, bySex: true }, context);
  const persons = counts.persons!;
  const { personIndices, copies } = cohort;
  const rate = Float64Array.from(persons.missing, (missing, k) => missing / persons.possible[k]);
  const bare = Int32Array.from(rate.keys()).filter((k) => !(rate[k] <= mind));
  const autosomal = cohort.variants.filter((_, v) => copies[v] === 'two');
  if (autosomal.length === 0)
    throw new HeredityError('degenerate-data', 'no autosomal variant is left', {
      file: open.fileset.variantFile,
      fix: 'relax --maf and --geno, or give genotypes of autosomes',
    });
  const isBare = new Set(bare);
  const { reasons, x } = sexReasons(cohort, counts, (k) => isBare.has(k));
  return {
    missing: {
      people: bare.map((k) => personIndices[k]),
      words: Array.from(bare, (k) => `${significant(100 * rate[k], 3)} % of the genotypes missing`),
    },
    sex: reasons,
    x,
    autosomal,
  };
}

const SEX_WORDS = ['not known', 'male', 'female'] as const;

/** Who is not of the recorded sex, or seems to have another number of X and Y. */
function sexReasons(
  { fileset, personIndices }: CountedCohort,
  counts: GenotypeCounts,
  hasLeft: (person: number) => boolean,
): { reasons: Reasons; x: AnalysisSet['sex'] } {
  const persons = counts.persons!;
  if (persons.x.variants === 0) return { reasons: { people: new Int32Array(0), words: [] }, x: null };
  const { f, sex, karyotype } = checkSex(persons);
  const words = new Map<number, string>();
  let unclear = 0;
  for (const [k, person] of personIndices.entries()) {
    if (hasLeft(k)) continue;
    const recorded = fileset.samples.sex[person];
    const own = `F on X ${significant(f[k], 3)}`;
    if (karyotype[k] === 'xxy') words.set(person, `two X and a Y (${own}): suspected aneuploidy`);
    else if (karyotype[k] === 'x0') words.set(person, `one X and no Y (${own}): suspected aneuploidy`);
    else if (sex[k] === 0) unclear++;
    else if (recorded !== 0 && recorded !== sex[k])
      words.set(person, `recorded ${SEX_WORDS[recorded]}, genotypes ${SEX_WORDS[sex[k]]} (${own})`);
  }
  return {
    reasons: { people: Int32Array.from(words.keys()), words: [...words.values()] },
    x: { unclear, hasY: persons.y.variants > 0 },
  };
}

/** Prunes the variants on the unrelated, and puts everybody on their components. */
async function ancestryStep(
  data: StepData,
  people: SampleMask,
  unrelated: SampleMask,
  options: AnalysisSetOptions,
  context: RecordedRun,
) {
  const { pruned: file, pcs, seed, memory } = options;
  const pruned =
    file === undefined
      ? await prunedAmong(data.open, data.autosomal, unrelated, options, context)
      : await listedVariants(data, file, context);
  const count = componentCount(unrelated.count, pruned.length, pcs, context);
  const input = componentsInput(data, pruned, unrelated, people, memory);
  return { pruned, components: withoutLoadings(await componentsOfPeople(input, { count, seed }, context)) };
}

async function listedVariants(
  { open, autosomal }: StepData,
  file: string,
  { provenance }: RecordedRun,
): Promise<Int32Array> {
  provenance.input(file);
  const list = await readVariantList(file);
  const { id } = open.fileset.variants;
  const found = autosomal.filter((v) => list.has(id[v]));
  if (found.length === 0)
    throw new HeredityError('mismatch', 'none of the variants that --pruned lists is there', {
      file,
      expected: `IDs such as ${id[autosomal[0]]}`,
    });
  return found;
}

/** As many components as are asked for, or as there are. */
function componentCount(people: number, variants: number, pcs: number, { log }: RecordedRun): number {
  const most = mostComponents(people, variants);
  if (most < 1)
    throw new HeredityError('degenerate-data', 'principal components need more people and variants', {
      value: `${people} people, ${variants} variants`,
    });
  if (pcs > most)
    log.warn(
      `--pcs ${pcs}: ${formatCount(people)} people and ${formatCount(variants)} variants have ${most} components`,
    );
  return Math.min(pcs, most);
}

function componentsInput(
  { open }: StepData,
  variants: Int32Array,
  unrelated: SampleMask,
  people: SampleMask,
  memory: number,
) {
  const { source, variants: table } = open.fileset;
  return { source, pool: open.pool, table, variants, unrelated, people, memory };
}

/** Loadings are not written, and need not be kept between runs. */
function withoutLoadings(found: ComponentsOfPeople): ComponentsOfPeople {
  return { ...found, loadings: new Float64Array(0) };
}

/** Who is not of the ancestry that is wanted. */
async function strangers(
  { fileset }: OpenCohort,
  people: SampleMask,
  { people: indices }: ComponentsOfPeople,
  { distances, outliers, axes }: AncestryOutliers,
  { ancestry: file, outlierSd }: AnalysisSetOptions,
  context: RecordedRun,
): Promise<Reasons> {
  if (file !== undefined) {
    const wanted = await listedPeople(file, '--ancestry', fileset.samples, people, context);
    const others = maskIndices(people).filter((i) => !maskHas(wanted, i));
    return { people: others, words: Array.from(others, () => 'not in the list of --ancestry') };
  }
  if (!distances)
    context.log.warn(
      axes.length === 0
        ? 'no component is told from noise and from regions of LD: nobody leaves for ancestry'
        : 'too many people lie in one place on the components: nobody leaves for ancestry',
    );
  return {
    people: Int32Array.from(outliers, (k) => indices[k]),
    words: outliers.map(
      (k) =>
        `${significant(Math.sqrt(distances![k]), 3)} from the main group on components (${outlierSd} standard deviations)`,
    ),
  };
}

/** Heterozygosity by frequencies of the people themselves. */
async function heterozygosityStep(
  { open }: StepData,
  pruned: Int32Array,
  people: SampleMask,
  { hetSd }: AnalysisSetOptions,
  context: RecordedRun,
): Promise<Reasons> {
  const store = new GenotypeStore(open.fileset.source, people, open.pool);
  const genotypes = await GenotypeOperator.open(store, pruned, { memory: 0 });
  const copies = Array.from(pruned, () => 'two' as const);
  const everybody = { sex: new Uint8Array(people.count), founder: () => true };
  const counts = await countGenotypes(genotypes, copies, everybody, { persons: true }, context);
  genotypes.close();
  const f = inbreeding(counts.persons!.autosomal);
  const { mean, sd } = meanAndDeviation(f);
  const indices = maskIndices(people);
  const odd = Int32Array.from(f.keys()).filter((k) => Math.abs(f[k] - mean) > hetSd * sd);
  return {
    people: odd.map((k) => indices[k]),
    words: Array.from(odd, (k) => {
      const away = significant(Math.abs(f[k] - mean) / sd, 3);
      return `${f[k] > mean ? 'too few' : 'too many'} heterozygous genotypes: F ${significant(f[k], 3)}, ${away} standard deviations from the mean`;
    }),
  };
}

/** For each who leaves, the closest relative who stays. */
function closestKept(
  gone: Int32Array,
  pairs: readonly KinshipPair[],
  kept: SampleMask,
  { fileset }: OpenCohort,
): string[] {
  const closest = new Map<number, { other: number; kinship: number }>();
  for (const { later, earlier, kinship } of pairs)
    for (const [one, other] of [
      [later, earlier],
      [earlier, later],
    ]) {
      if (!maskHas(kept, other) || kinship <= (closest.get(one)?.kinship ?? 0)) continue;
      closest.set(one, { other, kinship });
    }
  const { familyId, individualId, withoutFamilies } = fileset.samples;
  const nameOf = (i: number) => (withoutFamilies ? individualId[i] : `${familyId[i]} ${individualId[i]}`);
  return Array.from(gone, (person) => {
    const own = closest.get(person);
    return own
      ? `kinship ${significant(own.kinship, 3)} with ${nameOf(own.other)}, who stays`
      : 'related to several who were left out with their other relatives';
  });
}
