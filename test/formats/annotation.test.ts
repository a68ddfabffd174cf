import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readAnnotations, writeAnnotations } from '../../src/formats/annotation.js';
import { fileWith, folderWith } from './folder.js';

test('full files with columns in any order, thin files, plain or gzip', async () => {
  const full = 'CHR\tBP\tSNP\tCM\tbase\tconserved\n1\t5\trs1\t0.1\t1\t-0.5\n1\t6\trs2\t0\t1\t1e-3\n';
  const table = await readAnnotations(fileWith(gzipSync(full)), false);
  expect(table.ids!.texts()).toEqual(['rs1', 'rs2']);
  expect([table.names, [...table.values]]).toEqual([
    ['base', 'conserved'],
    [1, -0.5, 1, 0.001],
  ]);
  const thin = await readAnnotations(fileWith('a b\n1 0\n0 2\n'), true);
  expect([thin.ids, thin.count, thin.names, [...thin.values]]).toEqual([
    undefined,
    2,
    ['a', 'b'],
    [1, 0, 0, 2],
  ]);
});

test('what is written can be read again', async () => {
  const path = join(folderWith(), 'x.annot.gz');
  const table = {
    chromosome: ['1', '2', '2'],
    id: ['rs1', 'rs2', 'rs3'],
    position: Int32Array.of(5, 6, 7),
    centimorgan: Float64Array.of(0, 0.25, 0),
  };
  await writeAnnotations(path, table, [1, 2], ['a', 'b'], Float64Array.of(1, 0, 0, -1.23456789));
  expect(gunzipSync(readFileSync(path)).toString()).toBe(
    'CHR\tBP\tSNP\tCM\ta\tb\n2\t6\trs2\t0.25\t1\t0\n2\t7\trs3\t0\t0\t-1.23457\n',
  );
  expect((await readAnnotations(path, false)).count).toBe(2);
});

test.each([
  ['a b\n1 0\n', false, 'the header has no column CHR, BP, SNP, CM'],
  ['CHR BP SNP CM\n1 1 rs1 0\n', false, 'the header names no annotation'],
  ['CHR BP SNP CM a a\n1 1 rs1 0 1 1\n', false, 'two annotations are called a'],
  ['CHR BP SNP CM a\n1 1 rs1 0 x\n', false, '2:5: the annotation a is not a number'],
  ['CHR BP SNP CM a\n1 1 rs1 0\n', false, 'the line has 4 fields'],
  ['CHR BP CM a\n1 1 0 1\n', undefined, 'the header has no column SNP'],
  ['CHR;BP;SNP;CM;a\n1;1;rs1;0;1\n', undefined, 'semicolons separate the columns'],
  ['CHR BP SNP CM a\n1 1 rs1 0 1\nCHR BP SNP CM a\n', undefined, '3: this line repeats the header'],
  ['CHR BP SNP CM a\n', false, 'no annotations below the header'],
  ['CHR BP SNP CM a\n1 1 rs1 0 1\n', true, 'Leave --thin-annot out'],
])('refuses %j', async (text, thin, message) => {
  await expect(readAnnotations(fileWith(text, 'a.annot'), thin)).rejects.toThrow(message);
});
