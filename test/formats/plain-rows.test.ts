import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLdScores } from '../../src/formats/ld-score.js';
import { readSumstats } from '../../src/formats/sumstats.js';
import { TextRuns } from '../../src/formats/text-runs.js';
import { fileWith, folderWith } from './folder.js';

/** A word that is not plain makes its row one that is read alone: put before every row, it makes all so. */
const QUOTED = '"x"';
const PLAIN = 'x';

const message = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error & { details: { line?: number } }) => [error.message, error.details.line],
  );

const field = fc.constantFrom('1', '-2.5', '1e-5', 'NA', '0.1234567890123456789', 'oops', '.', '1e999');

test('rows read many at once are those read one by one, or fail with the same words', async () => {
  const row = fc.record({
    id: fc.nat(40),
    z: field,
    n: fc.constantFrom('100', '5e4', '0', 'NA'),
    end: fc.constantFrom('\n', '\r\n', '\n\n'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      const text = (word: string) =>
        `SNP\tWORD\tZ\tN\n${rows.map(({ id, z, n, end }) => `rs${id}\t${word}\t${z}\t${n}${end}`).join('')}`;
      const [plain, alone] = [PLAIN, QUOTED].map((word) =>
        readSumstats(fileWith(text(word)), { alleles: false }),
      );
      const failures = await Promise.all([plain, alone].map(message));
      const withoutFile = failures.map((failure) =>
        failure?.map((part) => String(part).replace(/\S*\/\S*/, '')),
      );
      expect(withoutFile[0]).toEqual(withoutFile[1]);
      if (failures[0]) return;
      const [a, b] = await Promise.all([plain, alone]);
      expect([a.ids.texts(), a.z, a.n, a.skipped]).toEqual([b.ids.texts(), b.z, b.n, b.skipped]);
    }),
    { numRuns: 60 },
  );
});

test('among thousands of rows, the line of the one that is wrong', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `rs${i}\t${i / 8}\t${1000 + i}`);
  const wrong = (i: number, row: string) =>
    readSumstats(fileWith(`SNP\tZ\tN\n${rows.with(i, row).join('\n')}\n`), { alleles: false });
  const good = await readSumstats(fileWith(`SNP\tZ\tN\n${rows.join('\n')}\n`), { alleles: false });
  expect([good.count, good.z[19_999], good.n[12_345]]).toEqual([20_000, 19_999 / 8, 13_345]);
  expect(good.ids.indexOf('rs17000')).toBe(17_000);
  await expect(wrong(15_000, 'rs15000\tx\t10')).rejects.toMatchObject({
    details: { line: 15_002, column: 2 },
  });
  await expect(wrong(15_000, 'rs15000\t1\t-1')).rejects.toMatchObject({
    details: { line: 15_002, column: 3 },
  });
  await expect(wrong(15_000, 'rs7\t1\t10')).rejects.toThrow('variant rs7 is already on line 9');
});

test('LD scores: repeated and nameless rows among plain ones', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `${i < 2000 ? 1 : 2}\trs${i}\t${1 + i}\t${i / 4}\t1`);
  rows[100] = '1\trs7\t101\t3\t1';
  rows[200] = '1\t.\t201\t3\t1';
  const folder = folderWith({ 'x.l2.ldscore': `CHR\tSNP\tBP\tL2\tbaseL2\n${rows.join('\n')}\n` });
  const table = await readLdScores([join(folder, 'x')]);
  expect([table.count, table.duplicates, table.withoutId]).toEqual([2998, 1, 1]);
  expect([table.ids.text(200), table.scores[400]]).toEqual(['rs202', 202 / 4]);
  expect([...table.chromosome.runs()]).toEqual([
    { text: '1', from: 0, to: 1998 },
    { text: '2', from: 1998, to: 2998 },
  ]);
  expect([table.chromosome.at(1997), table.chromosome.at(1998)]).toEqual(['1', '2']);
});

test('runs of texts', () => {
  const texts = ['1', '1', 'X', '1'];
  const runs = new TextRuns(texts);
  expect([runs.count, runs.texts(), texts.map((_, row) => runs.at(row))]).toEqual([4, texts, texts]);
});
