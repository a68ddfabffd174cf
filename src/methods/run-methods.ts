import { designForAllParts } from '../association/design.js';
import { requireMemory } from '../cohort/budget.js';
import { readCaseShares } from '../cohort/case-shares.js';
import { type CohortFlags, countCohort, type OpenCohort, openCohort } from '../cohort/cohort.js';
import { readingOf, rowsOf, timedSteps } from '../cohort/cohort-plan.js';
import { countListed } from '../cohort/listed-people.js';
import { HeredityError, isHeredityError } from '../errors.js';
import type { Findings } from '../estimate/estimate.js';
import { formatCount } from '../estimate/number.js';
import { packedStride } from '../kernels/kernels.js';
import type { FlagSet, FlagValues } from '../options/flags.js';
import { genotypesIn, type Plan, peakMemory, planSeconds } from '../plan.js';
import type { RecordedRun } from '../run.js';
import { loadMethod } from './catalogue.js';
import { blocksFor, estimateAll, type MethodsRun } from './estimate-all.js';
import { isOfOneMethod, type Method, type MethodPlan, type PlannedWork, type WorkSizes } from './method.js';

export type MethodsFlags = CohortFlags & MethodsRun;

/**
 * Runs methods of the catalogue on the people, variants and traits that the flags name: the one way of every command from
 * genotypes to estimates. A method that runs alone sees the people that it asks for ({@link Method.people}).
 * @throws HeredityError for everything that the user can repair.
 */
export async function runMethods(flags: MethodsFlags, run: RecordedRun): Promise<Findings> {
  const only = await onlyMethod(flags);
  return withCohort(flags, run, true, async (open) => {
    refuseEarly(flags, open, only);
    const count = only?.people === 'listed' ? countListed : countCohort;
    return estimateAll(await count(open, flags, run), flags, run);
  });
}

/** What {@link runMethods} would read, hold and take: reads tables, no genotypes; filters on them are not known yet. */
export async function planMethods(flags: MethodsFlags, run: RecordedRun): Promise<Plan> {
  const only = await onlyMethod(flags);
  return withCohort(flags, run, false, async (open) => {
    refuseEarly(flags, open, only);
    const { people, listed, variants, traits, covariates, fileset, held, memory } = open;
    const design = await designForAllParts(traits, covariates, people.count, run);
    const row = packedStride(only?.people === 'listed' ? listed.count : people.count);
    const packed = rowsOf(fileset) * row * variants.length;
    const { threads } = flags;
    const methods = await Promise.all(flags.methods.map(loadMethod));
    const blocks = blocksFor(flags.blocks, methods);
    const groups = design.groups.length;
    const sizes: WorkSizes = {
      listed: listed.count,
      people: people.count,
      variants: variants.length,
      traits: traits.length,
      groups,
      columns: design.columns,
    };
    const shared = { open, design, blocks, threads, memory, packed, sizes };
    const plans: MethodPlan[] = [];
    for (const { facts, method } of methods) {
      const options = flags.optionsOf(facts.name);
      const own = method.memory?.(sizes, options) ?? 0;
      requireMemory(facts.title, own, held, flags.memory);
      const work: PlannedWork = { ...shared, own };
      plans.push(await planOf(facts.title, method, work, options, run, methods.length === 1));
    }
    const counting = flags.mind === undefined ? 1 : 2;
    const passes = counting + plans.reduce((sum, plan) => sum + plan.passes, 0);
    const inGroups = groups === 1 ? 'measured on the same people' : `in ${groups} groups of people`;
    const columns = design.columns;
    return {
      about: [
        `${formatCount(people.count)} people, ${formatCount(variants.length)} variants before filters on genotypes, ${traits.length} ${traits.length === 1 ? 'trait' : 'traits'} ${inGroups}, ${columns} covariate ${columns === 1 ? 'column' : 'columns'} with the intercept`,
      ],
      reading: readingOf(fileset, passes, variants.length),
      held,
      steps: timedSteps(
        open,
        plans.flatMap(({ preparing = [], steps }) => [...preparing, ...steps]),
        counting,
      ),
      notes: plans.flatMap(({ notes = [] }) => notes),
    };
  });
}

/** What each method would take by itself. */
export interface PlannedMethod {
  readonly name: string;
  /** Bytes of its largest step; null where the plan is refused. */
  readonly memory: number | null;
  /** Null where that is not known. */
  readonly seconds: number | null;
  /** Why it could not run as it is asked to. */
  readonly problem?: string;
}

/** {@link planMethods} of methods one by one; what each says while it opens the cohort was said before. */
export async function planEach(
  names: readonly string[],
  flags: MethodsFlags,
  run: RecordedRun,
): Promise<PlannedMethod[]> {
  const planned: PlannedMethod[] = [];
  const unheard: RecordedRun = { ...run, log: { info() {}, warn() {}, result() {} } };
  for (const name of names) {
    try {
      const plan = await planMethods({ ...flags, methods: [name] }, unheard);
      planned.push({ name, memory: peakMemory(plan), seconds: planSeconds(plan) });
    } catch (error) {
      if (!isHeredityError(error)) throw error;
      planned.push({ name, memory: null, seconds: null, problem: error.problem });
    }
  }
  return planned;
}

async function onlyMethod({ methods }: MethodsFlags): Promise<Method | undefined> {
  return methods.length === 1 ? (await loadMethod(methods[0])).method : undefined;
}

/** What is wrong with the flags is said before any work. */
function refuseEarly(flags: MethodsFlags, { traits }: OpenCohort, only: Method | undefined): void {
  readCaseShares(flags, traits);
  if (flags.pairs && traits.length < 2)
    throw new HeredityError('usage', 'a genetic correlation needs at least two traits', {
      fix: 'take more columns of the phenotype table (--pheno-name)',
    });
  only?.natives?.prefixes(
    flags.out,
    traits.map(({ name }) => name),
  );
  only?.check?.(traits, flags.optionsOf(flags.methods[0]));
}

/** The plan of one of some methods: what would end it alone in a run is a note then. */
async function planOf(
  name: string,
  method: Method,
  work: PlannedWork,
  options: FlagValues<FlagSet>,
  run: RecordedRun,
  isAlone: boolean,
): Promise<MethodPlan> {
  try {
    return (await method.plan?.(work, options, run)) ?? unplanned(name, method, work, options);
  } catch (error) {
    if (isAlone || !isOfOneMethod(error)) throw error;
    return { steps: [], passes: 0, notes: [`${name} cannot be run: ${error.problem}.`] };
  }
}

/** A method without a plan of its own: its genotypes in memory, for a time that is not known. */
function unplanned(
  name: string,
  method: Method,
  { memory, own, packed, open }: PlannedWork,
  options: FlagValues<FlagSet>,
): MethodPlan {
  const share = method.genotypeShare?.(options, open.fileset.dosages ?? open.fileset.source) ?? 1;
  const step = {
    name,
    variants: open.variants.length,
    memory: { ...genotypesIn(packed, share * (memory - own)), vectors: own },
    work: undefined,
  };
  return { steps: [step], passes: 1 };
}

async function withCohort<T>(
  flags: MethodsFlags,
  run: RecordedRun,
  estimates: boolean,
  work: (open: OpenCohort) => Promise<T>,
): Promise<T> {
  const open = await openCohort(flags, run, { variantIds: false, sampleTable: false, estimates });
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}
