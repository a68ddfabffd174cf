/** The thread that hashes one large file, bite by bite: it reads and computes in turns, and stops between two bites. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { type FileHash, HASH_PIECE_BYTES } from '../inputs.js';
import { checksumText, type HashWork } from './hash-file.js';

const { path, what } = workerData as HashWork;
const bite = new Uint8Array(4 << 20);
const file = openSync(path, 'r');
parentPort!.postMessage(
  what === 'whole' || what === 'with-pieces' ? wholeFile(what === 'with-pieces') : what.map(pieceOfFile),
);
closeSync(file);

function wholeFile(withPieces: boolean): FileHash {
  const hash = createHash('sha256');
  const pieces: string[] = [];
  let bytes = 0;
  for (let read = -1; read !== 0; ) {
    let checksum = 0;
    const start = bytes;
    while (bytes - start < HASH_PIECE_BYTES && read !== 0) {
      read = readSync(file, bite, 0, Math.min(bite.length, HASH_PIECE_BYTES - (bytes - start)), bytes);
      hash.update(bite.subarray(0, read));
      if (withPieces) checksum = crc32(bite.subarray(0, read), checksum);
      bytes += read;
    }
    if (bytes > start) pieces.push(checksumText(checksum));
  }
  return { bytes, sha256: hash.digest('hex'), ...(withPieces && { pieces }) };
}

function pieceOfFile(piece: number): string {
  let checksum = 0;
  const end = (piece + 1) * HASH_PIECE_BYTES;
  for (let at = piece * HASH_PIECE_BYTES, read = -1; at < end && read !== 0; at += read) {
    read = readSync(file, bite, 0, Math.min(bite.length, end - at), at);
    checksum = crc32(bite.subarray(0, read), checksum);
  }
  return checksumText(checksum);
}
