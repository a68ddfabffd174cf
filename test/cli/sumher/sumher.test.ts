import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity, resultUnder } from '../run.js';

const [VARIANTS, SAMPLES] = [60, 300];
const GENOTYPES = randomGenotypes(VARIANTS, SAMPLES, { seed: 21 });

function trait(seed: number): Float64Array {
  const effects = randomNormals(VARIANTS, seed);
  const y = randomNormals(SAMPLES, seed + 1).map((e) => 0.7 * e);
  for (const [v, row] of GENOTYPES.entries()) {
    const x = standardised(row);
    for (let i = 0; i < SAMPLES; i++) y[i] += (0.7 * x[i] * effects[v]) / Math.sqrt(VARIANTS);
  }
  return y;
}

const FIRST = trait(1);
const COHORT = {
  ...cohortFiles({
    genotypes: GENOTYPES,
    traits: { height: FIRST, sick: FIRST.map((y) => (y > 0.5 ? 2 : 1)) },
  }),
  a1: Array.from({ length: 20 }, (_, v) => `rs${v}\n`).join(''),
};

async function run(folder: string, flags: string) {
  const words = flags.split(' ').map((word) => word.replaceAll('@', `${folder}/`));
  return heredity(['sumher', '--out', join(folder, 'out'), ...words]);
}

const METHODS = ['sumher-tagging', 'sumher-hd'];
const readJson = (folder: string, methods = METHODS) => resultUnder(join(folder, 'out'), methods);

it('estimates every trait from genotypes, on the liability scale too', async () => {
  const folder = folderWith(COHORT);
  const flags = '--bfile @study --pheno @study.pheno --model human-default --prevalence 0.1';
  expect((await run(folder, flags)).exitCode).toBe(0);
  const { traits, estimates } = readJson(folder);
  const facts = estimates.map(({ trait, method, estimand }: Record<string, never>) => [
    trait,
    method,
    estimand,
  ]);
  expect(facts).toEqual(
    ['height', 'sick'].map((name) => [
      name,
      'sumher-hd',
      expect.objectContaining({
        ld: 'in-sample',
        variants: { reference: VARIANTS, regression: VARIANTS, heritability: VARIANTS },
      }),
    ]),
  );
  expect(traits[0].liability).toBeNull();
  expect(traits[1].liability.h2).toBeGreaterThan(traits[1].h2);
  expect(readFileSync(join(folder, 'out.sick.hers.liab'), 'utf8')).toMatch(/^Component.*\nHer_Base /);
  const tsv = readFileSync(join(folder, 'out.sumher-hd.tsv'), 'utf8').trim().split('\n');
  const kinds = tsv.map((row) => row.split('\t').slice(2, 4).join(' '));
  const own = ['total total', 'total jackknife', 'Base category', 'Base share', 'Base expected-share'];
  const rest = ['Base enrichment', 'Base coefficient', 'Base contribution'];
  const sick = [own[0], ...own, ...rest]; // the liability scale stands below the observed one
  expect(kinds).toEqual(['part kind', ...own, ...rest, ...sick]);
  expect(existsSync(join(folder, 'out.sumher-hd.png'))).toBe(true);
});

it('gives the same from taggings and statistics in files, whichever way the alleles stand', async () => {
  const folder = folderWith(COHORT);
  const bfile = join(folder, 'study');
  const model = '--model human-default --annotation-prefix @a --annotation-number 1';
  const direct = await run(folder, `--bfile @study --pheno @study.pheno --pheno-name height ${model}`);
  expect(direct.exitCode).toBe(0);
  expect(direct.stdout).toContain('Annotation_1');
  const [fromGenotypes] = readJson(folder, ['sumher-hd']).traits;
  const cats = readFileSync(join(folder, 'out.cats'), 'utf8');
  expect(cats).toMatch(/^Component Heritability SE\nCat_A1 .*\nCat_Base .*\n$/);

  await heredity(['assoc', '--bfile', bfile, '--pheno', `${bfile}.pheno`, '--out', join(folder, 'a')]);
  const words = model.split(' ').map((word) => word.replace('@', `${folder}/`));
  await heredity(['ld', 'tagging', '--bfile', bfile, '--out', join(folder, 't'), ...words]);
  for (const file of ['a.height.glm.linear', 'a.height.sumstats.gz']) {
    expect((await run(folder, `--tagfile @t.tagging --summary @${file}`)).exitCode).toBe(0);
    const [again] = readJson(folder, ['sumher-tagging']).traits;
    expect(again.name).toBe('a.height');
    expect(again.h2).toBeCloseTo(fromGenotypes.h2, 3);
    expect(again.se).toBeCloseTo(fromGenotypes.se, 3);
    expect(again.categories[0].share).toBeCloseTo(fromGenotypes.categories[0].share, 2);
  }
  const control = await run(folder, '--tagfile @t.tagging --summary @a.height.sumstats.gz --genomic-control');
  expect(control.stdout).toContain('scaling');
  expect(readFileSync(join(folder, 'out.extra'), 'utf8')).toMatch(/\nScaling_Estimate /);
});

const TAGGING =
  'Predictor A1 A2 Neighbours Tagging Weight MAF Categories Exp_Heritability Base\n' +
  Array.from({ length: 12 }, (_, j) => `rs${j} A G 1 1.0 1 0.2 1 1 1.0\n`).join('') +
  'The relative contribution of the Base to each category 12\n' +
  'There are 12 reference 12 regression 12 heritability predictors 12\n';

function summaries(row: (j: number) => string, header = 'Predictor A1 A2 Z n'): string {
  return `${header}\n${Array.from({ length: 12 }, (_, j) => `${row(j)}\n`).join('')}`;
}

it('says what it leaves out', async () => {
  const zs = (j: number) => `rs${j} ${j === 3 ? 'A C' : 'T C'} ${(j - 5) / 3} 1000`;
  const whole = summaries(zs);
  const folder = folderWith({ tag: TAGGING, some: whole.replace('rs5 ', 'other '), whole });
  const missing = await run(folder, '--tagfile @tag --summary @some');
  expect([missing.exitCode, missing.stderr]).toEqual([
    3,
    expect.stringContaining('1 of the 12 variants of the taggings have no statistic, such as rs5'),
  ]);
  const allowed = await run(folder, '--tagfile @tag --summary @some,@whole --allow-missing');
  expect(allowed.exitCode).toBe(0);
  const { estimates } = readJson(folder);
  const losses = estimates.map(({ diagnostics, estimand }: Record<string, Record<string, never>>) => [
    diagnostics.absent,
    diagnostics.otherAlleles,
    (estimand.variants as { regression: number }).regression,
  ]);
  expect(losses).toEqual([
    [1, 1, 10],
    [0, 1, 11],
  ]);
});

const GOOD = (j: number) => `rs${j} A G 1 1000`;

it.each([
  ['--tagfile @tag', {}, 2, '--summary is needed with --tagfile'],
  ['--summary @s', {}, 2, '--tagfile is needed with --summary'],
  ['--model gcta', {}, 2, '--bfile, --pfile, --bgen or --vcf is needed'],
  ['--bfile @x --pheno @y --tagfile @tag', {}, 2, '--bfile means nothing with --tagfile'],
  ['--bfile @x --pheno @y --allow-missing', {}, 2, '--allow-missing means nothing'],
  ['--tagfile @tag --summary @s --maf 0.01', {}, 2, '--maf means nothing with --tagfile'],
  ['--tagfile @tag --summary @s --model gcta', {}, 2, '--model means nothing with --tagfile'],
  ['--tagfile @tag --summary @s', { s: summaries((j) => `x${j} A G 1 1000`) }, 3, '0 of the 12 variants'],
  [
    '--tagfile @tag --summary @s',
    { s: summaries((j) => `rs${j} A C 1 1000`) },
    3,
    'no variant has the alleles',
  ],
  ['--tagfile @tag --summary @s', { s: summaries(GOOD, 'Predictor A1 A2 X n') }, 2, 'no test statistic'],
  ['--tagfile @tag --summary @s', { s: summaries((j) => `rs${j} A G 1 0`) }, 2, 's:2:5: the sample size'],
  [
    '--tagfile @tag --summary @s',
    { s: summaries((j) => `rs${j} A G -1 9`, 'SNP A1 A2 Stat n') },
    2,
    'below 0',
  ],
  [
    '--tagfile @tag --summary @s',
    { s: summaries((j) => `rs${j} A G 0 9`, 'SNP A1 A2 P n') },
    2,
    'not a P value',
  ],
  [
    '--tagfile @tag --summary @s',
    { s: summaries(() => 'rs1 A G 1 9') },
    2,
    'variant rs1 is already on line 2',
  ],
  ['--tagfile @tag --summary @s --prevalence 0.1', { s: summaries(GOOD) }, 2, 'needs --ascertainment'],
  ['--tagfile @s --summary @s', { s: summaries(GOOD) }, 2, 'not the header of an LDAK tagging file'],
])('refuses %s (%#)', async (flags, files, exitCode, message) => {
  const folder = folderWith({ tag: TAGGING, ...files });
  const result = await run(folder, flags);
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(message)]);
  expect(readJson(folder)).toBeUndefined();
});

it.each([
  ['SNP A1 A2 BETA SE N', (j: number) => `rs${j} a g ${0.1 * j} 0.1 500`, (j: number) => j * j],
  ['SNP A1 A2 Stat N', (j: number) => `rs${j} A G ${j} 500`, (j: number) => j],
  [
    'SNP A1 A2 P N',
    (j: number) => `rs${j} A G ${j === 4 ? 0.05 : 1} 500`,
    (j: number) => (j === 4 ? 3.841459 : 0),
  ],
])('reads %s', async (header, row, statistic) => {
  const { readTestStatistics } = await import('../../../src/formats/ldak-summaries.js');
  const folder = folderWith({ s: summaries(row, header) });
  const table = await readTestStatistics(join(folder, 's'));
  expect(table.allele1[0]).toBe('A');
  table.statistics.forEach((value, j) => {
    expect(value).toBeCloseTo(statistic(j), 5);
  });
});
