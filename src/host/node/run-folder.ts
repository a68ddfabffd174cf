import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HeredityError } from '../../errors.js';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from './at-once.js';
import { builtins } from './builtins.js';
import { unwritable } from './system-errors.js';

/** Whose folder it is. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the system started that process, so that another of the same number is not taken for it; null where not told. */
  readonly started: string | null;
}

const OWNER = 'owner.json';
const ENDING = '.unfinished';
/** How often the folder is touched: machines that cannot see each other's processes go by that. */
const SIGN_OF_LIFE_MS = 60_000;
/** A folder of another machine that has not been touched for so long is a dead run's. */
const SILENCE_MS = 15 * SIGN_OF_LIFE_MS;
/** Nobody looks at a dead run's folder for longer. */
const MOST_LOCKED_MS = 10_000;

/**
 * The folder `.<prefix>.unfinished`, beside the outputs-to-be: it holds what a run has written so far, and keeps others from
 * the same prefix. A run that was killed leaves it behind, and the next one under that prefix takes it away.
 */
export class RunFolder {
  readonly path: string;
  readonly #signs: NodeJS.Timeout;

  private constructor(path: string) {
    this.path = path;
    this.#signs = setInterval(() => {
      const now = new Date();
      utimes(join(path, OWNER), now, now).catch(() => {}); // gone with the run
    }, SIGN_OF_LIFE_MS).unref();
  }

  /** @throws HeredityError `usage` where another run has the prefix; `resource` where the folder cannot be made. */
  static async take(prefix: string): Promise<RunFolder> {
    const path = folderOf(prefix);
    // made under a name of its own and then renamed, so that the folder never stands there without its owner
    return RunFolder.#make(prefix, async (draft) => {
      while (!(await claimed(draft, path))) await removeDead(path, prefix);
      return path;
    });
  }

  /**
   * As {@link take}, beside others that write the same: each has a folder of its own, which keeps nobody away.
   * @throws HeredityError `resource` where the folder cannot be made.
   */
  static takeBeside(prefix: string): Promise<RunFolder> {
    return RunFolder.#make(prefix, async (draft) => draft);
  }

  static async #make(prefix: string, settle: (draft: string) => Promise<string>): Promise<RunFolder> {
    const path = folderOf(prefix);
    await removeUnclaimed(path);
    const draft = draftOf(path);
    try {
      await mkdir(draft);
      const owner: Owner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
      await writeFile(join(draft, OWNER), JSON.stringify(owner));
      return new RunFolder(await settle(draft));
    } catch (cause) {
      await rm(draft, { recursive: true, force: true }).catch(() => {});
      throw cause instanceof HeredityError ? cause : unwritable(prefix, cause);
    }
  }

  async remove(): Promise<void> {
    clearInterval(this.#signs);
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }

  /** As {@link remove}, at once, and in silence where the disk refuses: for the end of a process. */
  removeNow(): void {
    clearInterval(this.#signs);
    try {
      rmSync(this.path, { recursive: true, force: true });
    } catch {
      // the next run of the prefix removes what is left
    }
  }
}

/** Whether `draft` has become `path`; a folder of another run, which is never empty, stays. */
async function claimed(draft: string, path: string): Promise<boolean> {
  try {
    await rename(draft, path);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    if (code === 'EPERM' && (await stat(path).catch(() => undefined))) return false; // Windows
    throw cause;
  }
}

/** Takes away the folder of a run that has ended; refuses where it is alive. */
async function removeDead(path: string, prefix: string): Promise<void> {
  await oneAtATime(`${path}.lock`, async () => {
    const owner = await ownerOf(path);
    if (owner !== undefined && (await isAlive(owner, path))) {
      const who =
        owner.host === hostname() ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`;
      throw new HeredityError('usage', `another run (${who}) is writing under this prefix`, {
        file: prefix,
        fix: `choose another --out, or wait for it; if it is dead, remove ${path}`,
      });
    }
    const aside = draftOf(path); // whole, or a claim could fall into a folder half removed
    await rename(path, aside).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause; // its run removed it just now
    });
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
  });
}

/** Lets one process at a time look at what a dead run left: what it removes is what it looked at. */
async function oneAtATime(lock: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const held = await stat(lock).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > MOST_LOCKED_MS) await rmdir(lock).catch(() => {});
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
  try {
    await work();
  } finally {
    await rmdir(lock).catch(() => {});
  }
}

const folderOf = (prefix: string): string => join(dirname(prefix), `.${basename(prefix)}${ENDING}`);

/** A name beside the folder that is this process's own. */
const draftOf = (path: string): string =>
  `${path}.${process.pid}.${builtins.crypto.randomUUID().slice(0, 8)}`;

/** Folders that processes which were killed had made and not yet claimed, or had already put aside. */
async function removeUnclaimed(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const maker = /^(\d+)\.[0-9a-f]{8}$/.exec(name.slice(basename(path).length + 1));
    if (!maker) continue;
    const draft = join(dirname(path), name);
    const owner = (await ownerOf(draft)) ?? { pid: Number(maker[1]), host: hostname(), started: null };
    if (!(await isAlive(owner, draft))) await rm(draft, { recursive: true, force: true });
  }
}

async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(join(folder, OWNER))) as Owner;
    return Number.isInteger(owner.pid) && owner.pid > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, host, started }: Owner, folder: string): Promise<boolean> {
  if (host !== hostname()) {
    const sign = await stat(join(folder, OWNER)).catch(() => undefined);
    return sign !== undefined && Date.now() - sign.mtimeMs < SILENCE_MS;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return started === null || now === null || now === started;
}

/** When a process started, in the kernel's ticks since boot; null where there is no /proc. */
async function startOf(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`).catch(() => null);
  // the name in parentheses may hold anything; the start is the 20th field after it
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
