import { host } from '../host/host.js';
import type { OutputSink, RunOutputs } from '../host/outputs.js';
import { GzipMembers } from './gzip-members.js';

export interface OutputOptions {
  /** Whether to compress. @default whether the name ends in `.gz` */
  readonly gzip?: boolean;
  /** Whether others may write the same file at once, outside a run. @default false */
  readonly beside?: boolean;
  /** Whether it appears as soon as it is finished, whatever becomes of the run. @default false */
  readonly isAlone?: boolean;
}

const UTF8 = new TextEncoder();

/**
 * A file that appears under its name when it is whole, and not before: with all the others of its run where one is under
 * way, else when it is finished.
 */
export class OutputFile {
  readonly path: string;
  readonly #sink: OutputSink;
  readonly #gzip: GzipMembers | undefined;
  /** The file's own transaction, where no run is under way. */
  readonly #own: RunOutputs | undefined;

  private constructor(path: string, sink: OutputSink, gzip: boolean, own: RunOutputs | undefined) {
    this.path = path;
    this.#sink = sink;
    this.#gzip = gzip ? new GzipMembers((member) => sink.append(member)) : undefined;
    this.#own = own;
  }

  /**
   * Begins a file.
   * @throws HeredityError as {@link RunOutputs.create}.
   */
  static async create(path: string, options: OutputOptions = {}): Promise<OutputFile> {
    const run = options.isAlone ? undefined : host().run()?.outputs;
    const own = run ? undefined : await host().openOutputs(path, [], options.beside);
    try {
      const sink = await (run ?? own)!.create(path);
      return new OutputFile(path, sink, options.gzip ?? path.endsWith('.gz'), own);
    } catch (error) {
      await own?.abort();
      throw error;
    }
  }

  /**
   * Appends text (as UTF-8) or bytes; the bytes may be changed once the promise resolves. Write 64 KB or more at a time.
   * @throws HeredityError `resource` where the disk is full and so on.
   */
  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? UTF8.encode(data) : data;
    await this.#orAbort(() => this.#gzip?.write(bytes) ?? this.#sink.append(bytes));
  }

  /** Ends the file; outside a run it gets its name, replacing an older one. */
  async finish(): Promise<void> {
    await this.#orAbort(async () => {
      await this.#gzip?.end();
      this.#sink.close();
      await this.#own?.sync();
      await this.#own?.commit();
    });
  }

  /** Removes what was written; outside a run, does nothing after {@link finish}. */
  async abort(): Promise<void> {
    await this.#sink.discard();
    await this.#own?.abort();
  }

  async #orAbort(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }
}

/** Writes a whole file at once; as {@link OutputFile}, it appears when it is whole. */
export async function writeOutput(
  path: string,
  data: string | Uint8Array,
  options?: OutputOptions,
): Promise<void> {
  const file = await OutputFile.create(path, options);
  await file.write(data);
  await file.finish();
}

/**
 * Makes a folder for outputs, where there is none; it goes again where the run does not come to its end.
 * @throws HeredityError as {@link RunOutputs.folder}.
 */
export async function makeOutputFolder(path: string): Promise<void> {
  const run = host().run()?.outputs;
  if (run) return run.folder(path);
  const own = await host().openOutputs(path);
  await own.folder(path);
  await own.commit();
}

/** Does work whose files are no outputs of the run, and appear at once: what another program reads, what the next try needs. */
export function apartFromRun<T>(work: () => T): T {
  return host().within(undefined, work);
}
