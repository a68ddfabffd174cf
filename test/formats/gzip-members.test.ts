import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { GzipMembers } from '../../src/formats/gzip-members.js';

/** The members as they are passed on. */
function collected() {
  const members: Uint8Array[] = [];
  const gzip = new GzipMembers(async (member) => void members.push(member));
  return { gzip, whole: () => Buffer.concat(members), members };
}

async function compressed(pieces: readonly Uint8Array[]) {
  const { gzip, whole } = collected();
  for (const piece of pieces) await gzip.write(piece);
  await gzip.end();
  return whole();
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
  const { gzip, whole } = collected();
  const bytes = Buffer.from('first ');
  for (const text of ['first ', 'second']) {
    bytes.write(text);
    await gzip.write(bytes);
  }
  await gzip.end();
  expect(gunzipSync(whole()).toString()).toBe('first second');
});

it('tells of a member that cannot be passed on', async () => {
  const gzip = new GzipMembers(() => Promise.reject(new Error('no room')));
  await gzip.write(Buffer.from('text'));
  await expect(gzip.end()).rejects.toThrow('no room');
});
