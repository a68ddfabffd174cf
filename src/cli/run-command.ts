import { HeredityError } from '../errors.js';
import { formatBytes, formatDuration } from '../estimate/number.js';
import { OutputFile } from '../formats/output.js';
import { host } from '../host/host.js';
import type { RunOutputs } from '../host/outputs.js';
import { type MergedRun, openPart, openPlan } from '../parts/divided-run.js';
import { type Division, PartDone } from '../parts/division.js';
import { commonPath, type DividedRun, partPath } from '../parts/manifest.js';
import { silentProgress } from '../progress.js';
import { Provenance, peakMemoryBytes, VERSION } from '../provenance.js';
import type { PlanLimits } from '../report/plan-text.js';
import type { RecordedRun } from '../run.js';
import type { Command } from './command.js';
import { createLog } from './log.js';
import { outputNames } from './output-names.js';
import { partsText, placeOfPart } from './parts.js';
import type { ProgressLine, TextStream } from './progress-line.js';
import { referenceConflicts } from './ref/conflicts.js';
import { valuesByFlagName } from './values.js';

/** Where a run is watched from: a terminal, or a page. */
export interface Watcher {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Shows how far the run has come; wiped before anything else is written. */
  readonly line: ProgressLine;
  /** The command line after `heredity`, for the record. */
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  /** Rejects when the run is to be given up although it has not stopped. */
  readonly outOfPatience?: Promise<never>;
}

/**
 * Runs a command with all that a run has around it: outputs that appear together or not at all, the log, the record of how
 * it came about; or one part of it (--part), or from all its parts on.
 * @param values every flag, defaults filled in. @param merged the parts that take the place of the work that was divided.
 * @throws HeredityError as the command does, or the reason of the signal; nothing is left half written.
 */
export async function runCommand(
  name: string,
  command: Command,
  values: Readonly<Record<string, unknown>>,
  { stdout, stderr, line, words, signal, outOfPatience }: Watcher,
  merged?: MergedRun,
): Promise<void> {
  const startedAt = new Date();
  const { quiet = false, out, planJson } = values as { quiet?: boolean; out?: string; planJson?: boolean };
  const plan = values.plan === true || planJson === true;
  const place = placeOfPart(values, plan);
  const provenance = new Provenance({
    command: name,
    commandLine: ['heredity', ...words],
    flags: valuesByFlagName(values),
    ...(merged && { parts: merged.records }),
    startedAt,
    signal,
    hashesPieces: place !== undefined || merged !== undefined,
  });
  provenance.hashes.know(merged?.manifest.inputs ?? []);
  const log = createLog({
    stdout,
    stderr,
    quiet,
    beforeWrite: line.clear,
    onWarning: (text) => provenance.warn(text),
  });
  const resultName = (await command.resultName?.(values)) ?? name.replaceAll(' ', '-');
  const divided = place && {
    command: name,
    values,
    out: out!,
    name: resultName,
    ...place,
    wait: (values as { wait?: number }).wait ?? 0,
    signal,
    provenance,
    log,
    startedAt,
  };
  const own =
    divided &&
    (plan ? commonPath(out!, resultName) : partPath(out!, resultName, { ...divided, part: divided.part! }));
  let outputs: RunOutputs | undefined;
  try {
    // taken before the work begins: a folder that cannot be written to is no surprise after hours
    if (own !== undefined) outputs = await host().openOutputs(own, [], true);
    else if (out !== undefined && !plan) outputs = await host().openOutputs(out, outputNames(command));
    const { hashes } = provenance;
    const onRead = (path: string, start: number, end: number) => hashes.read(path, start, end);
    const work = host().within({ outputs, signal, onRead }, async () => {
      const logFile =
        !plan &&
        outputs &&
        (await OutputFile.create(own === undefined ? `${out}.${resultName}.log` : `${own}.log`));
      if (logFile) log.info(`heredity ${VERSION}, ${startedAt.toISOString()}\nheredity ${words.join(' ')}`);
      for (const text of referenceConflicts(values)) log.warn(text);
      const run = { log, progress: quiet ? silentProgress : line, signal, provenance, startedAt };
      if (plan) await printPlan(command, values, run, divided);
      else if (divided)
        await runPart(command, values, { ...run, division: await openPart(divided, divided.part!) });
      else await runWhole(command, values, run, merged);
      signal.throwIfAborted();
      if (!logFile) return outputs?.sync();
      line.clear();
      const seconds = (Date.now() - startedAt.getTime()) / 1000;
      const peak = peakMemoryBytes();
      const memory = peak > 0 ? `, peak memory ${formatBytes(peak)}` : ''; // a browser does not tell
      log.info(`Done in ${formatDuration(seconds)}${memory}`);
      await logFile.write(log.text());
      await logFile.finish();
      await outputs?.sync();
    });
    await Promise.race(outOfPatience === undefined ? [work] : [work, outOfPatience]);
    signal.throwIfAborted();
    await outputs?.commit(); // whoever interrupts it finds the results whole
  } catch (error) {
    await outputs?.abort();
    throw signal.aborted ? signal.reason : error;
  } finally {
    line.clear();
  }
}

/** All of the work, or what follows on its parts. */
async function runWhole(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  run: RecordedRun,
  merged: MergedRun | undefined,
): Promise<void> {
  if (!merged) return command.run(values, run);
  run.log.info(partsText(merged));
  for (const text of merged.warnings) run.log.warn(text);
  await command.run(values, { ...run, division: merged.division(run.provenance) });
  merged.checkInputs(await run.provenance.inputs());
}

/** One part of the work, or what comes before all parts: what the command makes of all parts is not made. */
async function runPart(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  run: RecordedRun & { readonly division: Division },
): Promise<void> {
  try {
    await command.run(values, run);
  } catch (error) {
    if (!(error instanceof PartDone)) throw error;
    if (error.isEnd) run.log.result(`No round is left: "heredity merge ${values.out}" joins the parts`);
    return;
  }
  throw new HeredityError('usage', 'there is nothing to divide in this run', {
    fix: 'run it without --parts and --part',
  });
}

/** Prints what the run would take, for people or as JSON; writes the manifest of its parts. */
async function printPlan(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  run: RecordedRun,
  divided: DividedRun | undefined,
): Promise<void> {
  if (!command.plan) throw new HeredityError('internal', 'the command has no plan');
  const { planJson, planText } = await import('../report/plan-text.js');
  const { requirePlan } = await import('../cohort/budget.js');
  const { withReadingTime } = await import('../reading-time.js');
  const limits = values as unknown as PlanLimits;
  const division = divided && (await openPlan(divided));
  const plan = await command.plan(values, division ? { ...run, division: division.ahead } : run);
  requirePlan(plan, limits.memory);
  const timed = await withReadingTime(plan, limits.threads ?? 1);
  run.log.result((values.planJson ? planJson : planText)(timed, limits));
  if (!division) return;
  const { warnings } = run.provenance; // given already where the plan had cause
  const quiet = {
    ...run.log,
    info() {},
    result() {},
    warn: (text: string) => !warnings.includes(text) && run.log.warn(text),
  };
  await runPart(command, values, { ...run, log: quiet, division: division.own });
}
