import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readFrequencies } from '../../src/formats/frequency.js';
import { fileWith, folderWith } from './folder.js';

test('PLINK’s columns or FRQ, of one file or several', async () => {
  const folder = folderWith({
    '1.frq': ' CHR  SNP  A1 A2  MAF  NCHROBS\n  1  rs1  A  G  0.25  100\n  1  rs2  A  G  NA  0\n',
    '2.frq.gz': gzipSync('SNP\tFRQ\nrs3\t0.75\n'),
  });
  const { ids, frequency } = await readFrequencies([join(folder, '1.frq'), join(folder, '2.frq.gz')]);
  expect(ids.texts()).toEqual(['rs1', 'rs2', 'rs3']);
  expect([...frequency]).toEqual([0.25, Number.NaN, 0.75]);
});

test.each([
  ['SNP A1\nrs1 A\n', 'the header has no column MAF'],
  ['SNP MAF\nrs1 1.5\n', '2:2: the frequency is not a number from 0 to 1'],
  ['SNP MAF\nrs1 x\n', '2:2: the frequency is not a number from 0 to 1'],
  ['SNP MAF\nrs1\n', 'the line has 1 field'],
  ['SNP MAF\n', 'no frequencies below the header'],
])('refuses %j', async (text, message) => {
  await expect(readFrequencies([fileWith(text, 'a.frq')])).rejects.toThrow(message);
});
