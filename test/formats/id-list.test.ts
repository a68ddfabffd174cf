import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSampleList, readVariantList } from '../../src/formats/id-list.js';
import { fileWith } from './folder.js';

test('samples by family and individual', async () => {
  for (const header of ['', 'FID IID\n', '#FID\tIID\tSEX\n']) {
    const list = await readSampleList(fileWith(`${header}f1 a 1\nf2\ta\r\nf1 a\n\nf3 c`));
    expect(list).toMatchObject({ count: 3, duplicates: 1, hasFamilies: true });
    const people = {
      familyId: ['f1', 'f2', 'f3', 'f3', '', 'FID'],
      individualId: ['a', 'a', 'c', 'a', 'a', 'IID'],
    };
    expect([...list.among(people)]).toEqual([1, 1, 1, 0, 0, 0]);
    expect([
      ...list.among({ familyId: ['0', '0'], individualId: ['a', 'b'], withoutFamilies: true }),
    ]).toEqual([1, 0]);
  }
});

test('samples by individual alone', async () => {
  for (const header of ['', 'IID\n', '#IID PHENO\n']) {
    const list = await readSampleList(fileWith(gzipSync(`${header}a\nb\na\n`)));
    expect(list).toMatchObject({ count: 2, duplicates: 1, hasFamilies: false });
    expect([...list.among({ familyId: ['any', '', 'a'], individualId: ['a', 'b', 'c'] })]).toEqual([1, 1, 0]);
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
