import { HeredityError } from '../errors.js';
import type { InputFiles } from './inputs.js';
import type { Machine } from './machine.js';
import type { RunOutputs } from './outputs.js';
import type { Threads } from './threads.js';

/** What everything above needs from the machine it runs on: `src/host/node` and `src/host/web` are the two there are. */
export interface Host {
  readonly files: InputFiles;
  readonly threads: Threads;
  readonly machine: Machine;
  /** Compresses bytes to one gzip member, beside the calling thread. */
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * The bytes in gzip data of one or more members; each piece, as those given, is good until the next is asked for.
   * @throws FileError `gzip-cut` or `gzip-damaged`.
   */
  gunzip(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Decompresses zlib data, on the calling thread. @throws where they are damaged, or longer than `most` bytes. */
  inflate(bytes: Uint8Array, most: number): Uint8Array;
  /** As {@link inflate}, of Zstandard data; undefined where the machine has nothing faster than JavaScript. */
  readonly unzstd: ((bytes: Uint8Array, most: number) => Uint8Array) | undefined;
  /** Begins a hash of bytes that come in pieces. */
  sha256(): Sha256;
  /** Reads pieces of a buffer as UTF-8, which need not be valid: a function from the first byte and the one after the last. */
  textReader(bytes: Uint8Array): (start: number, end: number) => string;
  /**
   * Opens the outputs of a run.
   * @param prefix as given with --out: files under it are this run's.
   * @param names patterns of the names that the run may write, after the prefix: an input of such a name is refused.
   * @param beside whether others may write the same at once, as parts do that a scheduler starts twice: the last one's files stay.
   * @throws HeredityError `usage` where another run that is alive has the same prefix, or the folder is missing.
   */
  openOutputs(prefix: string, names?: readonly RegExp[], beside?: boolean): Promise<RunOutputs>;
  /** The run that is under way; undefined where none is, as in the library. */
  run(): Run | undefined;
  /** Does work as part of a run; with undefined, apart from any: what it writes appears at once. */
  within<T>(run: Run | undefined, work: () => T): T;
  /** Lets what waits come: timers, signals, input. */
  pause(): Promise<void>;
  /** Removes, at once, all that runs have not committed: for the end of a process that cannot go on. */
  removeUnfinished(): void;
  /** Draws an SVG as PNG; undefined where there is nothing to draw with, as in a browser's worker. */
  readonly rasterise: ((svg: string, options: RasterOptions) => Uint8Array) | undefined;
  /** Where reference data are kept: $HEREDITY_REFERENCE, else the platform's folder for the data of programs. Undefined in a browser. */
  readonly referenceFolder: (() => string) | undefined;
  /** Writes a file that is no output of a run, whole or not at all. @throws FileError */
  keepFile(path: string, pieces: readonly Uint8Array[]): Promise<void>;
  /** Programs that the user has installed; undefined where there are none, as in a browser. */
  readonly programs: Programs | undefined;
}

/** A hash under way. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The hash, in hexadecimal; ends it. */
  hex(): string;
}

export interface RasterOptions {
  /** Pixels per SVG unit. */
  readonly scale: number;
  readonly fontFamily: string;
}

export interface Programs {
  /** Runs a line of the system's shell. @returns what it printed. @throws where it fails, or the signal is aborted. */
  run(line: string, signal: AbortSignal): Promise<string>;
  /** An empty folder for files that nobody keeps. */
  temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }>;
}

/** What all work of one run has in common. */
export interface Run {
  /** Undefined where it writes nothing. */
  readonly outputs?: RunOutputs | undefined;
  /** Aborted when it is to stop. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each range of bytes of an input that is read. */
  readonly onRead?: ((path: string, start: number, end: number) => void) | undefined;
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
