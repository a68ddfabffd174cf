import { HeredityError } from '../errors.js';
import type { RunOutputs } from './outputs.js';

/** What everything above needs from the machine it runs on: `src/host/node` and `src/host/web` are the two there are. */
export interface Host {
  /** Hashes a whole file, beside the calling thread where it is large. @throws the signal's reason, or the system's error. */
  hash(name: string, signal?: AbortSignal): Promise<FileHash>;
  /** Compresses bytes to one gzip member, beside the calling thread. */
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Opens the outputs of a run.
   * @param prefix as given with --out: files under it are this run's.
   * @param names patterns of the names that the run may write, after the prefix: an input of such a name is refused.
   * @throws HeredityError `usage` where another run that is alive has the same prefix, or the folder is missing.
   */
  openOutputs(prefix: string, names?: readonly RegExp[]): Promise<RunOutputs>;
  /** The run that is under way; undefined where none is, as in the library. */
  run(): Run | undefined;
  /** Does work as part of a run; with undefined, apart from any: what it writes appears at once. */
  within<T>(run: Run | undefined, work: () => T): T;
  /** Lets what waits come: timers, signals, input. */
  pause(): Promise<void>;
  /** Removes, at once, all that runs have not committed: for the end of a process that cannot go on. */
  removeUnfinished(): void;
}

/** The contents of a file; null for a pipe, which can be read only once. */
export interface FileHash {
  readonly bytes: number | null;
  /** In hexadecimal. */
  readonly sha256: string | null;
}

/** What all work of one run has in common. */
export interface Run {
  /** Undefined where it writes nothing. */
  readonly outputs?: RunOutputs | undefined;
  /** Aborted when it is to stop. */
  readonly signal?: AbortSignal | undefined;
}

let current: Host | undefined;

/** Chosen once by each door: the command line, the library, a worker. */
export function setHost(host: Host): void {
  current = host;
}

/** The machine this runs on. */
export function host(): Host {
  if (current === undefined) throw new HeredityError('internal', 'no host was set');
  return current;
}
