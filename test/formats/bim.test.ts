import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  chromosomeLabel,
  countOutOfOrder,
  readBim,
  requireDistinctIds,
  writeBim,
} from '../../src/formats/bim.js';
import { SHARED, sharedFile } from '../shared.js';
import { fileWith, folderWith } from './folder.js';

const TEXT =
  'chr1\trs1\t0\t100\tA\tG\nchr1\trs2\t0.015\t-9\tATTC\t0\nX\trs3\t0\t0\tG\tG\n2\trs4\t1e-5\t7\t.\tT\n';

test('columns as written, unknown positions included', async () => {
  for (const content of [TEXT, TEXT.replaceAll('\t', '  '), gzipSync(TEXT)]) {
    expect(await readBim(fileWith(content))).toEqual({
      count: 4,
      chromosome: ['chr1', 'chr1', 'X', '2'],
      id: ['rs1', 'rs2', 'rs3', 'rs4'],
      centimorgan: Float64Array.of(0, 0.015, 0, 1e-5),
      position: Int32Array.of(100, -9, 0, 7),
      allele1: ['A', 'ATTC', 'G', '.'],
      allele2: ['G', '0', 'G', 'T'],
    });
  }
});

test('repeated IDs are read, and refused by whoever matches by them', async () => {
  const repeated = await readBim(
    fileWith('1 a 0 1 A G\n1 b 0 2 A G\n1 a 0 3 A G\n1 a 0 4 A G\n', 'study.bim'),
  );
  expect(repeated.id).toEqual(['a', 'b', 'a', 'a']);
  expect(repeated.repeated?.count).toBe(2);
  expect(() => requireDistinctIds(repeated)).toThrow(
    /study\.bim:3:2: variant ID "a" is already on line 1 \(found "a"\)\. Drop or rename.*--rm-dup/,
  );
  const nameless = await readBim(fileWith('1 . 0 1 A G\n1 . 0 2 A G\n'));
  expect(() => requireDistinctIds(nameless)).toThrow(/Give the variants IDs.*--set-missing-var-ids/);
  requireDistinctIds(await readBim(fileWith(TEXT)));
});

test('positions out of order are counted, unknown ones left aside, each chromosome by itself', async () => {
  const text = '1 a 0 100 A G\n1 b 0 -9 A G\n1 c 0 0 A G\n1 d 0 100 A G\n2 e 0 5 A G\n2 f 0 1e2 A G\n';
  const sorted = await readBim(fileWith(text));
  expect(sorted.position).toEqual(Int32Array.of(100, -9, 0, 100, 5, 100));
  expect(countOutOfOrder(sorted)).toBe(0);
  expect(
    countOutOfOrder(await readBim(fileWith(text.replace('d 0 100', 'd 0 99').replace('1e2', '4')))),
  ).toBe(2);
});

test('one chromosome may be written in two ways', async () => {
  const { chromosome } = await readBim(fileWith('1 a 0 1 A G\nchr1 b 0 2 A G\n1 c 0 3 A G\n2 d 0 1 A G\n'));
  expect(chromosome).toEqual(['1', 'chr1', '1', '2']);
});

test('chromosomes have one label', () => {
  expect(['1', 'chr1', 'CHR1', 'X', 'chrX', 'contig_5'].map(chromosomeLabel)).toEqual([
    'chr1',
    'chr1',
    'chr1',
    'chrX',
    'chrX',
    'chrcontig_5',
  ]);
});

test('what is written is what was read', async () => {
  const path = join(folderWith(), 'out.bim');
  const variants = await readBim(fileWith(TEXT));
  await writeBim(path, variants);
  expect(readFileSync(path, 'utf8')).toBe(TEXT.replace('1e-5', '0.00001'));
  expect(await readBim(path)).toEqual(variants);
});

describe.skipIf(SHARED === undefined)('real files', () => {
  test('mouse-hs: 19 chromosomes, some positions unknown, and some of chromosome 10 reversed', async () => {
    const variants = await readBim(sharedFile('data/mouse-hs/mouse.bim'));
    const text = readFileSync(sharedFile('data/mouse-hs/mouse.bim'), 'utf8');
    expect(variants.count).toBe(12226);
    expect(new Set(variants.chromosome).size).toBe(19);
    expect(variants.position.filter((position) => position === -9).length).toBe(
      text.match(/\t-9\t/g)!.length,
    );
    expect(countOutOfOrder(variants)).toBe(14);
  });

  test.each([
    ['gcta-test/test', 1000],
    ['bench5k/bench', 20000],
    ['human-1kg-eur/g1000_eur_hm3_chr21', 17206],
  ])('%s: written as it was', async (name, count) => {
    const path = sharedFile(`data/${name}.bim`);
    const copy = join(folderWith(), 'copy.bim');
    const variants = await readBim(path);
    expect(variants.count).toBe(count);
    await writeBim(copy, variants);
    const numbers = (file: string) =>
      readFileSync(file, 'utf8').replace(
        /^(\S+\t\S+\t)(\S+)/gm,
        (_, before, number) => before + Number(number),
      );
    expect(numbers(copy) === numbers(path)).toBe(true);
  });
});
