import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashFile, hashPieces } from '../../../src/host/node/hash-file.js';
import { fileWith } from '../../formats/folder.js';

it.each([0, 1000, (64 << 20) + 7])('hashes a file of %i bytes, large ones on a thread', async (length) => {
  const bytes = new Uint8Array(length).map((_, i) => i * 7);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await hashFile(fileWith(bytes), undefined)).toEqual({ bytes: length, sha256 });
});

it('hashes a large file by pieces of 16 MB, and some of them', async () => {
  const bytes = new Uint8Array((32 << 20) + 7).map((_, i) => i * 7);
  const path = fileWith(bytes);
  const pieces = [0, 1, 2].map((k) =>
    createHash('sha256')
      .update(bytes.subarray(k << 24, (k + 1) << 24))
      .digest('hex'),
  );
  expect(await hashFile(path, undefined, true)).toMatchObject({ bytes: bytes.length, pieces });
  expect(await hashPieces(path, [2, 0], undefined)).toEqual([pieces[2], pieces[0]]);
});

it('stops at the signal, and tells of a file that is not there', async () => {
  const path = fileWith(new Uint8Array((32 << 20) + 7));
  const controller = new AbortController();
  const hash = hashFile(path, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await expect(hash).rejects.toThrow('enough');
  await expect(hashFile(`${path}.absent`, undefined)).rejects.toThrow('ENOENT');
});
