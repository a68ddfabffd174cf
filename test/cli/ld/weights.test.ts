import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../../formats/folder.js';
import { randomGenotypes } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { checkedJson, heredity } from '../run.js';

const GENOTYPES = randomGenotypes(8, 100, { seed: 2 });
// variant 8 repeats variant 7, and variant 9 does not vary
const COHORT = cohortFiles({ genotypes: [...GENOTYPES, GENOTYPES[7], new Int8Array(100)] });

it('writes both weight files and a summary', async () => {
  const folder = folderWith(COHORT);
  const out = join(folder, 'out');
  const run = await heredity(['ld', 'weights', '--bfile', join(folder, 'study'), '--thin', '--out', out]);
  expect(run.exitCode).toBe(0);
  const all = readFileSync(`${out}.weights.all`, 'utf8').trimEnd().split('\n');
  expect(all).toHaveLength(11);
  expect(all[8]).toBe('rs7 0 0 0 0 0');
  expect(all[10]).toBe('rs9 NA NA NA NA NA');
  const json = checkedJson(readFileSync(`${out}.ld-weights.json`, 'utf8'));
  expect([json.variants, json.thinned, json.sections]).toEqual([9, 1, 1]);
  expect(run.stdout).toContain('1 were thinned away');
});

it('takes windows in variants where positions are unknown', async () => {
  const bim = String(COHORT['study.bim']).replace(/ 0 \d+ /g, ' 0 0 ');
  const folder = folderWith({ ...COHORT, 'study.bim': bim });
  const words = ['ld', 'weights', '--bfile', join(folder, 'study'), '--out', join(folder, 'o')];
  expect((await heredity(words)).exitCode).toBe(2);
  expect((await heredity([...words, '--ld-wind-snps', '1', '--half-life', '3'])).exitCode).toBe(0);
  const [header, first] = readFileSync(join(folder, 'o.weights.all'), 'utf8').split('\n');
  expect(header).toBe('Predictor Weight Eff_Neighbours Eff_Tagging Info Check');
  expect(first.split(' ')[2]).toBe((1 + 2 ** (-1 / 3)).toFixed(3));
});

it.each([
  ['--ld-wind-kb 5 --ld-wind-cm 1', 2, 'more than one window'],
  ['--half-life 5 --quick', 2, '--half-life has no effect with --quick'],
  ['--ld-wind-cm 1', 2, 'genetic position'],
])('refuses %s', async (flags, exitCode, message) => {
  const folder = folderWith(COHORT);
  const words = ['ld', 'weights', '--bfile', join(folder, 'study'), '--out', join(folder, 'o')];
  const run = await heredity([...words, ...flags.split(' ')]);
  expect([run.exitCode, run.stderr]).toEqual([exitCode, expect.stringContaining(message)]);
});
