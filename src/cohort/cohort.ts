import type { Covariate } from '../association/design.js';
import { HeredityError } from '../errors.js';
import { formatCount, significant } from '../estimate/number.js';
import { requireDistinctIds } from '../formats/bim.js';
import { type Genotypes, openGenotypes } from '../formats/genotypes.js';
import { DosageStatistics } from '../genotypes/dosages.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskHas, maskIndices, type SampleMask } from '../genotypes/sample-mask.js';
import { VariantStatistics } from '../genotypes/statistics.js';
import { GenotypeStore } from '../genotypes/store.js';
import { host } from '../host/host.js';
import { MISSING } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { KernelPool } from '../kernels/pool.js';
import { genotypeFlags, phenotypeFlags, runFlags } from '../options/common-flags.js';
import { type FlagValues, required, requiredOrInstead } from '../options/flags.js';
import { commonToParts } from '../parts/division.js';
import type { MemoryTerms } from '../plan.js';
import { LossTable } from '../provenance.js';
import type { RecordedRun, RunContext } from '../run.js';
import {
  heldThroughout,
  LARGE_TABLES,
  memoryForWork,
  type RequireMemory,
  readingTablesBytes,
  requireMemory,
} from './budget.js';
import type { CountedVariants } from './counted-variants.js';
import { keepPeople, leaveOutFailing, type RunTrait, samplesForAllParts, samplesOfParts } from './samples.js';
import { filterVariants, listVariants } from './variants.js';

/** The flags of every command that takes genotypes and traits. */
export const cohortFlags = {
  ...genotypeFlags,
  bfile: requiredOrInstead(genotypeFlags.bfile),
  ...phenotypeFlags,
  pheno: required(phenotypeFlags.pheno),
  ...runFlags,
};

export type CohortFlags = Omit<FlagValues<typeof cohortFlags>, 'pheno'> & {
  readonly pheno: string | undefined;
  /** Of the commands that have {@link dosageFlag}. */
  readonly dosage?: boolean;
};

/** The flags of a cohort that has no tables of traits and covariates. */
export const WITHOUT_TABLES = {
  pheno: undefined,
  phenoName: undefined,
  missingCode: undefined,
  covar: undefined,
  covarName: undefined,
  catcovar: undefined,
  qcovar: undefined,
  allowSmallOverlap: false,
} as const;

/** Genotypes and their tables, matched by ID, before any genotype is read: all that a plan needs. */
export interface OpenCohort {
  readonly fileset: Genotypes;
  readonly pool: KernelPool;
  readonly traits: readonly RunTrait[];
  readonly covariates: readonly Covariate[];
  readonly people: SampleMask;
  /** Samples left by --keep and --remove, with or without a trait. */
  readonly listed: SampleMask;
  readonly sampleLosses: LossTable;
  readonly variantLosses: LossTable;
  /** Indices in the file of the variants chosen by chromosome and list, ascending. */
  readonly variants: Int32Array;
  /** Bytes that the whole run holds, by what they are for. */
  readonly held: MemoryTerms;
  /** Bytes of --memory that are left for the work. */
  readonly memory: number;
  /** Refuses what needs more than is left. */
  readonly requireMemory: RequireMemory;
  close(): Promise<void>;
}

/** A step at which people are left out for their genotypes, and who is left after it. */
export interface Exclusion {
  readonly step: string;
  readonly why: string;
  readonly people: SampleMask;
}

/** A cohort with its genotypes counted and filtered. */
export interface Cohort extends OpenCohort, CountedVariants {
  readonly requireMemory: RequireMemory;
  readonly fileset: Genotypes;
  readonly variants: Int32Array;
  readonly variantLosses: LossTable;
  readonly exclusions: readonly Exclusion[];
  readonly store: GenotypeStore;
}

/** What a command takes from the tables of variants and samples, and whether it estimates, which keeps all threads busy. */
interface CohortNeeds {
  readonly variantIds?: boolean;
  readonly sampleTable?: boolean;
  readonly estimates?: boolean;
  readonly draws?: boolean;
  readonly onlyCounts?: boolean;
}

/** What is refused where the tables of people do not fit. */
const READING_TABLES = 'reading the tables of people';

/** So many genotypes every estimator takes a millisecond of one thread or more for: dozens of columns, a few passes. */
const GENOTYPES_PER_MS = 1e6;

/** Flags with which variants are matched by their IDs. */
const ID_FLAGS = ['extract', 'exclude', 'pruned', 'weights', 'ldScores', 'annot'] as const;
/** Parts of the variants that need no IDs; other words name a file. */
const PARTS_BY_PLACE = /^(chromosome|genome|maf|maf-ld|count:\d+|auto|ld|ld:\d+)$/;

function matchesByIds(flags: object): boolean {
  const given = flags as Readonly<Record<string, unknown>>;
  const isFile = (key: string) => typeof given[key] === 'string' && !PARTS_BY_PLACE.test(given[key]);
  return ID_FLAGS.some((key) => given[key] !== undefined) || isFile('partition') || isFile('blocks');
}

/**
 * Opens genotypes and their tables and matches them; notes in the provenance what is read and what is lost.
 * @param needs whether the command matches or names variants by their IDs even where no flag makes it; whether it asks for the IDs of
 *   samples, or what else stands in their table, once people and traits are matched; whether threads start at once; whether it draws, if that
 *   is not as whether it has traits; whether it only counts genotypes.
 * @param keepsAll whether all chromosomes stay where no flag names some: for a file set, not a model.
 * @throws HeredityError `bad-input` where IDs are used and repeated; what the readers throw.
 */
export async function openCohort(
  flags: CohortFlags,
  context: RecordedRun,
  { variantIds = true, sampleTable = true, estimates = false, draws, onlyCounts = false }: CohortNeeds = {},
  keepsAll = false,
): Promise<OpenCohort> {
  const { provenance, signal, log } = context;
  const pool = new KernelPool(loadKernels(flags.backend), flags.threads, signal);
  const samples = sampleTable ? undefined : samplesOfParts(flags, context);
  const fileset = await openGenotypes(flags, { pool, samples });
  if (estimates) pool.expect((fileset.samples.count * fileset.totalVariants) / GENOTYPES_PER_MS);
  for (const path of fileset.paths) provenance.input(path);
  for (const note of fileset.notes) log.info(note);
  provenance.usesBackend(pool.kernels);
  const close = async () => {
    await pool.close();
    await fileset.close();
  };
  try {
    const { repeated } = fileset.variants;
    if (repeated && (variantIds || matchesByIds(flags))) requireDistinctIds(fileset.variants);
    if (repeated)
      log.info(
        `${fileset.variantFile}: ${formatCount(repeated.count)} variants have the ID of another; IDs are not used here`,
      );
    if (fileset.samples.moreColumns) log.info(`${fileset.sampleFile}: columns beyond the sixth are not read`);
    const { mask, listed, losses, traits, covariates } = await samplesForAllParts(
      fileset.samples,
      flags,
      context,
    );
    const variantLosses = new LossTable(fileset.totalVariants);
    if (fileset.totalVariants > fileset.variants.count)
      variantLosses.step('alleles', fileset.variants.count, 'more than two alleles');
    provenance.losesVariants(variantLosses);
    const variants = await listVariants(fileset, { ...flags, keepsAll }, variantLosses, context);
    const { threads } = pool;
    if (fileset.samples.count > LARGE_TABLES) host().machine.collectGarbage?.(); // what reading the tables left
    const held = heldThroughout({
      ...{ fileset, people: mask.count, traits, covariates, threads },
      ...{ draws: draws ?? traits.length > 0, onlyCounts },
    });
    const memory = memoryForWork(flags.memory, held);
    const reading = readingTablesBytes({ fileset, traits, covariates }, held);
    requireMemory(READING_TABLES, reading, held, flags.memory);
    return {
      fileset,
      pool,
      held,
      memory,
      requireMemory: (what, needed) => requireMemory(what, needed, held, flags.memory),
      traits,
      covariates,
      people: mask,
      listed,
      sampleLosses: losses,
      variantLosses,
      variants,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Counts genotypes and applies the filters: one pass over the genotypes, one more with --mind, and another where people may
 * have no genotype at all; those are left out.
 * @param keepsAll whether variants that do not vary and people without a genotype stay: for a file set, not a model.
 */
export async function countCohort(
  open: OpenCohort,
  flags: CohortFlags,
  context: RecordedRun,
  keepsAll = false,
): Promise<Cohort> {
  const { fileset, pool, variants: listed } = open;
  let { people } = open;
  const exclusions: Exclusion[] = [];
  /** @param limit the largest missing rate that is kept. */
  const keepGenotyped = async (step: string, why: string, limit: number) => {
    const kept = await commonToParts(context, 'people with genotypes', () =>
      samplesWithGenotypes(new GenotypeStore(fileset.source, people, pool), listed, limit),
    );
    if (kept.length === people.count) return;
    const indices = maskIndices(people);
    const keptSamples = new Set(kept.map((k) => indices[k]));
    people = createMask(people.samples, (i) => keptSamples.has(i));
    exclusions.push({ step, why, people });
    open.sampleLosses.step(step, people.count, why);
  };
  if (flags.mind !== undefined) {
    await keepGenotyped('--mind', `missing rate above ${flags.mind}`, flags.mind);
    if (people.count === 0) {
      throw new HeredityError('degenerate-data', '--mind leaves no sample', {
        value: flags.mind,
        fix: 'filter variants with --extract first, or raise --mind',
      });
    }
  }
  const count = async () => {
    const store = new GenotypeStore(fileset.source, people, pool);
    return { store, all: await countForAllParts(store, listed, context) };
  };
  let { store, all } = await count();
  if (!keepsAll && allMissSomebody(all)) {
    const before = people.count;
    await keepGenotyped('genotypes', 'every genotype is missing', 1 - 0.5 / listed.length);
    if (people.count === 0)
      throw new HeredityError('degenerate-data', 'every genotype of the run is missing', {
        file: fileset.paths[0],
        expected: 'genotypes of some people on the chosen chromosomes',
      });
    if (people.count < before) {
      context.log.warn(
        `${formatCount(before - people.count)} of ${formatCount(before)} people have no genotype at any of the ${formatCount(listed.length)} variants, and are left out`,
      );
      ({ store, all } = await count());
    }
  }
  const { traits, covariates } = narrowed(open, people, context.log);
  if (!flags.dosage) reportHardCalls(fileset, listed, context);
  const variants = filterVariants(listed, all, { ...flags, keepsAll }, open.variantLosses);
  if (variants.length === 0) {
    throw new HeredityError('degenerate-data', 'the filters leave no variant', {
      file: fileset.variantFile,
      fix: 'relax --maf, --geno or --hwe',
    });
  }
  let chosen = listed;
  if (flags.dosage) {
    const { counts } = all.subset(placesAmong(listed, variants));
    store = new GenotypeStore(fileset.dosages!, people, pool);
    const sums = await commonToParts(context, 'sums of dosages', () => store.addUpDosages(variants, context));
    all = new DosageStatistics(counts, sums, people.count);
    chosen = variants;
    reportDosages(fileset, variants, all, context);
  }
  const statistics = (some: Int32Array) => all.subset(placesAmong(chosen, some));
  const genotypes: Cohort['genotypes'] = (options, some = variants) =>
    GenotypeOperator.open(store, some, { ...options, statistics: statistics(some) });
  return { ...open, people, exclusions, traits, covariates, variants, store, statistics, genotypes };
}

/** Places of some of the variants in a list that has them; both ascend. */
function placesAmong(list: Int32Array, some: Int32Array): Int32Array {
  let at = 0;
  return some.map((variant) => {
    while (list[at] < variant) at++;
    return at;
  });
}

/** Says that dosages count as they are, and what filters look at. */
function reportDosages(
  { variantFile }: Genotypes,
  variants: Int32Array,
  statistics: VariantStatistics,
  { log, provenance }: Pick<RecordedRun, 'log' | 'provenance'>,
): void {
  let missing = 0;
  for (let v = 0; v < statistics.variants; v++) missing += statistics.missing(v);
  const rate = missing / (statistics.variants * (statistics.present(0) + statistics.missing(0)));
  provenance.usesDosages({ variants: variants.length, missing, missingRate: rate });
  const own =
    missing === 0
      ? ''
      : `; ${formatCount(missing)} missing ones (${significant(100 * rate, 3)} %) are at their variant's mean`;
  log.info(
    `${variantFile}: dosages count to 1/127 of a copy; filters of variants and people looked at their hard calls${own}`,
  );
}

/** Genotype counts, which all parts of a run need. */
export async function countForAllParts(
  store: GenotypeStore,
  variants: Int32Array,
  run: RunContext,
): Promise<VariantStatistics> {
  const count = async () => (await store.count(variants, run)).counts;
  return new VariantStatistics(await commonToParts(run, 'genotype counts', count));
}

/** Says what hard calls make of dosages, where there are any. */
export function reportHardCalls(
  fileset: Genotypes,
  variants: Int32Array,
  { log, provenance }: Pick<RecordedRun, 'log' | 'provenance'>,
): void {
  const report = fileset.hardCalls(variants);
  if (report === undefined || report.variants === 0) return;
  provenance.usesHardCalls(report);
  const { threshold, missing, missingRate, varianceLost } = report;
  const how =
    threshold === undefined
      ? 'hard calls as the .pgen file stores them'
      : `hard calls within ${threshold} of a whole number`;
  log.info(
    `${formatCount(report.variants)} variants have dosages, which this run takes as ${how}: ${formatCount(missing)} genotypes (${significant(100 * missingRate, 3)} %) become missing, and ${significant(100 * varianceLost, 3)} % of the dosages' variance is lost`,
  );
}

/** Whether there is no variant that everybody has: only then may somebody have none. */
function allMissSomebody(statistics: VariantStatistics): boolean {
  for (let v = 0; v < statistics.variants; v++) if (statistics.missing(v) === 0) return false;
  return statistics.variants > 0;
}

/** Traits and covariates of some of a cohort's people; traits that cannot be analysed among them are left out. */
function narrowed(
  { people: all, traits, covariates }: Pick<OpenCohort, 'people' | 'traits' | 'covariates'>,
  people: SampleMask,
  log: RecordedRun['log'],
): Pick<OpenCohort, 'traits' | 'covariates'> {
  if (people.count === all.count || (traits.length === 0 && covariates.length === 0))
    return { traits, covariates };
  const kept = Array.from(maskIndices(all).entries()).flatMap(([k, i]) => (maskHas(people, i) ? [k] : []));
  const own = keepPeople(covariates, kept);
  return { traits: leaveOutFailing(keepPeople(traits, kept), own, people.count, { log }), covariates: own };
}

/** Positions among the store's samples of those whose missing rate over the variants is at most `limit`. */
async function samplesWithGenotypes(
  store: GenotypeStore,
  variants: Int32Array,
  limit: number,
): Promise<number[]> {
  const genotypes = await GenotypeOperator.open(store, variants, { memory: 0 });
  const values32 = sharedFloat32(4 * variants.length);
  for (let v = 0; v < variants.length; v++) values32[4 * v + MISSING] = 1;
  const ones = sharedFloat32(variants.length).fill(1);
  const missing = sharedFloat64(genotypes.columnStride);
  await genotypes.times(ones, 1, missing, { values32 });
  return Array.from({ length: store.samples }, (_, i) => i).filter(
    (i) => missing[i] <= limit * variants.length,
  );
}
