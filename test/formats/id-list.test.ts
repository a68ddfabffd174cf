import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSampleList, readVariantList } from '../../src/formats/id-list.js';
import { fileWith } from './folder.js';

test('samples by family and individual', async () => {
  for (const header of ['', 'FID IID\n', '#FID\tIID\tSEX\n']) {
    const list = await readSampleList(fileWith(`${header}f1 a 1\nf2\ta\r\nf1 a\n\nf3 c`));
    expect(list).toMatchObject({ count: 3, duplicates: 1, hasFamilies: true });
    expect([list.has('f1', 'a'), list.has('f2', 'a'), list.has('f3', 'c')]).toEqual([true, true, true]);
    expect([list.has('f3', 'a'), list.has('', 'a'), list.has('FID', 'IID')]).toEqual([false, false, false]);
  }
});

test('samples by individual alone', async () => {
  for (const header of ['', 'IID\n', '#IID PHENO\n']) {
    const list = await readSampleList(fileWith(gzipSync(`${header}a\nb\na\n`)));
    expect(list).toMatchObject({ count: 2, duplicates: 1, hasFamilies: false });
    expect([list.has('any', 'a'), list.has('', 'b'), list.has('a', 'c')]).toEqual([true, true, false]);
  }
});

test('variants, one or more a line', async () => {
  const list = await readVariantList(fileWith('rs1\nrs2 rs3\trs1\r\n\n rs4'));
  expect(list).toMatchObject({ count: 4, duplicates: 1 });
  expect(['rs1', 'rs2', 'rs3', 'rs4', 'rs5', 'rs'].map((id) => list.has(id))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
