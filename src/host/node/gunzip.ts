import { gunzipBy, type Inflater } from '../gunzip.js';
import { FileError } from '../inputs.js';
import { builtins } from './builtins.js';
import { machine } from './machine.js';
import { Rooms } from './rooms.js';

const PIECE_BYTES = 1 << 20;
/** Fits into the processor's cache beside what is read of it. */
const OUTPUT_BYTES = 1 << 18;
const rooms = new Rooms(OUTPUT_BYTES);

/** Of zlib: all went well, the data end here, there was no room or nothing to take. */
const [Z_OK, Z_STREAM_END, Z_BUF_ERROR] = [0, 1, -5];

interface InflatingAddon {
  inflater?(): object | undefined;
  inflate(inflater: object, input: Uint8Array, output: Uint8Array, counts: Int32Array): number;
  resetInflater(inflater: object): void;
}

/** @see Host.gunzip */
export async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const inflater = inflaterOfAddon();
  if (inflater === undefined) return yield* gunzipByStream(pieces);
  const room = rooms.take();
  try {
    yield* gunzipBy(inflater, pieces, room);
  } finally {
    rooms.giveBack(room);
  }
}

/** By the zlib of Node.js without its streams; undefined where the addon is not there, or finds no zlib. */
function inflaterOfAddon(): Inflater | undefined {
  let addon: InflatingAddon;
  try {
    addon = machine.nativeKernels() as InflatingAddon;
  } catch {
    return undefined;
  }
  const stream = addon.inflater?.();
  if (stream === undefined) return undefined;
  const counts = new Int32Array(2);
  return {
    inflate(input, output) {
      const status = addon.inflate(stream, input, output, counts);
      const isFine = status === Z_OK || status === Z_STREAM_END || status === Z_BUF_ERROR;
      return {
        read: counts[0]!,
        written: counts[1]!,
        ended: status === Z_STREAM_END,
        damage: isFine ? undefined : `zlib ends with ${status}`,
      };
    },
    reset: () => addon.resetInflater(stream),
  };
}

/** By the stream of Node.js, where there is no addon. */
export async function* gunzipByStream(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  async function* copies() {
    for await (const piece of pieces) yield piece.slice(); // the stream asks for more before it is done with one
  }
  const { pipeline, Readable } = builtins.stream;
  // pipeline's callback has nothing to do: an error of the source destroys the gunzip stream, and so reaches the loop
  const source = Readable.from(copies(), { objectMode: true, highWaterMark: 1 });
  const stream = pipeline(source, builtins.zlib.createGunzip({ chunkSize: PIECE_BYTES }), () => {});
  try {
    for await (const { buffer, byteOffset, length } of stream)
      yield new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (!code.startsWith('Z_')) throw cause;
    throw new FileError(code === 'Z_BUF_ERROR' ? 'gzip-cut' : 'gzip-damaged', code, cause);
  }
}
