import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { HAS_PLINK2, plink2 } from '../../formats/plink2.js';
import { randomGenotypes } from '../../genotype-data.js';
import { SHARED, sharedFile } from '../../shared.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const text = (path: string) => readFileSync(path, 'utf8');

async function run(...words: string[]) {
  const out = join(folderWith(), 'o');
  const result = await heredity(['prune', ...words, '--out', out]);
  if (result.exitCode !== 0) throw new Error(result.stderr);
  const ids = (ending: string) =>
    text(out + ending)
      .split('\n')
      .slice(0, -1);
  return {
    ...result,
    kept: ids('.prune.in'),
    removed: ids('.prune.out'),
    json: checkedJson(text(`${out}.prune.json`)),
  };
}

/** Two chromosomes with LD; some variants do not vary, and some are alone. */
function study(missing: number) {
  const genotypes = randomGenotypes(600, 90, { seed: 4, missing, copying: 0.9 });
  for (const v of [5, 130, 599]) genotypes[v].fill(0);
  genotypes[200].fill(1);
  const folder = folderWith(cohortFiles({ genotypes, chromosome: (v) => (v < 350 ? 1 : v < 599 ? 2 : 3) }));
  const bim = text(join(folder, 'study.bim')).split('\n');
  // gaps of 30 kb now and then, and equal positions
  let shift = 0;
  const moved = bim.slice(0, -1).map((line, v) => {
    const fields = line.split(' ');
    if (v % 40 === 39) shift += 30_000;
    if (v === 350 || v === 599) shift = 0;
    fields[3] = String(1000 + shift + 100 * Math.floor(v / 3));
    return fields.join('\t');
  });
  writeFileSync(join(folder, 'study.bim'), `${moved.join('\n')}\n`);
  return folder;
}

describe('heredity prune', () => {
  it('gives the lists of PLINK 2, as frozen in files', async () => {
    const golden = fileURLToPath(new URL('../quality/golden/study', import.meta.url));
    const { kept, removed } = await run('--bfile', golden, '--chr', '1,2', '--indep-pairwise', '20,3,0.05');
    expect(`${kept.join('\n')}\n`).toBe(text(`${golden}.prune.in`));
    expect(`${removed.join('\n')}\n`).toBe(text(`${golden}.prune.out`));
  });

  it.runIf(HAS_PLINK2).each([
    ['50,5,0.2', ['50', '5', '0.2'], 0],
    ['50,5,0.2', ['50', '5', '0.2'], 0.05],
    ['7,3,0.5', ['7', '3', '0.5'], 0.05],
    ['20kb,0.1', ['20kb', '0.1'], 0.05],
    ['1kb,0.3', ['1kb', '0.3'], 0],
    ['500kb,0.05', ['500kb', '0.05'], 0.02],
  ])('%s gives the lists of PLINK 2', async (rule, values, missing) => {
    const folder = study(missing);
    plink2(folder, '--bfile', 'study', '--indep-pairwise', ...values, '--out', 'two');
    const { kept, removed } = await run('--bfile', join(folder, 'study'), '--indep-pairwise', rule);
    const ids = (ending: string) =>
      text(join(folder, `two.prune.${ending}`))
        .split('\n')
        .slice(0, -1);
    expect([kept, removed]).toEqual([ids('in'), ids('out')]);
  });

  it.runIf(HAS_PLINK2 && SHARED)('gives the lists of PLINK 2 on real genotypes', async () => {
    const bfile = sharedFile('data/human-1kg-eur/g1000_eur_hm3_chr22');
    const folder = folderWith();
    plink2(folder, '--bfile', bfile, '--indep-pairwise', '200kb', '0.1', '--out', 'two');
    const { kept } = await run('--bfile', bfile, '--indep-pairwise', '200kb,0.1');
    expect(kept.join('\n')).toBe(text(join(folder, 'two.prune.in')).trim());
  });

  it('keeps the variant with the larger minor allele frequency, by hand', async () => {
    // 0 and 1 are one variant but for a person; 2 is another
    const base = Array.from({ length: 60 }, (_, i) => i % 3);
    const genotypes = [
      Int8Array.from(base),
      Int8Array.from(base, (g, i) => (i === 2 ? 1 : g)),
      Int8Array.from(base, (_, i) => (i >> 2) % 3),
    ];
    const { kept, json, stdout } = await run(
      ...['--bfile', join(folderWith(cohortFiles({ genotypes })), 'study'), '--indep-pairwise', '10kb,0.5'],
    );
    expect(kept).toEqual(['rs0', 'rs2']);
    expect(json).toMatchObject({ kept: 2, removed: 1, rule: { unit: 'kb', window: 10, step: 1, r2: 0.5 } });
    expect(stdout).toMatch(/2 of 3 variants kept, 1 removed/);
  });

  it('refuses X, and rules that are none', async () => {
    const genotypes = randomGenotypes(20, 60, { seed: 1 });
    const bfile = join(folderWith(cohortFiles({ genotypes, chromosome: () => 'X' })), 'study');
    const refused = async (...words: string[]) =>
      (await heredity(['prune', '--bfile', bfile, '--out', join(folderWith(), 'o'), ...words])).stderr;
    expect(await refused('--chr', 'X')).toMatch(/pruning is for chromosomes of two copies, and not for X/);
    expect(await refused('--indep-pairwise', '50kb,5,0.2')).toMatch(
      /a window, a step no longer than it and r²/,
    );
    expect(await refused('--indep-pairwise', '5,6,0.2')).toMatch(/a step no longer than it/);
    expect(await refused('--indep-pairwise', '50')).toMatch(/--indep-pairwise: expected a window/);
  });
});

describe('--exclude-region', () => {
  const regions = async (value: string, ...places: [chromosome: string, position: number][]) => {
    const genotypes = randomGenotypes(places.length, 60, { seed: 2, copying: 0 });
    const folder = folderWith({
      ...cohortFiles({ genotypes }),
      'study.bim': places.map(([c, p], v) => `${c} rs${v} 0 ${p} A G\n`).join(''),
      'list.bed': 'chr2\t99\t200\n',
    });
    const words = [
      '--exclude-region',
      value.replace('FILE', join(folder, 'list.bed')),
      '--indep-pairwise',
      '2,1,0.99',
    ];
    return run('--bfile', join(folder, 'study'), ...words);
  };

  it('leaves out the MHC, regions of long-range LD, places and files', async () => {
    const mhc = await regions(
      'MHC',
      ['6', 24_999_999],
      ['6', 25_000_000],
      ['6', 34_000_000],
      ['6', 34_000_001],
      ['7', 3e7],
    );
    expect(mhc.kept).toEqual(['rs0', 'rs3', 'rs4']);
    expect(mhc.stdout).toMatch(/--exclude-region +2 +3 +in the MHC/);
    expect(
      (await regions('2:100-199,MHC', ['2', 99], ['2', 100], ['2', 199], ['2', 200], ['6', 3e7])).kept,
    ).toEqual(['rs0', 'rs3']);
    expect((await regions('chr2:1kb-2kb', ['2', 999], ['2', 1000], ['2', 2000], ['2', 2001])).kept).toEqual([
      'rs0',
      'rs3',
    ]);
    expect((await regions('FILE', ['2', 99], ['2', 100], ['2', 200], ['2', 201])).kept).toEqual([
      'rs0',
      'rs3',
    ]);
    // 8p23 ends at 11,962,591 in GRCh37 and at 12,105,082 in GRCh38
    const ends: [string, number][] = [
      ['8', 8_050_000],
      ['8', 12_000_000],
      ['8', 13_000_000],
    ];
    expect((await regions('lrld37', ...ends)).kept).toEqual(['rs1', 'rs2']);
    expect((await regions('lrld38', ...ends)).kept).toEqual(['rs0', 'rs2']);
    const both = await regions('lrld', ...ends);
    expect(both.kept).toEqual(['rs2']);
    expect(both.stderr).toMatch(/places in GRCh37 and in GRCh38/);
  });

  it('refuses a place that runs backwards, and one that leaves nothing', async () => {
    await expect(regions('2:200-100', ['2', 1], ['2', 2])).rejects.toThrow(/ends before it starts/);
    await expect(regions('2:1-9', ['2', 1], ['2', 2])).rejects.toThrow(/--exclude-region leaves no variant/);
  });
});
