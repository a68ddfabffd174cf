import type { FlagSet, FlagValues } from '../options/flags.js';
import type { MergedRun } from '../parts/divided-run.js';
import type { Plan } from '../plan.js';
import type { Output } from '../report/write-result.js';
import type { RecordedRun } from '../run.js';
import type { Mode } from './modes.js';

/** What a command is; its name, group and summary stand in src/cli/commands.ts, so that `--help` loads no command. */
export interface Command<F extends FlagSet = FlagSet> {
  /** A paragraph on what it computes and when to use it. */
  readonly description: string;
  readonly flags: F;
  /**
   * The flags whose values may also stand by themselves, in this order, as in `heredity explain blocks-overlap`;
   * the last takes what is left where it may be repeated, as in `heredity report FILES`.
   */
  readonly argument?: string | readonly string[];
  /** The ways of using it, where there are several; the first that holds is that of a run. */
  readonly modes?: readonly Mode<F>[];
  readonly examples: readonly Example[];
  /**
   * The part of the names of a run's files after the prefix, as in `<out>.<name>.json` and `<out>.<name>.log`: the method,
   * so that runs of different methods under one prefix never replace each other's results.
   * @default the command's name, its words joined by a hyphen
   */
  resultName?(values: FlagValues<F>): string | Promise<string>;
  /** The files written, such as `<out>.gre.json`. */
  readonly outputs?: readonly Output[];
  /**
   * What `run` would read, hold in memory and take (--plan), told without reading a genotype. Every command with --plan has it.
   * @throws HeredityError for what the run would refuse.
   */
  plan?(values: FlagValues<F>, run: RecordedRun): Promise<Plan> | Plan;
  /** The run that it goes on with, in place of one of its own. @throws HeredityError where there is none. */
  goesOn?(values: FlagValues<F>): Promise<GoesOn>;
  /**
   * Does the work. Results go to `run.log.result`, notes to `run.log.info`; the run's log is written by the
   * caller once this has returned.
   * @throws HeredityError for everything that the user can repair.
   */
  run(values: FlagValues<F>, run: RecordedRun): Promise<void> | void;
}

/** A run of a command from its parts on. */
export interface GoesOn {
  readonly name: string;
  readonly command: Command;
  readonly values: Readonly<Record<string, unknown>>;
  readonly merged?: MergedRun;
}

export interface Example {
  /** A whole command line. */
  readonly line: string;
  readonly what: string;
}

/** Returns the command as it is; gives `run` the types of its flags. */
export function defineCommand<const F extends FlagSet>(command: Command<F>): Command<F> {
  return command;
}
