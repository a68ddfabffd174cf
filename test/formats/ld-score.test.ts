import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  ldScoreFiles,
  readLdScores,
  readVariantCounts,
  writeLdScores,
  writeVariantCounts,
} from '../../src/formats/ld-score.js';
import { SHARED, sharedFile } from '../shared.js';
import { folderWith } from './folder.js';

const CHR1 = 'CHR\tSNP\tBP\tCM\tMAF\tL2\n1\trs1\t100\t0.1\t0.2\t1.5\n1\trs2\t200\t0.2\t0.4\t-0.25\n';
const CHR2 = 'CHR SNP BP CM MAF L2\n2 rs3 50 0 .1 3\n2 rs1 60 0 .1 4\n';

describe('reading', () => {
  test('one file, plain or gzip; CM and MAF are no scores', async () => {
    const folder = folderWith({ 'a.l2.ldscore': CHR1, 'b.l2.ldscore.gz': gzipSync(CHR1) });
    for (const prefix of ['a', 'b', 'b.l2.ldscore.gz']) {
      const { ids, chromosome, files, byChromosome, ...table } = await readLdScores([join(folder, prefix)]);
      expect(ids.texts()).toEqual(['rs1', 'rs2']);
      expect(chromosome.texts()).toEqual(['1', '1']);
      expect(files).toHaveLength(1);
      expect(table).toEqual({
        count: 2,
        columns: ['L2'],
        scores: Float64Array.of(1.5, -0.25),
        frequency: Float64Array.of(0.2, 0.4),
        duplicates: 0,
        withoutId: 0,
      });
    }
  });

  test('a file a chromosome, in order of number, by folder, prefix or @; repeated variants are counted', async () => {
    const folder = folderWith({
      '2.l2.ldscore.gz': gzipSync(CHR2),
      '1.l2.ldscore': CHR1,
      'x1y.l2.ldscore': CHR1,
    });
    const stems = async (prefix: string) => (await ldScoreFiles(prefix, true)).files.map(({ stem }) => stem);
    expect(await stems(`${folder}/`)).toEqual([join(folder, '1'), join(folder, '2')]);
    expect(await stems(`${folder}/x@y`)).toEqual([join(folder, 'x1y')]);
    const table = await readLdScores([`${folder}/@`], true);
    expect(table.ids.texts()).toEqual(['rs1', 'rs2', 'rs3']);
    expect([...table.scores]).toEqual([1.5, -0.25, 3]);
    expect(table.duplicates).toBe(1);
  });

  test('rows are sorted by chromosome and position', async () => {
    const rows = ['10 d 5 4', 'X e 1 5', '2 c 9 3', '2 b 7 2', '1 a 8 1'];
    const folder = folderWith({ 'a.l2.ldscore': `CHR SNP BP L2\n${rows.join('\n')}\n` });
    const table = await readLdScores([join(folder, 'a')]);
    expect(table.ids.texts()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([...table.scores]).toEqual([1, 2, 3, 4, 5]);
    expect(table.chromosome.texts()).toEqual(['1', '2', '2', '10', 'X']);
  });

  test('columns of several prefixes stand side by side, matched by variant', async () => {
    const folder = folderWith({
      'a.l2.ldscore': 'CHR SNP BP baseL2 catL2\n1 rs1 1 1 2\n1 rs2 2 3 4\n',
      'b.l2.ldscore': 'CHR SNP BP L2\n1 rs2 2 20\n1 rs1 2 10\n',
      'c.l2.ldscore': 'CHR SNP BP L2\n1 rs2 2 20\n1 rs9 2 10\n',
    });
    const table = await readLdScores([join(folder, 'a'), join(folder, 'b')]);
    expect(table.columns).toEqual(['baseL2_0', 'catL2_0', 'L2_1']);
    expect([...table.scores]).toEqual([1, 2, 10, 3, 4, 20]);
    await expect(readLdScores([join(folder, 'a'), join(folder, 'c')])).rejects.toThrow('LD scores of rs1');
  });

  test('numbers of variants are summed over chromosomes', async () => {
    const folder = folderWith({
      '1.l2.ldscore': CHR1,
      '2.l2.ldscore': CHR2,
      '1.l2.M_5_50': '10\t2.5\n',
      '2.l2.M_5_50': '20 5\n',
      '1.l2.M': '1\n',
      '2.l2.M': '1 2\n',
    });
    expect([...(await readVariantCounts([`${folder}/`], true, 'M_5_50'))]).toEqual([30, 7.5]);
    expect([...(await readVariantCounts([`${folder}/1`, `${folder}/2`], false, 'M_5_50'))]).toEqual([
      10, 2.5, 20, 5,
    ]);
    await expect(readVariantCounts([`${folder}/`], true, 'M')).rejects.toThrow(
      '2.l2.M: the file has 2 numbers',
    );
  });

  test.each([
    ['', 'the file is empty'],
    ['CHR SNP BP L2\n', 'there are no LD scores below the header'],
    ['CHR RS BP L2\n1 rs1 1 1\n', 'the header has no column SNP'],
    ['CHR SNP BP MAF\n1 rs1 1 1\n', 'the header names no LD score'],
    ['CHR SNP BP L2\n1 rs1 1 1\n1 rs2 2\n', '3: the line has 3 fields'],
    ['CHR SNP BP L2\n1 rs1 1 nan\n', '2:4: the LD score is not a number'],
    ['CHR SNP BP L2\n1 rs1 1.5 2\n', '2:3: the position is not a whole number'],
  ])('refuses %j', async (text, message) => {
    const folder = folderWith({ 'a.l2.ldscore': text });
    await expect(readLdScores([join(folder, 'a')])).rejects.toThrow(message);
  });

  test('says what is not there', async () => {
    const folder = folderWith({
      '1.l2.ldscore': CHR1,
      '1.l2.M_5_50': '1\n',
      '2.l2.ldscore': CHR1.replace('L2', 'xL2'),
    });
    await expect(readLdScores([`${folder}/none`])).rejects.toThrow(
      'none.l2.ldscore.gz: the file does not exist',
    );
    await expect(readLdScores([`${folder}/none`], true)).rejects.toThrow('no LD scores of any chromosome');
    await expect(readLdScores([folder], true)).rejects.toThrow(`Did you mean ${folder}/?`);
    await expect(readLdScores([`${folder}/1`], true)).rejects.toThrow('the flag without -chr');
    await expect(readLdScores([`${folder}/`], true)).rejects.toThrow(
      'differ from those of the chromosomes before',
    );
    await expect(readVariantCounts([`${folder}/1`], false, 'M')).rejects.toThrow('Leave --not-M-5-50 out');
  });
});

test('what is written is what LDSC writes, and can be read again', async () => {
  const folder = folderWith();
  const table = { chromosome: ['1', '1', '2'], id: ['rs1', 'rs2', 'rs3'], position: Int32Array.of(5, 6, 7) };
  const scores = Float64Array.of(1.23456, -0.0001, 100, 2);
  await writeLdScores(join(folder, 'x.l2.ldscore.gz'), table, [0, 2], ['aL2', 'bL2'], scores);
  await writeVariantCounts(join(folder, 'x.l2.M'), [2, 1.5]);
  expect(gunzipSync(readFileSync(join(folder, 'x.l2.ldscore.gz'))).toString()).toBe(
    'CHR\tSNP\tBP\taL2\tbL2\n1\trs1\t5\t1.235\t-0.000\n2\trs3\t7\t100.000\t2.000\n',
  );
  expect(readFileSync(join(folder, 'x.l2.M'), 'utf8')).toBe('2\t1.5\n');
  const read = await readLdScores([join(folder, 'x')]);
  expect([...read.scores]).toEqual([1.235, -0, 100, 2]);
});

test.skipIf(SHARED === undefined)('real LD scores of 22 chromosomes', async () => {
  const prefix = sharedFile('data/ld-scores-eur/');
  const { count, columns } = await readLdScores([prefix], true);
  expect([count, columns]).toEqual([1_290_028, ['L2']]);
  expect([...(await readVariantCounts([prefix], true, 'M_5_50'))]).toEqual([1_173_569]);
});
