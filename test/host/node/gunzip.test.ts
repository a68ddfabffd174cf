import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/host/inputs.js';
import { gunzip, gunzipByStream } from '../../../src/host/node/gunzip.js';

/** The pieces of some bytes, each written over once the next is asked for, as those of files are. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    room.set(piece);
    yield room.subarray(0, piece.length);
    room.fill(0xaa);
  }
}

type Gunzip = typeof gunzip;

async function inflated(way: Gunzip, bytes: Uint8Array, size: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of way(inPieces(bytes, size))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const text = Buffer.from(
  Array.from({ length: 120_000 }, (_, i) => `rs${(i * 7919) % 1_000_003}\t${i % 97}\n`).join(''),
);
const members = Buffer.concat([gzipSync(text), gzipSync(''), gzipSync('last\n')]);

const WAYS = [
  ['by the addon, where it is built', gunzip],
  ['by the stream of Node.js', gunzipByStream],
] as const;

test.each(WAYS)('inflates members one after another, in pieces of any size, %s', async (_, way) => {
  for (const size of [1 << 20, 4099])
    expect((await inflated(way, members, size)).equals(gunzipSync(members))).toBe(true);
  expect((await inflated(way, gzipSync('abc'), 1)).toString()).toBe('abc');
});

test.each(WAYS)('zeros may pad the end, %s', async (_, way) => {
  const padded = Buffer.concat([members, Buffer.alloc(5000)]);
  expect((await inflated(way, padded, 1 << 16)).length).toBe(text.length + 5);
});

test.each(WAYS)('says whether the data are cut off or damaged, %s', async (_, way) => {
  const kindOf = (bytes: Uint8Array) =>
    inflated(way, bytes, 1 << 16).then(
      () => 'none',
      (error: unknown) => (error instanceof FileError ? error.kind : 'other'),
    );
  const one = gzipSync(text);
  const changed = Buffer.from(one);
  changed[changed.length - 6] ^= 1; // of the check sum
  expect(await kindOf(one.subarray(0, -9))).toBe('gzip-cut');
  expect(await kindOf(changed)).toBe('gzip-damaged');
  expect(await kindOf(Buffer.concat([one, Buffer.from('more')]))).toBe('gzip-damaged');
});

test('several files are inflated at once', async () => {
  const others = ['a', 'b', 'c'].map((letter) => Buffer.from(letter.repeat(700_000)));
  const found = await Promise.all(others.map((bytes) => inflated(gunzip, gzipSync(bytes), 256)));
  expect(found.map((bytes, k) => bytes.equals(others[k]))).toEqual([true, true, true]);
});
