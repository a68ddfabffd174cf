import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { FileError } from '../inputs.js';

const PIECE_BYTES = 1 << 20;
/** The largest window, with the head and the check sum of gzip. */
const GZIP_WINDOW = 15 + 16;

/**
 * @see Host.gunzip
 * The browser's own DecompressionStream takes one member only, and bgzip writes thousands.
 */
export async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP_WINDOW);
  let isInMember = true;
  for await (const piece of pieces) {
    stream.input = piece;
    stream.next_in = 0;
    stream.avail_in = piece.length;
    do {
      if (!isInMember) {
        if (stream.avail_in === 0) break;
        if (stream.input[stream.next_in] === 0) return; // zeros that pad the end
        zlibInflateReset(stream);
        isInMember = true;
      }
      stream.output = new Uint8Array(PIECE_BYTES);
      stream.next_out = 0;
      stream.avail_out = PIECE_BYTES;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (status !== Z_OK && status !== Z_STREAM_END && status !== Z_BUF_ERROR)
        throw new FileError('gzip-damaged', stream.msg);
      if (stream.next_out > 0) yield stream.output.subarray(0, stream.next_out);
      if (status === Z_STREAM_END) isInMember = false;
    } while (stream.avail_in > 0 || stream.avail_out === 0);
  }
  if (isInMember) throw new FileError('gzip-cut', 'the data end before the member does');
}
