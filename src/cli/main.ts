import { EXIT_CODES, HeredityError, isHeredityError } from '../errors.js';
import { host } from '../host/host.js';
import { wordOptions } from '../wording.js';
import type { GoesOn } from './command.js';
import { allCommands, type CommandEntry } from './commands.js';
import { Answered, chooseCommand, parseFlags } from './parser.js';
import { createProgressLine, type TextStream } from './progress-line.js';
import { progressMessages } from './progress-messages.js';
import { runCommand } from './run-command.js';

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
    const going = (await command.goesOn?.(values)) ?? { name: entry.name, command, values };
    await runInTerminal(going, words, { stdout, stderr });
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

/** Runs a command in a terminal: progress as a line, and signals that end it. */
async function runInTerminal(
  { name, command, values, merged }: GoesOn,
  words: readonly string[],
  streams: { readonly stdout: TextStream; readonly stderr: TextStream },
): Promise<void> {
  const interruption = new AbortController();
  const line = progressMessages() ?? createProgressLine(streams.stderr);
  const interrupts = listenForInterrupts(interruption, (text) => {
    line.clear();
    streams.stderr.write(`${text}\n`);
  });
  try {
    const { signal } = interruption;
    const { outOfPatience } = interrupts;
    await runCommand(name, command, values, { ...streams, words, line, signal, outOfPatience }, merged);
  } finally {
    interrupts.stop();
  }
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
