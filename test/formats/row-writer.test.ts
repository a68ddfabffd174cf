import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OutputFile } from '../../src/formats/output.js';
import { RowWriter } from '../../src/formats/row-writer.js';
import { folderWith } from './folder.js';

test('rows of every kind of value, beyond one buffer, in any language', async () => {
  const path = join(folderWith(), 'rows');
  const file = await OutputFile.create(path);
  const rows = new RowWriter(file);
  const expected: string[] = [];
  let flushes = 0;
  for (let i = 0; i < 30_000; i++) {
    const id = `id${i}${'æ大'.repeat(i % 20)}`;
    rows
      .text(id)
      .text('\t')
      .integer(-i)
      .text('\t')
      .sixDigits((i % 1000) / 8)
      .text('\t')
      .expSixDigits(0)
      .endLine();
    expected.push(`${id}\t${i === 0 ? 0 : -i}\t${(i % 1000) / 8}\t1\n`);
    if (rows.full) {
      flushes++;
      await rows.flush();
    }
  }
  const long = 'x'.repeat(3 << 20);
  await rows.text(long).endLine().flush();
  await file.finish();
  expect(flushes).toBeGreaterThan(0);
  expect(readFileSync(path, 'utf8') === `${expected.join('')}${long}\n`).toBe(true);
});
