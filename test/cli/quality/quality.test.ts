import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { HAS_PLINK2, plink2 } from '../../formats/plink2.js';
import { randomGenotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const golden = (name: string) => fileURLToPath(new URL(`golden/study${name}`, import.meta.url));
const text = (path: string) => readFileSync(path, 'utf8');

async function run(command: string, ...words: string[]) {
  const out = join(folderWith(), 'o');
  const result = await heredity([command, ...words, '--out', out]);
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return { ...result, out, json: checkedJson(text(`${out}.${command}.json`)) };
}

describe('tables of counts', () => {
  it.each([
    ['freq', ['.afreq']],
    ['missing', ['.smiss', '.vmiss']],
    ['het', ['.het']],
    ['hardy', ['.hardy', '.hardy.x']],
  ])('of heredity %s are those of PLINK 2, byte for byte', async (command, endings) => {
    const { out, json } = await run(command, '--bfile', golden(''));
    for (const ending of endings) expect(text(out + ending)).toBe(text(golden(ending)));
    expect(json.files).toEqual(endings.map((ending) => out + ending));
  });

  it('of heredity check-sex are those of PLINK 1.9, and karyotypes beside them', async () => {
    const { out } = await run('check-sex', '--bfile', golden(''));
    const rows = (path: string) =>
      text(path)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/));
    const [found, expected] = [rows(`${out}.sexcheck`), rows(golden('.sexcheck'))];
    expect(found.map((row) => row.slice(0, 5))).toEqual(expected.map((row) => row.slice(0, 5)));
    for (const [i, row] of found.entries()) expect(Number(row[5])).toBeCloseTo(Number(expected[i][5]), 3);
    expect(new Set(found.map((row) => row[7]))).toContain('XY');
  });

  it.runIf(HAS_PLINK2)(
    'are those of PLINK 2 for some people and variants, with everybody a founder',
    async () => {
      const folder = folderWith({
        keep: Array.from({ length: 60 }, (_, i) => `f${(i / 3) | 0} i${i}\n`).join(''),
      });
      const filters = [
        '--bfile',
        golden(''),
        '--keep',
        join(folder, 'keep'),
        '--chr',
        '1,23',
        '--nonfounders',
      ];
      for (const [flag, command, ending] of [
        ['--freq', 'freq', 'afreq'],
        ['--hardy', 'hardy', 'hardy.x'],
        ['--het', 'het', 'het'],
      ]) {
        plink2(folder, ...filters, flag, '--out', 'two');
        const { out } = await run(command, ...filters);
        expect(text(`${out}.${ending}`)).toBe(text(join(folder, `two.${ending}`)));
      }
    },
  );

  it.runIf(HAS_PLINK2)('are the same from .pgen, without family IDs', async () => {
    const folder = folderWith();
    plink2(folder, '--bfile', golden(''), '--make-pgen', '--out', 'two');
    const psam = text(join(folder, 'two.psam'))
      .replace(/^(\S+)\t/gm, '')
      .replace(/^IID/, '#IID');
    const own = folderWith({
      'two.psam': psam,
      'two.pgen': readFileSync(join(folder, 'two.pgen')),
      'two.pvar': text(join(folder, 'two.pvar')),
    });
    plink2(own, '--pfile', 'two', '--missing', '--out', 'two');
    const { out } = await run('missing', '--pfile', join(own, 'two'));
    for (const ending of ['.smiss', '.vmiss'])
      expect(text(out + ending)).toBe(text(join(own, `two${ending}`)));
  });
});

describe('what is said', () => {
  it('of founders, of sex that is not known, and of men who are heterozygous', async () => {
    const { stderr } = await run('freq', '--bfile', golden(''));
    expect(stderr).toMatch(/those of the \d+ founders: \d+ people have a parent named/);
    expect(stderr).toMatch(/the sex of \d+ people is not known: .*on X count as those of two copies/);
    expect(stderr).toMatch(/\d+ genotypes of men are heterozygous on X and Y/);
    expect((await run('het', '--bfile', golden(''))).stderr).not.toMatch(/sex/);
  });

  it('of outliers of heterozygosity, by name', async () => {
    const genotypes = randomGenotypes(300, 120, { seed: 5, copying: 0 });
    for (const row of genotypes) row[7] = 1; // contaminated: heterozygous everywhere
    const { json, stdout } = await run(
      'het',
      '--bfile',
      join(folderWith(cohortFiles({ genotypes })), 'study'),
    );
    expect(json.summary.outliers.map(({ iid }: { iid: string }) => iid)).toEqual(['i7']);
    expect(stdout).toMatch(/1 of 120 people are more than 3 standard deviations/);
  });

  it('of two X with a Y, and of one X without', async () => {
    const genotypes = randomGenotypes(240, 90, { seed: 6, copying: 0 });
    const isMale = (i: number) => i % 2 === 0;
    for (const [v, row] of genotypes.entries())
      for (const i of row.keys()) {
        if (isMale(i) || i === 1) row[i] = row[i] > 0 ? 2 : 0; // 1 has one X
        if (v >= 200) row[i] = isMale(i) || i === 3 ? row[i] && 2 : -1; // 3 has a Y
      }
    const files = cohortFiles({ genotypes, chromosome: (v) => (v < 200 ? 'X' : 'Y') });
    const fam = Array.from({ length: 90 }, (_, i) => `f${i} i${i} 0 0 ${isMale(i) ? 1 : 2} -9\n`).join('');
    const { json, out } = await run(
      'check-sex',
      ...['--bfile', join(folderWith({ ...files, 'study.fam': fam }), 'study')],
    );
    expect(json.summary).toMatchObject({ xxy: 1, x0: 1, otherSex: 1, unclear: 0 });
    const row = (i: number) => text(`${out}.sexcheck`).split('\n')[i + 1].split('\t');
    expect([row(1)[7], row(3)[7], row(0)[7], row(5)[7]]).toEqual(['X0', 'XXY', 'XY', 'XX']);
  });
});

describe('refusals', () => {
  it('where nobody is a founder, or X is not there', async () => {
    const genotypes = randomGenotypes(20, 30, { seed: 1 });
    const files = cohortFiles({ genotypes });
    const fam = Array.from({ length: 30 }, (_, i) => `f${i} i${i} dad 0 0 -9\n`).join('');
    const study = join(folderWith({ ...files, 'study.fam': fam }), 'study');
    const refused = async (...words: string[]) => {
      const { exitCode, stderr } = await heredity([...words, '--out', join(folderWith(), 'o')]);
      expect(exitCode).not.toBe(0);
      return stderr;
    };
    expect(await refused('freq', '--bfile', study)).toMatch(/nobody is a founder.*--nonfounders/);
    expect(await refused('check-sex', '--bfile', study, '--nonfounders')).toMatch(/no variant on X varies/);
  });
});
