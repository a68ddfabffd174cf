import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { GzipMembers } from '../../src/formats/gzip-members.js';

async function compressed(pieces: readonly Uint8Array[]) {
  const gzip = new GzipMembers();
  const whole = buffer(gzip);
  for (const piece of pieces) await new Promise((resolve) => gzip.write(piece, resolve));
  gzip.end();
  return whole;
}

it('unpacks to what was written, in pieces of any size', async () => {
  const text = Buffer.from(Array.from({ length: 900_000 }, (_, i) => `line ${i}\n`).join(''));
  const pieces = [text.subarray(0, 3), text.subarray(3, 2_500_000), text.subarray(2_500_000)];
  const bytes = await compressed(pieces);
  expect(gunzipSync(bytes).equals(text)).toBe(true);
  expect((await compressed(pieces)).equals(bytes)).toBe(true);
});

it('an empty file is one empty member', async () => {
  const bytes = await compressed([]);
  expect([bytes.length > 0, gunzipSync(bytes).length]).toEqual([true, 0]);
});

it('the caller may change its bytes once they are taken', async () => {
  const gzip = new GzipMembers();
  const whole = buffer(gzip);
  const bytes = Buffer.from('first ');
  for (const text of ['first ', 'second']) {
    bytes.write(text);
    await new Promise((resolve) => gzip.write(bytes, resolve));
  }
  gzip.end();
  expect(gunzipSync(await whole).toString()).toBe('first second');
});
