import { promisify } from 'node:util';
import { builtins } from './builtins.js';
import { machine } from './machine.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Eight bits a channel, red, green, blue and opacity; the only compression and filters there are; rows in their order. */
const FORMAT = [8, 6, 0, 0, 0];
const CHANNELS = 4;
/** Charts are flat: higher levels take longer and save a few hundredths. */
const LEVEL = 3;

/**
 * A picture as PNG (W3C, Portable Network Graphics, second edition), compressed on another thread: resvg's own encoder takes the thread that
 * calls it five times as long.
 * @param pixels row by row, four bytes each: red, green, blue, opacity.
 */
export async function encodePng(width: number, height: number, pixels: Uint8Array): Promise<Uint8Array> {
  const row = CHANNELS * width;
  const scanlines = new Uint8Array((row + 1) * height); // each begins with its filter: 0, none
  machine.hugePages?.(scanlines);
  for (let y = 0; y < height; y++) scanlines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  const deflate = promisify<Uint8Array, { level: number }, Buffer>(builtins.zlib.deflate);
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk('IHDR', Buffer.concat([size, Buffer.from(FORMAT)])),
    chunk('IDAT', await deflate(scanlines, { level: LEVEL })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, name, content, and the checksum of both. */
function chunk(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(builtins.zlib.crc32(named));
  return Buffer.concat([length, named, checksum]);
}
