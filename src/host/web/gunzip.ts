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
import { gunzipBy, type Inflater } from '../gunzip.js';

const PIECE_BYTES = 1 << 20;
/** The largest window, with the head and the check sum of gzip. */
const GZIP_WINDOW = 15 + 16;

/**
 * @see Host.gunzip
 * The browser's own DecompressionStream takes one member only, and bgzip writes thousands.
 */
export function gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  return gunzipBy(inflaterInJavaScript(), pieces, new Uint8Array(PIECE_BYTES));
}

function inflaterInJavaScript(): Inflater {
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP_WINDOW);
  return {
    inflate(input, output) {
      stream.input = input;
      stream.next_in = 0;
      stream.avail_in = input.length;
      stream.output = output;
      stream.next_out = 0;
      stream.avail_out = output.length;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      const isFine = status === Z_OK || status === Z_STREAM_END || status === Z_BUF_ERROR;
      return {
        read: stream.next_in,
        written: stream.next_out,
        ended: status === Z_STREAM_END,
        damage: isFine ? undefined : stream.msg,
      };
    },
    reset: () => zlibInflateReset(stream),
  };
}
