import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { SHARED, sharedFile } from '../shared.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const text = (path: string) => {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd();
};

const eur = (chromosome: number) => sharedFile(`data/human-1kg-eur/g1000_eur_hm3_chr${chromosome}`);

/** What ldsc.py 3.0.1 wrote from the same genotypes, and our flags for the same rules. */
const CASES = [21, 22].flatMap((chromosome) => [
  {
    expected: `ldsc/scores/w.${chromosome}`,
    flags: () => ['--bfile', eur(chromosome), '--ld-wind-kb', '1000', '--ldsc-compatible'],
  },
  {
    expected: `ldsc/scores/eur.${chromosome}`,
    flags: () => [
      '--bfile',
      eur(chromosome),
      '--ld-wind-kb',
      '1000',
      '--ldsc-compatible',
      '--annot',
      `${eur(chromosome)}.annot.gz`,
    ],
  },
  {
    expected: `ldsc/scores/snps200exact.${chromosome}`,
    flags: () => ['--bfile', eur(chromosome), '--ld-wind-snps', '200'],
  },
]);
CASES.push({
  expected: 'peers/bench5k.ldsc-1cm',
  flags: () => ['--bfile', sharedFile('data/bench5k/bench'), '--ld-wind-cm', '1', '--ldsc-compatible'],
});

describe.skipIf(SHARED === undefined)('LD scores of ldsc.py', () => {
  it.each(CASES)('$expected: every digit', async ({ expected, flags }) => {
    const { exitCode } = await heredity(['ld', 'scores', ...flags(), '--out', at('ours')]);
    expect(exitCode).toBe(0);
    for (const file of ['l2.ldscore.gz', 'l2.M', 'l2.M_5_50']) {
      const [ours, theirs] = [at(`ours.${file}`), sharedFile(`expected/${expected}.${file}`)].map(text);
      expect(ours === theirs, file).toBe(true);
    }
  });
});

describe.skipIf(SHARED === undefined)('LD scores of GCTA', () => {
  it('has the same columns; r2 differ by what single precision loses there', async () => {
    const flags = ['--bfile', sharedFile('data/bench5k/bench'), '--ld-wind-kb', '1000', '--gcta'];
    expect((await heredity(['ld', 'scores', ...flags, '--out', at('gcta')])).exitCode).toBe(0);
    const rowsOf = (path: string) =>
      text(path)
        .split('\n')
        .map((line) => line.split(' '));
    const [ours, theirs] = [at('gcta.score.ld'), sharedFile('expected/peers/bench5k.gcta.score.ld.gz')].map(
      rowsOf,
    );
    const without = (row: string[]) => [...row.slice(0, 4), row[5]].join(' ');
    expect(ours.map(without)).toEqual(theirs.map(without)); // SNP chr bp MAF, snp_num
    let largest = 0;
    for (const [i, row] of ours.slice(1).entries())
      for (const column of [4, 6, 7]) {
        const [here, there] = [row, theirs[i + 1]].map((fields) => Number(fields[column]));
        largest = Math.max(largest, Math.abs(here / there - 1));
      }
    expect(largest).toBeLessThan(5e-5);
  });
});
