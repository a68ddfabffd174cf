import { EXIT_CODES, HeredityError, isHeredityError } from '../errors.js';
import { formatBytes, formatDuration } from '../estimate/number.js';
import { OutputFile } from '../formats/output.js';
import { host } from '../host/host.js';
import type { RunOutputs } from '../host/outputs.js';
import { silentProgress } from '../progress.js';
import { Provenance, peakMemoryBytes, VERSION } from '../provenance.js';
import type { PlanLimits } from '../report/plan-text.js';
import type { RecordedRun } from '../run.js';
import { wordOptions } from '../wording.js';
import type { Command } from './command.js';
import { allCommands, type CommandEntry } from './commands.js';
import { createLog } from './log.js';
import { outputNames } from './output-names.js';
import { Answered, chooseCommand, parseFlags, valuesByFlagName } from './parser.js';
import { createProgressLine, type TextStream } from './progress-line.js';

export interface MainOptions {
  readonly commands?: readonly CommandEntry[];
  readonly stdout?: TextStream;
  readonly stderr?: TextStream;
}

/** What asks a run to stop: Ctrl-C, a scheduler, a terminal that closes. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** After one of them, a command has this long to stop by itself. */
const GRACE_MS = 1000;

/**
 * Runs one command line.
 * @param words the command line after `heredity`.
 * @returns the exit code (docs/exit-codes.md); never throws.
 */
export async function main(words: readonly string[], options: MainOptions = {}): Promise<number> {
  const { commands = allCommands(), stdout = process.stdout, stderr = process.stderr } = options;
  wordOptions(undefined); // as they are typed, even where the library is loaded too
  try {
    const { entry, rest } = chooseCommand(words, commands, { stdout, stderr });
    const command = await entry.load();
    const values = parseFlags(rest, entry.name, command, { stdout, stderr });
    await runCommand(entry.name, command, values, words, { stdout, stderr });
    return 0;
  } catch (error) {
    if (error instanceof Answered) return error.exitCode;
    return reportFailure(error, stderr);
  }
}

/** Leaves nothing half written, says in one line what went wrong, and returns the exit code. */
export function reportFailure(error: unknown, stderr: TextStream): number {
  host().removeUnfinished();
  const failure = classify(error);
  stderr.write(`error: ${explain(failure)}\n`);
  return failure.exitCode;
}

async function runCommand(
  name: string,
  command: Command,
  values: Readonly<Record<string, unknown>>,
  words: readonly string[],
  streams: { readonly stdout: TextStream; readonly stderr: TextStream },
): Promise<void> {
  const startedAt = new Date();
  const { quiet = false, out, planJson } = values as { quiet?: boolean; out?: string; planJson?: boolean };
  const plan = values.plan === true || planJson === true;
  const interruption = new AbortController();
  const { signal } = interruption;
  const line = createProgressLine(streams.stderr);
  const provenance = new Provenance({
    command: name,
    commandLine: ['heredity', ...words],
    flags: valuesByFlagName(values),
    startedAt,
    signal,
  });
  const log = createLog({
    ...streams,
    quiet,
    beforeWrite: line.clear,
    onWarning: (text) => provenance.warn(text),
  });
  const resultName = (await command.resultName?.(values)) ?? name.replaceAll(' ', '-');
  const interrupts = listenForInterrupts(interruption, (text) => {
    line.clear();
    streams.stderr.write(`${text}\n`);
  });
  let outputs: RunOutputs | undefined;
  try {
    // taken before the work begins: a folder that cannot be written to is no surprise after hours
    if (out !== undefined && !plan) outputs = await host().openOutputs(out, outputNames(command));
    const work = host().within({ outputs, signal }, async () => {
      const logFile = outputs && (await OutputFile.create(`${out}.${resultName}.log`));
      if (logFile) log.info(`heredity ${VERSION}, ${startedAt.toISOString()}\nheredity ${words.join(' ')}`);
      const run = { log, progress: quiet ? silentProgress : line, signal, provenance, startedAt };
      if (plan) await printPlan(command, values, run);
      else await command.run(values, run);
      signal.throwIfAborted();
      if (!logFile) return;
      line.clear();
      const seconds = (Date.now() - startedAt.getTime()) / 1000;
      log.info(`Done in ${formatDuration(seconds)}, peak memory ${formatBytes(peakMemoryBytes())}`);
      await logFile.write(log.text());
      await logFile.finish();
      await outputs?.sync();
    });
    await Promise.race([work, interrupts.outOfPatience]);
    signal.throwIfAborted();
    await outputs?.commit(); // whoever interrupts it finds the results whole
  } catch (error) {
    await outputs?.abort();
    throw signal.aborted ? signal.reason : error;
  } finally {
    interrupts.stop();
    line.clear();
  }
}

/** Prints what the run would take, for people or as JSON. */
async function printPlan(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  run: RecordedRun,
): Promise<void> {
  if (!command.plan) throw new HeredityError('internal', 'the command has no plan');
  const { planJson, planText } = await import('../report/plan-text.js');
  const limits = values as unknown as PlanLimits;
  run.log.result((values.planJson ? planJson : planText)(await command.plan(values, run), limits));
}

/**
 * Aborts at the first signal that asks to stop, and ends the process at the second. Whoever listened before waits until
 * `stop` is called.
 * @returns `outOfPatience`, which rejects when the command has not stopped in time, and `stop`, which ends listening.
 */
function listenForInterrupts(interruption: AbortController, say: (text: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: unknown) => void;
  const outOfPatience = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  outOfPatience.catch(() => {}); // nobody waits any more once the outputs appear
  function onSignal() {
    if (interruption.signal.aborted) {
      host().removeUnfinished();
      process.exit(EXIT_CODES.interrupted);
    }
    say('stopping (Ctrl-C again to stop at once) …');
    const reason = new HeredityError('interrupted', 'interrupted; no unfinished file is left behind');
    timer = setTimeout(() => giveUp(reason), GRACE_MS);
    interruption.abort(reason);
  }
  const before = STOP_SIGNALS.map((name) => ({ name, listeners: process.listeners(name) }));
  for (const name of STOP_SIGNALS) process.removeAllListeners(name).on(name, onSignal);
  function stop() {
    clearTimeout(timer);
    for (const { name, listeners } of before) {
      process.off(name, onSignal);
      for (const listener of listeners) process.on(name, listener);
    }
  }
  return { outOfPatience, stop };
}

/** What the machine refuses, for want of memory or disk or permission, is no bug; everything else unknown is one. */
function classify(error: unknown): HeredityError {
  if (isHeredityError(error)) return error;
  const summary = (error instanceof Error ? error.message : String(error)).split('\n')[0];
  if (error instanceof RangeError && /allocation failed|Invalid typed array length/.test(summary)) {
    return new HeredityError('resource', 'not enough memory', { fix: 'set a lower --memory', cause: error });
  }
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (/^(ENOSPC|EDQUOT|EIO|EROFS|EACCES|EPERM|EMFILE|ENFILE|ENOMEM)$/.test(code)) {
    return new HeredityError('resource', summary, { cause: error });
  }
  return new HeredityError('internal', summary, { cause: error });
}

/** One line for the user's mistakes; a request to report for ours. */
function explain(error: HeredityError): string {
  if (error.tag !== 'internal') return error.message;
  const cause = error.cause instanceof Error ? error.cause : error;
  const more = debugging()
    ? `\n${cause.stack}`
    : '. Run it again with HEREDITY_DEBUG=1 and report what it prints';
  return `internal error, a bug of heredity's: ${error.message}${more}`;
}

function debugging(): boolean {
  return process.env.HEREDITY_DEBUG === '1';
}
