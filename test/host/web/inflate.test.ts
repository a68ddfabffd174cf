import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { nodeHost } from '../../../src/host/node/node-host.js';
import { inflate } from '../../../src/host/web/inflate.js';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
const compressed = new Uint8Array(deflateSync(bytes));

it.each([
  ['Node.js', nodeHost.inflate],
  ['a browser', inflate],
])('zlib data, in %s: whole, or refused where they are damaged, cut off or too long', (_, decompress) => {
  expect(Buffer.from(decompress(compressed, bytes.length)).equals(bytes)).toBe(true);
  expect(decompress(new Uint8Array(deflateSync(new Uint8Array(0))), 1)).toHaveLength(0);
  const damaged = compressed.map((byte, i) => (i === 1000 ? byte ^ 0x55 : byte));
  expect(() => decompress(damaged, bytes.length)).toThrow();
  expect(() => decompress(compressed.subarray(0, -9), bytes.length)).toThrow();
  expect(() => decompress(compressed, bytes.length - 1)).toThrow();
  expect(() => decompress(new Uint8Array(0), 10)).toThrow();
});
