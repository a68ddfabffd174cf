import { statSync } from 'node:fs';
import { type FileHash, HASH_PIECE_BYTES } from '../inputs.js';
import { builtins } from './builtins.js';
import { piecesOf } from './pieces-of.js';

/** Larger files are hashed on a thread of their own, which takes as long to start as these to hash. */
const WORTH_A_THREAD_BYTES = 64 << 20;
/** Larger files have checksums of pieces where these are asked for. */
const WORTH_PIECES_BYTES = 32 << 20;

/** Beside this module once it is built; the tests build it too, before they start. */
const WORKER = new URL('../../../dist/run/hash-worker.cjs', import.meta.url);

/** What the thread is to hash: a whole file, with or without its pieces, or some of its pieces. */
export interface HashWork {
  readonly path: string;
  readonly what: 'whole' | 'with-pieces' | readonly number[];
}

/** A CRC-32 as files have it. */
export const checksumText = (checksum: number): string => checksum.toString(16).padStart(8, '0');

/** @see InputFiles.hash */
export async function hashFile(
  path: string,
  signal: AbortSignal | undefined,
  withPieces = false,
): Promise<FileHash> {
  const stats = statSync(path);
  if (!stats.isFile()) return { bytes: null, sha256: null };
  signal?.throwIfAborted();
  if (stats.size > (withPieces ? WORTH_PIECES_BYTES : WORTH_A_THREAD_BYTES))
    return onThread<FileHash>({ path, what: withPieces ? 'with-pieces' : 'whole' }, signal);
  const hash = builtins.crypto.createHash('sha256');
  let bytes = 0;
  for await (const piece of piecesOf(path, { signal })) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** @see InputFiles.checksums */
export async function checksums(
  path: string,
  pieces: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (pieces.length > WORTH_PIECES_BYTES / HASH_PIECE_BYTES) return onThread({ path, what: pieces }, signal);
  const found: string[] = [];
  for (const piece of pieces) {
    let checksum = 0;
    const start = piece * HASH_PIECE_BYTES;
    for await (const bytes of piecesOf(path, { start, end: start + HASH_PIECE_BYTES, signal }))
      checksum = builtins.zlib.crc32(bytes, checksum);
    found.push(checksumText(checksum));
  }
  return found;
}

function onThread<T>(work: HashWork, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new builtins.workerThreads.Worker(WORKER, { workerData: work });
    const stop = () => {
      reject(signal!.reason);
      void worker.terminate();
    };
    signal?.addEventListener('abort', stop);
    worker.on('message', resolve).on('error', reject);
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(new Error('the thread that hashes ended early')); // means nothing where it has answered
    });
  });
}
