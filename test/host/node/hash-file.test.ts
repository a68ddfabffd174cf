import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashFile } from '../../../src/host/node/hash-file.js';
import { fileWith } from '../../formats/folder.js';

it.each([0, 1000, (32 << 20) + 7])('hashes a file of %i bytes, large ones on a thread', async (length) => {
  const bytes = new Uint8Array(length).map((_, i) => i * 7);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await hashFile(fileWith(bytes), undefined)).toEqual({ bytes: length, sha256 });
});

it('stops at the signal, and tells of a file that is not there', async () => {
  const path = fileWith(new Uint8Array((32 << 20) + 7));
  const controller = new AbortController();
  const hash = hashFile(path, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await expect(hash).rejects.toThrow('enough');
  await expect(hashFile(`${path}.absent`, undefined)).rejects.toThrow('ENOENT');
});
