import { spawnSync } from 'node:child_process';
import { chmodSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { HeredityError } from '../../src/errors.js';
import { inputBytes, openInput } from '../../src/formats/input.js';
import { fileWith, folderWith } from './folder.js';

async function contentOf(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of inputBytes(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('gzip is recognised by its content, not its name', async () => {
  expect(await contentOf(fileWith(gzipSync('text'), 'plain.txt'))).toBe('text');
  expect(await contentOf(fileWith('text', 'not.gz'))).toBe('text');
});

test('a pipe is read like a file', async (context) => {
  const path = join(folderWith(), 'pipe');
  if (spawnSync('mkfifo', [path]).status !== 0) context.skip('there is no mkfifo here');
  createWriteStream(path).end(gzipSync('from a pipe'));
  expect(await contentOf(path)).toBe('from a pipe');
});

test('a reader that stops early leaves nothing open', async () => {
  const path = fileWith(gzipSync('x'.repeat(5 << 20)));
  for await (const chunk of inputBytes(path)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});

test('errors carry the path and the tag', async () => {
  const path = join(folderWith(), 'none');
  for (const read of [contentOf, openInput]) {
    const error = await read(path).catch((reason) => reason);
    expect(error).toBeInstanceOf(HeredityError);
    expect(error).toMatchObject({ tag: 'bad-input', details: { file: path } });
  }
});

test.skipIf(process.getuid?.() === 0)('a file without permission is told as such', async () => {
  const path = fileWith('secret');
  chmodSync(path, 0);
  for (const read of [contentOf, openInput]) {
    await expect(read(path)).rejects.toThrow(`${path}: no permission to read the file`);
  }
});
