import { crc32, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { rasterise } from '../../../src/host/node/rasterise.js';

/** Chunks of a PNG by name, each with its checksum looked at. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const named = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.subarray(0, 4).toString('latin1'), named.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

it('a picture has its size, and its colours where they are', async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="6" height="4">
    <rect width="6" height="4" fill="#ffffff"/><rect x="3" width="3" height="2" fill="#0072b2"/></svg>`;
  const png = Buffer.from(await rasterise(svg, { scale: 2, fontFamily: 'Source Sans 3' }));
  const chunks = chunksOf(png);
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR')!;
  expect([header.readUInt32BE(0), header.readUInt32BE(4), ...header.subarray(8)]).toEqual([
    12, 8, 8, 6, 0, 0, 0,
  ]);
  const rows = inflateSync(chunks.get('IDAT')!);
  expect(rows).toHaveLength(8 * (1 + 4 * 12));
  const pixel = (x: number, y: number) => [...rows.subarray(y * 49 + 1 + 4 * x, y * 49 + 5 + 4 * x)];
  expect(pixel(0, 0)).toEqual([255, 255, 255, 255]);
  expect(pixel(11, 3)).toEqual([0, 0x72, 0xb2, 255]);
  expect(pixel(11, 4)).toEqual([255, 255, 255, 255]);
});
