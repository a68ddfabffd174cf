/** The thread that hashes one large file, piece by piece: it reads and computes in turns, and stops between two pieces. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileHash } from '../inputs.js';

const hash = createHash('sha256');
const piece = new Uint8Array(4 << 20);
const file = openSync(workerData as string, 'r');
let bytes = 0;
for (;;) {
  const read = readSync(file, piece);
  if (read === 0) break;
  hash.update(piece.subarray(0, read));
  bytes += read;
}
closeSync(file);
parentPort!.postMessage({ bytes, sha256: hash.digest('hex') } satisfies FileHash);
