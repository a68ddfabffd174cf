import { closeSync, openSync, rmdirSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { HeredityError } from '../../errors.js';
import type { OutputSink, RunOutputs } from '../outputs.js';
import { link, mkdir, rename, rm, rmdir, stat } from './at-once.js';
import { builtins } from './builtins.js';
import { Gate } from './gate.js';
import { RunFolder } from './run-folder.js';
import { unwritable } from './system-errors.js';

/** What a file system's names have room for, in bytes: ext4, XFS, APFS, NTFS and NFS agree. */
const NAME_BYTES = 255;
/** So many files are open at once, however many there are. */
const gate = new Gate(16);
/** Less is written at once: to hand it to a thread and wait takes longer. */
const WORTH_A_THREAD_BYTES = 1 << 20;

/** Every run of this process that is neither committed nor aborted. */
const unfinished = new Set<Outputs>();

/** The outputs of a run as files of one folder of its own, which are renamed into place together. */
export class Outputs implements RunOutputs {
  readonly #folder: RunFolder;
  readonly #prefix: string;
  readonly #names: readonly RegExp[];
  /** By {@link nameKey}. */
  readonly #files = new Map<string, Sink>();
  /** Paths of inputs by {@link fileKey}. */
  readonly #inputs = new Map<string, string>();
  readonly #useless: string[] = [];
  readonly #madeFolders: string[] = [];
  #created = 0;
  #isOver = false;

  private constructor(folder: RunFolder, prefix: string, names: readonly RegExp[]) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#names = names;
  }

  /** @see Host.openOutputs */
  static async open(prefix: string, names: readonly RegExp[] = [], beside = false): Promise<Outputs> {
    await checkPlace(prefix);
    const folder = beside ? await RunFolder.takeBeside(prefix) : await RunFolder.take(prefix);
    const outputs = new Outputs(folder, prefix, names);
    unfinished.add(outputs);
    return outputs;
  }

  /** Removes what every run of this process has written so far. */
  static removeUnfinished(): void {
    for (const outputs of unfinished) outputs.#removeNow();
  }

  async create(path: string): Promise<OutputSink> {
    await checkPlace(path);
    await checkFile(path);
    const input = this.#inputs.get((await fileKey(path)) ?? '');
    if (input !== undefined) throw isInput(path, input);
    const other = this.#files.get(nameKey(path));
    if (other !== undefined) {
      throw new HeredityError('usage', 'two outputs of this run have the same name', {
        file: path,
        ...(other.path !== path && {
          value: other.path,
          expected: 'names that differ in more than letter case',
        }),
      });
    }
    const sink = new Sink(path, join(this.#folder.path, String(++this.#created)), () =>
      this.#files.delete(nameKey(path)),
    );
    this.#files.set(nameKey(path), sink);
    await sink.begin();
    return sink;
  }

  async folder(path: string): Promise<void> {
    try {
      await mkdir(path);
      this.#madeFolders.push(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        await checkPlace(path);
        throw unwritable(path, cause);
      }
      if ((await stat(path)).isDirectory()) return;
      const fix = 'choose another --out';
      throw new HeredityError('usage', 'this is a file, not a folder', { file: path, fix, cause });
    }
  }

  async reading(path: string): Promise<void> {
    const key = await fileKey(path);
    if (key === undefined) return;
    this.#inputs.set(key, path);
    for (const { path: output } of this.#files.values())
      if ((await fileKey(output)) === key) throw isInput(output, path);
    const start = basename(this.#prefix);
    const name = basename(path);
    const rest = name.slice(start.length);
    if (!name.startsWith(start) || !this.#names.some((pattern) => pattern.test(rest))) return;
    const output = this.#prefix + rest; // the run's name, which may lead to the same file as the input's
    if ((await fileKey(output)) === key) throw isInput(output, path);
  }

  removeAtCommit(path: string): void {
    this.#useless.push(path);
  }

  async sync(): Promise<void> {
    const files = [...this.#files.values()];
    for (const { path, isWhole } of files)
      if (!isWhole) throw new HeredityError('internal', 'an output was not finished', { file: path });
    await Promise.all(files.map((file) => file.sync()));
  }

  async commit(): Promise<void> {
    const [first, ...others] = this.#files.values();
    const files = first ? [...others, first] : [];
    if (this.#isOver) throw overAlready(this.#prefix);
    this.#isOver = true;
    unfinished.delete(this);
    const named: Sink[] = [];
    try {
      for (const file of files) {
        await file.keepOld();
        await file.takeName();
        named.push(file);
      }
    } catch (cause) {
      for (const file of named.toReversed()) await file.giveBack();
      await this.#folder.remove();
      throw cause;
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
    for (const path of this.#useless) await rm(path, { force: true });
    await this.#folder.remove();
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    unfinished.delete(this);
    for (const file of this.#files.values()) file.isOver = true;
    await this.#folder.remove();
    for (const path of this.#madeFolders.toReversed()) await rmdir(path).catch(() => {});
  }

  #removeNow(): void {
    this.#isOver = true;
    unfinished.delete(this);
    for (const file of this.#files.values()) file.isOver = true;
    this.#folder.removeNow();
    for (const path of this.#madeFolders.toReversed()) {
      try {
        rmdirSync(path);
      } catch {
        // not empty: others write there
      }
    }
  }
}

class Sink implements OutputSink {
  readonly path: string;
  readonly #temporary: string;
  readonly #forget: () => void;
  isWhole = false;
  isOver = false;

  constructor(path: string, temporary: string, forget: () => void) {
    this.path = path;
    this.#temporary = temporary;
    this.#forget = forget;
  }

  begin(): Promise<void> {
    return this.append(new Uint8Array(0));
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.isOver) throw overAlready(this.path);
    try {
      await gate.pass(() => appendTo(this.#temporary, bytes));
    } catch (cause) {
      if (this.isOver) throw overAlready(this.path);
      throw unwritable(this.path, cause);
    }
  }

  close(): void {
    this.isWhole = true;
  }

  async discard(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.#forget();
    await rm(this.#temporary, { force: true });
  }

  /** Waits until the bytes are on the disk. */
  async sync(): Promise<void> {
    try {
      await gate.pass(async () => {
        const handle = await builtins.fsPromises.open(this.#temporary, 'r+');
        await handle.sync().finally(() => handle.close());
      });
    } catch (cause) {
      if (this.isOver) throw overAlready(this.path);
      throw unwritable(this.path, cause);
    }
  }

  /** Keeps what has the name now, in case another file of the run cannot take its own. */
  async keepOld(): Promise<void> {
    const old = `${this.#temporary}.old`;
    try {
      await link(this.path, old).catch((cause) =>
        // another disk, or one without links
        (cause as NodeJS.ErrnoException).code === 'ENOENT'
          ? undefined
          : builtins.fsPromises.copyFile(this.path, old),
      );
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  async takeName(): Promise<void> {
    this.isOver = true;
    try {
      await move(this.#temporary, this.path);
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /** Undoes {@link takeName}, as far as the disk allows. */
  async giveBack(): Promise<void> {
    await move(`${this.#temporary}.old`, this.path).catch(() => rm(this.path, { force: true }));
  }
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (cause) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EXDEV') throw cause;
    // the output's folder is on another disk than the run's
    const beside = join(dirname(to), `.${basename(from)}.${process.pid}.tmp`);
    await builtins.fsPromises.copyFile(from, beside);
    await rename(beside, to);
  });
}

async function appendTo(path: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length < WORTH_A_THREAD_BYTES) return appendAtOnce(path, bytes);
  const handle = await builtins.fsPromises.open(path, 'a');
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    }
  } finally {
    await handle.close();
  }
}

function appendAtOnce(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'a');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}

/** What two paths have in common that a file system may take for one name. */
const nameKey = (path: string): string => resolve(path).normalize('NFC').toLowerCase();

/** Device and number of a file, the same under all its names; undefined where there is none, or it is no regular file. */
async function fileKey(path: string): Promise<string | undefined> {
  try {
    const stats = statSync(path, { bigint: true });
    return stats.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** @throws HeredityError `usage` where the folder that is to hold `path` is missing. */
async function checkPlace(path: string): Promise<void> {
  const folder = dirname(path);
  const place = await stat(folder).catch(() => undefined);
  if (place === undefined) {
    const fix = `create it first: mkdir -p ${folder}`;
    throw new HeredityError('usage', `the output folder ${folder} does not exist`, { file: path, fix });
  }
  if (!place.isDirectory())
    throw new HeredityError('usage', `the output folder ${folder} is not a folder`, { file: path });
}

async function checkFile(path: string): Promise<void> {
  const bytes = Buffer.byteLength(basename(path));
  if (bytes > NAME_BYTES) {
    throw new HeredityError('usage', 'the name of the output is too long for the file system', {
      file: path,
      value: `${bytes} bytes`,
      expected: `at most ${NAME_BYTES}`,
      fix: 'choose a shorter --out, or shorter names of traits',
    });
  }
  const present = await stat(path).catch(() => undefined);
  if (present === undefined || present.isFile()) return;
  const what = present.isDirectory() ? 'is a folder' : 'is not a regular file';
  throw new HeredityError('usage', `the output ${what}`, { file: path, fix: 'choose another name' });
}

function isInput(output: string, input: string): HeredityError {
  return new HeredityError('usage', 'the output would replace an input of the run', {
    file: output,
    ...(output !== input && { value: input }),
    fix: 'choose another --out',
  });
}

const overAlready = (file: string): HeredityError =>
  new HeredityError('interrupted', 'the run is over, and its outputs are gone', { file });

/** Brings the names of a folder to the disk, where the system has that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await builtins.fsPromises.open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
