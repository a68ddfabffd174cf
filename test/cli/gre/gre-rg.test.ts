import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-gre-rg-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 400;
const genotypes = randomGenotypes(40, SAMPLES, { seed: 2, missing: 0.02 });
const imputed = genotypes.map((row) => meanImputed(row));
const normal = (seed: number) => randomNormals(SAMPLES, seed);
const genetic = standardised(normal(0).map((_, i) => imputed.reduce((sum, row) => sum + row[i], 0)));
const traits = {
  height: normal(5).map((e, i) => genetic[i] + e),
  weight: normal(6).map((e, i) => (i % 11 === 3 ? Number.NaN : genetic[i] + e)),
  other: normal(7).map((e, i) => (i % 11 === 3 ? e : Number.NaN)),
};

beforeAll(() => {
  const files = cohortFiles({ genotypes, chromosome: (v) => (v < 20 ? 1 : 2), traits });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

const words = (...flags: string[]) => [
  ...['gre', '--bfile', at('study'), '--pheno', at('study.pheno'), '--rg', '--out', at('run')],
  ...flags,
];

it('estimates every pair among the people who have both, or of either where nobody has both, and says so', async () => {
  const { exitCode, stdout, stderr } = await heredity(words());
  expect(exitCode).toBe(0);
  const { pairs, estimates } = JSON.parse(readFileSync(at('run.gre.json'), 'utf8'));
  expect(estimates).toHaveLength(3);
  expect(pairs.map(({ trait1, trait2 }: Record<string, string>) => `${trait1} ${trait2}`)).toEqual([
    'height weight',
    'height other',
    'weight other',
  ]);
  const [pair, , apart] = pairs;
  expect(pair.diagnostics.n).toBe(traits.weight.filter((value) => !Number.isNaN(value)).length);
  // one genetic value behind both traits
  expect(Math.abs(pair.rg.value - 1)).toBeLessThan(4 * pair.rg.se);
  expect(pair.quantities['second-h2'].value).toBeCloseTo(estimates[1].h2.value, 10);
  expect(apart.warnings[0].code).toBe('people-apart');
  expect(apart.diagnostics).toMatchObject({ n: SAMPLES, firstN: pair.diagnostics.n, bothN: 0 });
  expect(Math.abs(apart.covariance.value)).toBeLessThan(4 * apart.covariance.se);
  expect(stderr).toMatch(/weight and other: nobody has both traits/);
  expect(stdout).toMatch(/r_g \(SE\)/);
  expect(readFileSync(at('run.gre.tsv'), 'utf8')).toMatch(/^height\tgre\tweight\trg\t/m);
});

it('refuses a single trait', async () => {
  const { exitCode, stderr } = await heredity(words('--pheno-name', 'height'));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--rg needs at least two traits/);
});
