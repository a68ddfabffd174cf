import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { cohortFiles } from './cohort-files.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-rg-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 500;
const VARIANTS = 120;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 2, missing: 0.01, copying: 0.3 });
const x = genotypes.map((row) => standardised(meanImputed(row)));
const normal = (seed: number) => randomNormals(SAMPLES, seed);
const [b1, b2] = [randomNormals(VARIANTS, 20), randomNormals(VARIANTS, 21)];
const genetic = (weights: (j: number) => number) =>
  standardised(
    Float64Array.from({ length: SAMPLES }, (_, i) => x.reduce((s, row, j) => s + weights(j) * row[i], 0)),
  );
const [g1, g2] = [genetic((j) => b1[j]), genetic((j) => -0.7 * b1[j] + 0.7 * b2[j])];
const noise = normal(5);
const traits = {
  height: noise.map((e, i) => g1[i] + 0.7 * e),
  weight: normal(6).map((e, i) => (i % 13 === 3 ? Number.NaN : g2[i] + 0.7 * (0.5 * noise[i] + 0.87 * e))),
};

beforeAll(() => {
  const files = cohortFiles({ genotypes, chromosome: (v) => (v < 60 ? 1 : 2), traits });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

it('takes the people of either trait where nobody has both, by GRE and HE alike', async () => {
  const values = (name: 'height' | 'weight', isOwn: (i: number) => boolean) =>
    traits[name].map((value, i) => (isOwn(i) ? value : Number.NaN));
  const apart = { first: values('height', (i) => i % 2 === 0), second: values('weight', (i) => i % 2 === 1) };
  const files = cohortFiles({ genotypes, chromosome: (v) => (v < 60 ? 1 : 2), traits: apart });
  writeFileSync(at('apart.pheno'), files['study.pheno']!);
  const { exitCode, stderr } = await heredity([
    ...['rg', '--bfile', at('study'), '--pheno', at('apart.pheno'), '--out', at('apart')],
    ...['--methods', 'gre,he,greml'],
  ]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /first and second: nobody has both traits: the covariance is of the 480 people who have either/,
  );
  const { pairs } = JSON.parse(readFileSync(at('apart.rg.json'), 'utf8'));
  const [gre, he, greml] = pairs;
  // both genetic values are of variance 1 among all people
  const truth = g1.reduce((sum, value, i) => sum + value * g2[i], 0) / SAMPLES;
  for (const { method, rg, warnings, diagnostics, quantities } of [gre, he]) {
    expect(warnings[0].code, method).toBe('people-apart');
    expect(diagnostics, method).toMatchObject({ n: 480, firstN: 250, secondN: 230, bothN: 0 });
    expect(Math.abs(rg.value - truth), method).toBeLessThan(4 * rg.se);
    expect(rg.value, method).toBeLessThan(0);
    expect(quantities, method).not.toHaveProperty('environmental-covariance');
  }
  expect(greml.warnings[0].fix).toMatch(/GRE, HE and LDSC need no people in common/);
});

it('gives the same pair by all methods, and says which has none', async () => {
  const { exitCode, stdout, stderr } = await heredity([
    ...['rg', '--bfile', at('study'), '--pheno', at('study.pheno'), '--out', at('run')],
    ...['--methods', 'gre,he,greml,reml-mc,ldsc,sumher-gcta,he-ldms'],
  ]);
  expect(stderr).not.toMatch(/^error/m);
  expect(exitCode).toBe(0);
  const { pairs, estimates } = JSON.parse(readFileSync(at('run.rg.json'), 'utf8'));
  expect(estimates).toHaveLength(14);
  expect(pairs.map(({ method }: { method: string }) => method)).toEqual([
    'gre',
    'he',
    'greml',
    'reml-mc',
    'ldsc',
    'sumher-gcta',
    'he-ldms',
  ]);
  const both = [...g1.keys()].filter((i) => i % 13 !== 3);
  const realised = both.reduce((sum, i) => sum + g1[i] * g2[i], 0) / both.length;
  for (const { method, rg, quantities } of pairs.slice(0, 4)) {
    expect(rg.value, method).toBeLessThan(0);
    expect(Math.abs(rg.value - realised), method).toBeLessThan(4 * rg.se);
    expect(rg.se, method).toBeLessThan(0.3);
    // noise of both traits goes together
    expect(quantities['environmental-covariance'].value, method).toBeGreaterThan(0);
  }
  expect(Math.abs(pairs[5].rg.value - realised)).toBeLessThan(4 * pairs[5].rg.se);
  expect(pairs[6].rg.value).toBeNull();
  expect(stderr).toMatch(/Haseman-Elston, LDMS estimates no genetic correlation/);
  expect(stdout).toMatch(/height\s+weight\s+greml\s+-0\./);
});

it('has the genetic correlation of twins beside, under the names of the run', async () => {
  const quantity = { value: -0.6, se: 0.1, ci95: [-0.8, -0.4], seKind: 'profile' };
  const pair = {
    ...{
      trait1: 'height1,height2',
      trait2: 'bmi_1,bmi_2',
      method: 'twin',
      rg: quantity,
      covariance: quantity,
    },
    ...{ quantities: {}, diagnostics: {}, warnings: [] },
  };
  const twins = (name: string, pairs: readonly object[]) => {
    writeFileSync(
      at(name),
      JSON.stringify({ schema: 'heredity/result@1', estimates: [], pairs, warnings: [] }),
    );
    return ['--twins', at(name)];
  };
  const words = ['rg', '--bfile', at('study'), '--pheno', at('study.pheno'), '--methods', 'he'];
  const { stdout, stderr } = await heredity([...words, ...twins('t.json', [pair]), '--out', at('twins')]);
  expect(stderr).toMatch(/height1,height2 of the twins is taken to be height/);
  expect(stdout).toMatch(/height\s+bmi_1,bmi_2\s+twin\s+-0\.60/);
  const { pairs, provenance } = JSON.parse(readFileSync(at('twins.rg.json'), 'utf8'));
  expect(pairs.map(({ method }: { method: string }) => method)).toEqual(['he', 'twin']);
  expect(provenance.inputs.map(({ path }: { path: string }) => path)).toContain(at('t.json'));
  const none = await heredity([...words, ...twins('none.json', []), '--out', at('no')]);
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    expect.stringContaining('no genetic correlation of twins'),
  ]);
});

it('refuses a single trait before any work', async () => {
  const { exitCode, stderr } = await heredity([
    ...[
      'rg',
      '--bfile',
      at('study'),
      '--pheno',
      at('study.pheno'),
      '--pheno-name',
      'height',
      '--out',
      at('one'),
    ],
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/at least two traits/);
});
