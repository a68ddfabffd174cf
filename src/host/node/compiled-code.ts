import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/*
 * The engine compiles what it runs, function by function, at each start anew: for a short command a sixth of its time. So what
 * one run of a command has compiled is kept for the next, in the cache folder of the user. This file is loaded by itself,
 * before the program.
 */

type Exports = Record<string, unknown>;

/** What makes a function of a script, as Node.js does. */
const [HEAD, TAIL] = ['(function(exports,require,module,__filename,__dirname){', '\n})'];

/**
 * Loads a script of the program and all that it requires, by what was compiled before.
 *
 * @param folder of the program's scripts.
 * @param words of the command line.
 */
export function loadCompiled(folder: string, script: string, words: readonly string[]): Exports {
  const isUnwanted = process.env.NODE_DISABLE_COMPILE_CACHE === '1'; // as Node.js has it
  const cache = isUnwanted ? undefined : join(cacheFolder(), purposeOf(words));
  const program = new CompiledProgram(folder, cache);
  process.on('exit', (exitCode) => {
    // a run that was refused has seen little of the program
    if (exitCode === 0) program.keep();
  });
  return program.load(script);
}

/** Runs with the same purpose use much the same functions, and share a folder. */
function purposeOf([command = '', ...rest]: readonly string[]): string {
  if (!/^[a-z][a-z0-9-]*$/.test(command)) return 'start';
  return rest.includes('--help') || rest.includes('-h') ? `${command}.help` : command;
}

class CompiledProgram {
  readonly #folder: string;
  /** Of packages and of modules of Node.js. */
  readonly #require: NodeJS.Require;
  readonly #modules = new Map<string, { exports: Exports }>();
  /** Undefined where the user wants none. */
  readonly #cache: string | undefined;
  /** Of which program and engine compiled code is. */
  readonly #of: string;
  readonly #fresh = new Map<string, Script>();
  readonly #room = new Room();

  constructor(folder: string, cache: string | undefined) {
    this.#folder = folder;
    this.#require = createRequire(join(folder, 'start.cjs'));
    this.#cache = cache;
    this.#of = `${readFileSync(join(folder, 'build'), 'latin1')} ${process.version} ${process.arch}`;
  }

  load(name: string): Exports {
    const loaded = this.#modules.get(name);
    if (loaded !== undefined) return loaded.exports;
    const path = join(this.#folder, name);
    const module = { exports: {} };
    const require = (id: string) => (id.startsWith('./') ? this.load(id.slice(2)) : this.#require(id));
    const run = this.#compile(name, path);
    this.#modules.set(name, module); // before it runs: what it requires may require it
    run.call(module.exports, module.exports, require, module, path, this.#folder);
    return module.exports;
  }

  #compile(name: string, path: string) {
    // a script in one byte a character (scripts/bundle.mjs), as the function that a module is
    const source = this.#room.read(path, HEAD, TAIL).toString('latin1');
    const code = this.#kept(name);
    const script = new Script(source, {
      filename: path,
      cachedData: code,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (code === undefined || script.cachedDataRejected) this.#fresh.set(name, script);
    return script.runInThisContext();
  }

  /** Compiled code of an earlier run, in the room; undefined where there is none that is whole and of this program. */
  #kept(name: string): Buffer | undefined {
    if (this.#cache === undefined) return undefined;
    try {
      const file = this.#room.read(join(this.#cache, name));
      const code = file.subarray(0, Math.max(0, file.length - this.#ending().length));
      return file.toString('latin1', code.length) === this.#ending(code) ? code : undefined;
    } catch {
      return undefined;
    }
  }

  /** What follows the code in its file: the engine runs what it is given, whole or not. */
  #ending(code?: Buffer): string {
    const sum = code === undefined ? 0 : crc32(code);
    return `\n${this.#of} ${sum.toString(16).padStart(8, '0')}\n`;
  }

  /** Writes what has been compiled; where it can't be written, the next start compiles again. */
  keep(): void {
    if (this.#cache === undefined || this.#fresh.size === 0) return;
    try {
      makeFolder(this.#cache, FOLDERS);
      for (const [name, script] of this.#fresh) {
        const code = script.createCachedData();
        const whole = Buffer.concat([code, Buffer.from(this.#ending(code), 'latin1')]);
        writeWhole(join(this.#cache, name), whole);
      }
    } catch {
      // a place that is not ours to write
    }
  }
}

/** With so many above it: Node.js, asked for all at once, tries forever where the first can't be made for want of another. */
function makeFolder(folder: string, above: number): void {
  if (existsSync(folder)) return;
  if (above > 0) makeFolder(dirname(folder), above - 1);
  mkdirSync(folder);
}

/** Other runs, which may read or write the same file, find it whole. */
function writeWhole(path: string, bytes: Buffer): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw cause;
  }
}

/** Memory that is used again: the first use of any costs more than to read into it. */
class Room {
  #bytes = Buffer.allocUnsafeSlow(1 << 18);

  /** A file between two texts, good until the next is read. */
  read(path: string, head = '', tail = ''): Buffer {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const length = head.length + size + tail.length;
      if (length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * length);
      this.#bytes.write(head, 'latin1');
      for (let at = 0, read = -1; at < size && read !== 0; at += read)
        read = readSync(file, this.#bytes, head.length + at, size - at, at);
      this.#bytes.write(tail, head.length + size, 'latin1');
      return this.#bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }
}

/** Folders of {@link cacheFolder} and below it that may have to be made. */
const FOLDERS = 3;

/** Where this user's programs keep what they can make again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const folders: Partial<Record<NodeJS.Platform, () => string>> = {
    darwin: () => join(homedir(), 'Library', 'Caches'),
    win32: () => LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
  };
  const folder = folders[process.platform]?.() ?? (XDG_CACHE_HOME || join(homedir(), '.cache'));
  return join(folder, 'heredity', 'compiled');
}
