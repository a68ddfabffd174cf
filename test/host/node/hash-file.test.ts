import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { checksums, hashFile } from '../../../src/host/node/hash-file.js';
import { fileWith } from '../../formats/folder.js';

it.each([0, 1000, (64 << 20) + 7])('hashes a file of %i bytes, large ones on a thread', async (length) => {
  const bytes = new Uint8Array(length).map((_, i) => i * 7);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await hashFile(fileWith(bytes), undefined)).toEqual({ bytes: length, sha256 });
});

it('gives checksums of a large file by pieces of 16 MB, and of some of them', async () => {
  const bytes = new Uint8Array((32 << 20) + 7).map((_, i) => i * 7);
  bytes.set([0, 0, 0, 0, 0, 0, 0], 32 << 20); // whose CRC-32 is 9D6CDF7E
  const path = fileWith(bytes);
  const pieces = [0, 1, 2].map((k) =>
    crc32(bytes.subarray(k << 24, (k + 1) << 24))
      .toString(16)
      .padStart(8, '0'),
  );
  expect(pieces[2]).toBe('9d6cdf7e');
  expect(await hashFile(path, undefined, true)).toMatchObject({ bytes: bytes.length, pieces });
  expect(await checksums(path, [2, 0], undefined)).toEqual([pieces[2], pieces[0]]);
});

it('stops at the signal, and tells of a file that is not there', async () => {
  const path = fileWith(new Uint8Array((32 << 20) + 7));
  const controller = new AbortController();
  const hash = hashFile(path, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await expect(hash).rejects.toThrow('enough');
  await expect(hashFile(`${path}.absent`, undefined)).rejects.toThrow('ENOENT');
});
