import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { FileHash } from '../inputs.js';

/** Larger files are hashed on a thread of their own: 20 ms of work are not worth one. */
const WORTH_A_THREAD_BYTES = 32 << 20;

/** Beside this module once it is built; the tests build it too, before they start. */
const WORKER = new URL('../../../dist/run/hash-worker.js', import.meta.url);

/** @see Host.hash */
export async function hashFile(path: string, signal: AbortSignal | undefined): Promise<FileHash> {
  const stats = await stat(path);
  if (!stats.isFile()) return { bytes: null, sha256: null };
  signal?.throwIfAborted();
  if (stats.size > WORTH_A_THREAD_BYTES) return onThread(path, signal);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function onThread(path: string, signal: AbortSignal | undefined): Promise<FileHash> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: path });
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
