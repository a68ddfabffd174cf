import { existsSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError, type InputFiles } from '../inputs.js';
import { builtins } from './builtins.js';
import { checksums, hashFile } from './hash-file.js';
import { piecesOf } from './pieces-of.js';
import { systemWords } from './system-errors.js';

/** The files of the file system. */
export const files: InputFiles = {
  exists: existsSync,
  async facts(name) {
    const stats = factsOf(name);
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    return { kind, size: stats.size };
  },
  async open(name) {
    const handle = await builtins.fsPromises.open(name, 'r').catch(fail);
    const { size } = await handle.stat();
    const readInto = async (target: Uint8Array, position: number) =>
      (await handle.read(target, 0, target.length, position).catch(fail)).bytesRead;
    return {
      byteLength: size,
      readInto,
      async slice(start, end = size) {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        let at = 0;
        for (let read = -1; at < bytes.length && read !== 0; at += read)
          read = await readInto(bytes.subarray(at), start + at);
        return at === bytes.length ? bytes.buffer : bytes.buffer.slice(0, at);
      },
      close: () => handle.close(),
    };
  },
  async *pieces(name) {
    try {
      yield* piecesOf(name);
    } catch (cause) {
      fail(cause);
    }
  },
  list: (folder) => builtins.fsPromises.readdir(folder).catch(() => undefined),
  hash: (name, signal, withPieces = false) => orFail(hashFile(name, signal, withPieces), signal),
  checksums: (name, pieces, signal) => orFail(checksums(name, pieces, signal), signal),
  baseName: (path) => basename(path),
  folderName: dirname,
  join,
  resolve: (path) => resolve(path),
};

/** At once: to hand it to a thread and wait takes many times as long, and a run may ask for hundreds of files. */
function factsOf(name: string): Stats {
  try {
    return statSync(name);
  } catch (cause) {
    return fail(cause);
  }
}

const orFail = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  work.catch((cause) => {
    signal?.throwIfAborted();
    return fail(cause);
  });

export function fail(cause: unknown): never {
  const { code, errno } = cause as NodeJS.ErrnoException;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  // a file that may be absent is looked for at every start, and Node.js takes long to make its table of words
  const words = isMissing ? 'no such file or directory' : systemWords(errno);
  throw new FileError(isMissing ? 'missing' : isForbidden ? 'forbidden' : 'other', words, cause);
}
