import { unlinkSync } from 'node:fs';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { HeredityError } from '../errors.js';
import { GzipMembers } from './gzip-members.js';
import { systemWords } from './input.js';

/** Temporary files of outputs that are neither finished nor aborted. */
const unfinished = new Set<string>();

export interface OutputOptions {
  /** Whether to compress. @default whether the name ends in `.gz` */
  readonly gzip?: boolean;
}

/** A file that appears under its name when it is whole, and not before. */
export class OutputFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #sink: Writable;
  readonly #closed: Promise<void>;

  private constructor(path: string, temporary: string, sink: Writable, closed: Promise<void>) {
    this.path = path;
    this.#temporary = temporary;
    this.#sink = sink;
    this.#closed = closed;
    closed.catch(() => {}); // whoever writes or finishes next is told
  }

  /**
   * Opens a temporary file in the folder of `path`.
   * @throws HeredityError `usage` where the folder is missing, `path` is not a regular file, or another open output has the
   *   same name; `resource` where permission is missing.
   */
  static async create(path: string, options: OutputOptions = {}): Promise<OutputFile> {
    await checkPlace(path);
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    if (unfinished.has(temporary)) {
      throw new HeredityError('usage', 'two outputs of this run have the same name', { file: path });
    }
    unfinished.add(temporary);
    const handle = await open(temporary, 'w').catch((cause) => {
      unfinished.delete(temporary);
      throw unwritable(path, cause);
    });
    const file = handle.createWriteStream();
    if (!(options.gzip ?? path.endsWith('.gz'))) return new OutputFile(path, temporary, file, finished(file));
    const gzip = new GzipMembers();
    return new OutputFile(path, temporary, gzip, pipeline(gzip, file));
  }

  /**
   * Appends text (as UTF-8) or bytes; the bytes may be changed once the promise resolves. Write 64 KB or more at a time.
   * @throws HeredityError `resource` where the disk is full and so on.
   */
  async write(data: string | Uint8Array): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#sink.write(data, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  /** Ends the file and gives it its name, replacing an older one. */
  async finish(): Promise<void> {
    try {
      this.#sink.end();
      await this.#closed;
      await rename(this.#temporary, this.path);
    } catch (error) {
      throw await this.#failure(error);
    }
    unfinished.delete(this.#temporary);
  }

  /** Removes what was written; does nothing after {@link finish}. */
  async abort(): Promise<void> {
    if (!unfinished.delete(this.#temporary)) return;
    if (!this.#sink.destroyed) {
      const closing = new Promise((resolve) => this.#sink.once('close', resolve)); // an error may come before
      this.#sink.destroy();
      await closing;
    }
    await this.#closed.catch(() => {});
    await unlink(this.#temporary).catch(() => {});
  }

  /** The first error of the stream, of which `error` may be but a consequence. */
  async #failure(error: unknown): Promise<HeredityError> {
    const first = await this.#closed.then(() => error).catch((cause) => cause);
    await this.abort();
    return unwritable(this.path, first);
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

/** Removes the temporary files of all unfinished outputs, at once: for the end of a process that cannot go on. */
export function removeUnfinishedOutputs(): void {
  for (const temporary of unfinished) {
    try {
      unlinkSync(temporary);
    } catch {
      // already gone, or the disk is: nothing is left to do
    }
  }
  unfinished.clear();
}

async function checkPlace(path: string): Promise<void> {
  const folder = dirname(path);
  const [place, present] = await Promise.all(
    [stat(folder), stat(path)].map((stats) => stats.catch(() => undefined)),
  );
  if (place === undefined) {
    const fix = `create it first: mkdir -p ${folder}`;
    throw new HeredityError('usage', `the output folder ${folder} does not exist`, { file: path, fix });
  }
  if (!place.isDirectory()) {
    throw new HeredityError('usage', `the output folder ${folder} is not a folder`, { file: path });
  }
  if (present === undefined || present.isFile()) return;
  const what = present.isDirectory() ? 'is a folder' : 'is not a regular file';
  throw new HeredityError('usage', `the output ${what}`, { file: path, fix: 'choose another name' });
}

function unwritable(path: string, cause: unknown): HeredityError {
  const { code, errno } = cause as NodeJS.ErrnoException;
  const fix =
    code === 'ENOSPC' ? 'free some space, or write to another disk' : 'check the folder and its permissions';
  return new HeredityError('resource', `the file cannot be written: ${systemWords(errno)}`, {
    file: path,
    fix,
    cause,
  });
}
