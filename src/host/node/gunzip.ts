import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileError } from '../inputs.js';

const PIECE_BYTES = 1 << 20;

/** @see Host.gunzip */
export async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  // pipeline's callback has nothing to do: an error of the source destroys the gunzip stream, and so reaches the loop
  const source = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  const stream = pipeline(source, createGunzip({ chunkSize: PIECE_BYTES }), () => {});
  try {
    for await (const { buffer, byteOffset, length } of stream)
      yield new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (!code.startsWith('Z_')) throw cause;
    throw new FileError(code === 'Z_BUF_ERROR' ? 'gzip-cut' : 'gzip-damaged', code, cause);
  }
}
