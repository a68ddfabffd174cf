import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { FileError, type InputFiles } from '../inputs.js';

const PIECE_BYTES = 1 << 20;

/**
 * Files that a page holds: what its user chose, and what runs have written.
 * @param find the file of a path as {@link resolvePath} makes it.
 * @param paths all of them.
 */
export function webFiles(
  find: (path: string) => Blob | undefined,
  paths: () => Iterable<string>,
): InputFiles {
  const fileOf = (name: string): Blob => {
    const file = find(resolvePath(name));
    if (file === undefined) throw new FileError('missing', 'there is no such file');
    return file;
  };
  const isFolder = (name: string): boolean => {
    const start = inFolder(name);
    for (const path of paths()) if (path.startsWith(start)) return true;
    return start === '/';
  };
  async function* pieces(name: string) {
    const file = fileOf(name);
    for (let at = 0; at < file.size; at += PIECE_BYTES)
      yield new Uint8Array(await contents(file.slice(at, at + PIECE_BYTES)));
  }
  return {
    exists: (name) => find(resolvePath(name)) !== undefined || isFolder(name),
    async facts(name) {
      if (find(resolvePath(name)) === undefined && isFolder(name)) return { kind: 'folder', size: 0 };
      return { kind: 'file', size: fileOf(name).size };
    },
    async open(name) {
      const file = fileOf(name);
      return {
        byteLength: file.size,
        slice: (start, end) => contents(file.slice(start, end)),
        async readInto(target, position) {
          const bytes = new Uint8Array(await contents(file.slice(position, position + target.length)));
          target.set(bytes);
          return bytes.length;
        },
        close: async () => {},
      };
    },
    pieces,
    async list(folder) {
      if (!isFolder(folder)) return undefined;
      const start = inFolder(folder);
      const names = new Set<string>();
      for (const path of paths())
        if (path.startsWith(start)) names.add(path.slice(start.length).split('/')[0]);
      return [...names];
    },
    async hash(name, signal) {
      const hash = sha256.create();
      for await (const piece of pieces(name)) {
        signal?.throwIfAborted();
        hash.update(piece);
      }
      return { bytes: fileOf(name).size, sha256: bytesToHex(hash.digest()) };
    },
    baseName: (path) => resolvePath(path).split('/').at(-1)!,
    folderName: (path) => (path.includes('/') ? path.replace(/\/+[^/]*\/*$/, '') || '/' : '.'),
    join: (...parts) =>
      parts
        .filter((part) => part !== '')
        .join('/')
        .replace(/\/+/g, '/'),
    resolve: resolvePath,
  };
}

/** A path from the root of the page's files: without `.`, `..` and doubled slashes. */
export function resolvePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function inFolder(name: string): string {
  const path = resolvePath(name);
  return path === '/' ? path : `${path}/`;
}

function contents(part: Blob): Promise<ArrayBuffer> {
  return part.arrayBuffer().catch((cause) => {
    throw new FileError('other', 'the browser cannot read it any more; choose it again', cause);
  });
}
