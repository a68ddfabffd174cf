import { Checkpoint } from '../checkpoint.js';
import { type CohortFlags, cohortFlags } from '../cohort/cohort.js';
import { HeredityError } from '../errors.js';
import type { Findings, TraitPair } from '../estimate/estimate.js';
import { formatBytes, formatDuration } from '../estimate/number.js';
import { loadMethod, methodNames, whyLeftOut } from '../methods/catalogue.js';
import type { FinishedMethod, MethodsRun } from '../methods/estimate-all.js';
import { methodFacts, methodTitle } from '../methods/facts.js';
import { blocksFlag } from '../methods/gre/options.js';
import { type PlannedMethod, planEach, planMethods, runMethods } from '../methods/run-methods.js';
import { caseShareFlags, resultFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, type FlagValues, list } from '../options/flags.js';
import type { Plan } from '../plan.js';
import { type Column, textTable } from '../report/table.js';
import { writeResult } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';

/** Flags of commands that run several methods on the same people. @param defaults methods that run by default. */
export function severalMethodsFlags(command: string, defaults: readonly string[]) {
  return defineFlags({
    ...cohortFlags,
    report: resultFlags.report,
    methods: list(`methods, in the order of the table; "heredity ${command} --plan" lists them all`, {
      heading: 'Method',
      words: methodNames(),
      default: defaults,
      defaultText: defaults.join(','),
    }),
    blocks: blocksFlag,
    ...caseShareFlags,
  });
}

type SeveralMethodsFlags = CohortFlags &
  Omit<FlagValues<ReturnType<typeof severalMethodsFlags>>, 'bfile' | 'pheno'>;

/** What the methods would take. @param pairs whether pairs of traits are wanted. */
export async function planSeveralMethods(
  flags: SeveralMethodsFlags,
  run: RecordedRun,
  pairs: boolean,
): Promise<Plan> {
  const own = await methodsOf(flags, pairs);
  const plan = await planMethods({ ...flags, ...own }, run);
  const all = await methodsOf({ methods: methodNames() }, pairs);
  const each = await planEach(all.methods, { ...flags, ...all, pairs: false }, run);
  return { ...plan, notes: [...(plan.notes ?? []), choiceOfMethods(own.methods, each, flags.memory)] };
}

/**
 * Runs the methods and writes what they found.
 * @param name of the command, in the names of files. @param besides pairs of traits from elsewhere, given the traits of the run.
 */
export async function runSeveralMethods(
  flags: SeveralMethodsFlags,
  run: RecordedRun,
  {
    name,
    pairs,
    besides,
  }: {
    readonly name: string;
    readonly pairs: boolean;
    readonly besides?: (traits: readonly string[]) => readonly TraitPair[];
  },
): Promise<void> {
  const own = await estimateSeveralMethods(flags, run, { name, pairs });
  const traits = [...new Set(own.estimates.map(({ trait }) => trait))];
  const findings = besides ? { ...own, pairs: [...own.pairs, ...besides(traits)] } : own;
  const { out, report } = flags;
  await writeResult(run, findings, { out, name, report, titleOf: methodTitle });
  run.log.result(`\n${assumptions(findings)}`);
}

/** Runs the methods; those that an interrupted run has finished are not run again. */
export async function estimateSeveralMethods(
  flags: SeveralMethodsFlags,
  run: RecordedRun,
  { name, pairs }: { readonly name: string; readonly pairs: boolean },
): Promise<Findings> {
  const own = await methodsOf(flags, pairs);
  const checkpoint = own.methods.length > 1 ? await openCheckpoint(name, flags, run) : undefined;
  const findings = await runMethods({ ...flags, ...own, checkpoint }, run);
  checkpoint?.finish();
  return findings;
}

/** Estimates depend neither on where they go, nor on threads, nor on which other methods there are. */
async function openCheckpoint(name: string, values: SeveralMethodsFlags, { log, provenance }: RecordedRun) {
  const { out, threads, memory, quiet, plan, report, methods, ...settings } = values;
  const path = `${out}.${name}.resume.json`;
  const checkpoint = await Checkpoint.open<FinishedMethod>(path, settings, provenance);
  if (checkpoint.finished > 0)
    log.info(`going on from ${checkpoint.finished} finished methods of an interrupted run`);
  return checkpoint;
}

/** The methods by their names in the catalogue, each with its defaults, and pairs where they are wanted and an option gives them. */
async function methodsOf(
  { methods }: { readonly methods: readonly string[] },
  pairs: boolean,
): Promise<Pick<MethodsRun, 'methods' | 'optionsOf' | 'pairs'>> {
  const loaded = await Promise.all(methods.map(loadMethod));
  const names = loaded.map(({ facts }) => facts.name);
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined)
    throw new HeredityError('usage', '--methods names a method twice', { value: twice, fix: 'name it once' });
  const options = new Map(
    loaded.map(({ facts, method }) => {
      const defaults = defaultsOf(method.options);
      return [facts.name, pairs && 'rg' in defaults ? { ...defaults, rg: true } : defaults] as const;
    }),
  );
  return { methods: names, optionsOf: (name) => options.get(name) ?? {}, pairs };
}

/** All methods: which of them run, what each would take by itself, why it is none of the default ones, and what it takes for granted. */
function choiceOfMethods(
  chosen: readonly string[],
  planned: readonly PlannedMethod[],
  allowed: number,
): string {
  const columns: Column<PlannedMethod>[] = [
    { name: 'method', value: ({ name }) => name },
    { name: 'runs', value: ({ name }) => (chosen.includes(name) ? 'yes' : '-') },
    { name: 'memory', value: ({ memory }) => (memory === null ? null : formatBytes(memory)) },
    { name: 'time', value: ({ seconds }) => (seconds === null ? null : formatDuration(seconds)) },
    {
      name: 'why',
      header: 'not by default, as',
      value: ({ name, memory, problem }) =>
        problem ??
        (memory !== null && memory > allowed
          ? `needs more than --memory ${formatBytes(allowed)}`
          : whyLeftOut(name)) ??
        null,
    },
    { name: 'assumes', value: ({ name }) => methodFacts(name).assumption },
  ];
  return textTable(columns, planned);
}

/** What the methods of a result take for granted. */
export function assumptions({ estimates }: Findings): string {
  return textTable([METHOD, ASSUMES], [...new Set(estimates.map(({ method }) => method))]);
}

const METHOD: Column<string> = { name: 'method', value: (name) => name };
const ASSUMES: Column<string> = { name: 'assumes', value: (name) => methodFacts(name).assumption };
