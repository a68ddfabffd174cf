import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Estimate } from '../../src/estimate/estimate.js';
import type { MethodDifference } from '../../src/methods/compare-methods.js';
import type { ReplicateEstimates } from '../../src/methods/replicate-estimates.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { cohortFiles } from './cohort-files.js';
import { heredity, resultUnder } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-h2-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const GENOTYPES = ['--bfile', at('study'), '--pheno', at('study.pheno'), '--threads', '1', '--quiet'];
const STATISTICS = ['--ref-ld', at('scores'), '--w-ld', at('scores')];

beforeAll(() => {
  const [samples, variants] = [400, 1000];
  const genotypes = randomGenotypes(240, samples, { seed: 2 });
  const y = randomNormals(samples, 1).map((e, i) => e + genotypes[5][i] / 2);
  const [a, b] = [3, 4].map((seed) => randomNormals(variants, seed));
  const score = (v: number) => 1 + 30 * a[v] ** 2;
  const lines = (row: (v: number) => string) => Array.from({ length: variants }, (_, v) => row(v)).join('');
  const files = {
    ...cohortFiles({ genotypes, chromosome: (v) => 1 + Math.floor(v / 80), traits: { y } }),
    'scores.l2.ldscore': `CHR SNP BP L2\n${lines((v) => `1 rs${v} ${100 * (v + 1)} ${score(v)}\n`)}`,
    'scores.l2.M_5_50': `${variants}\n`,
    'y.sumstats': `SNP A1 A2 Z N\n${lines((v) => `rs${v} A G ${Math.sqrt(1 + 0.02 * score(v)) * b[v]} 50000\n`)}`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

test('summary statistics alone give the numbers of heredity ldsc', async () => {
  const own = await heredity([
    'h2',
    '--sumstats',
    at('y.sumstats'),
    ...STATISTICS,
    '--out',
    at('a'),
    '--quiet',
  ]);
  expect(own.exitCode).toBe(0);
  await heredity(['ldsc', '--h2', at('y.sumstats'), ...STATISTICS, '--out', at('b'), '--quiet']);
  expect(resultUnder(at('a'), ['h2'])!.estimates).toEqual(resultUnder(at('b'), ['ldsc'])!.estimates);
});

test('beside genotypes they are rows of their own: the LD of the sample and that of the reference', async () => {
  const words = ['h2', ...GENOTYPES, '--methods', 'gre,ldsc', '--sumstats', at('y.sumstats'), ...STATISTICS];
  const { exitCode, stdout, stderr } = await heredity([...words, '--out', at('c')]);
  expect([exitCode, stderr.match(/^error.*/m)]).toEqual([0, null]);
  const { estimates, comparison, samples } = resultUnder(at('c'), ['h2'])!;
  expect(estimates.map(({ trait, method, estimand }: Estimate) => [trait, method, estimand.ld])).toEqual([
    ['y', 'gre', 'in-sample'],
    ['y', 'ldsc', 'in-sample'],
    ['y', 'ldsc', 'reference'],
  ]);
  expect(
    comparison.differences.map(({ first, second }: MethodDifference) => `${second} less ${first}`),
  ).toEqual([
    'ldsc (in-sample LD) less gre',
    'ldsc (reference LD) less gre',
    'ldsc (reference LD) less ldsc (in-sample LD)',
  ]);
  expect(samples.left).toBe(400);
  expect(stdout).toMatch(/^y +ldsc \(reference LD\) /m);
  expect(readFileSync(at('c.h2.svg'), 'utf8')).toContain('LDSC (reference LD)');
});

test('several methods give the numbers of each alone, and how they differ in every file', async () => {
  await heredity(['h2', ...GENOTYPES, '--methods', 'gre,he', '--out', at('d'), '--report']);
  await heredity(['he', ...GENOTYPES, '--out', at('e')]);
  const both = resultUnder(at('d'), ['h2'])!;
  expect(both.estimates[1]).toEqual(resultUnder(at('e'), ['he'])!.estimates[0]);
  const [{ difference }] = both.comparison.differences;
  expect(difference.value).toBeCloseTo(both.estimates[1].h2.value - both.estimates[0].h2.value, 12);
  const row = readFileSync(at('d.h2.tsv'), 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, , , kind]) => kind === 'difference')!;
  expect(row.slice(0, 4)).toEqual(['y', 'he', 'gre', 'difference']);
  expect(Number(row[7])).toBe(difference.value);
  expect(readFileSync(at('d.h2.html'), 'utf8')).toContain('How the methods differ');
});

test('--differences changes no estimate, and gives differences the spread over traits simulated on the same people', async () => {
  const words = ['h2', ...GENOTYPES, '--methods', 'gre,he,ldsc', '--blocks', 'chromosome'];
  const plain = await heredity([...words, '--out', at('f')]);
  const { stdout } = await heredity([...words, '--differences', '20', '--out', at('g')]);
  expect(plain.exitCode).toBe(0);
  const [without, found] = ['f', 'g'].map((name) => resultUnder(at(name), ['h2'])!);
  expect(found.estimates.map(({ h2 }: Estimate) => h2)).toEqual(
    without.estimates.map(({ h2 }: Estimate) => h2),
  );
  const tried = found.estimates.map(
    ({ details }: Estimate) => (details as { replicates: ReplicateEstimates }).replicates,
  );
  expect(new Set(tried.map(({ seed }: ReplicateEstimates) => seed)).size).toBe(1);
  expect(tried[2].heritability).toBeCloseTo(Math.min(0.95, Math.max(0, found.estimates[0].h2.value)), 9);
  const [{ difference, simulated }] = found.comparison.differences;
  const by = tried[1].h2.map((value: number, r: number) => value - tried[0].h2[r]);
  const mean = by.reduce((sum: number, value: number) => sum + value, 0) / 20;
  const variance = by.reduce((sum: number, value: number) => sum + (value - mean) ** 2, 0) / 19;
  const random = found.estimates[1].quantities['monte-carlo'].se;
  expect(simulated).toBe(20);
  expect(difference.se).toBeCloseTo(Math.sqrt(variance + random ** 2), 6);
  // even effects of that heritability: none of the methods is far off on average
  for (const { h2, heritability } of tried)
    expect(Math.abs(h2.reduce((sum: number, v: number) => sum + v, 0) / 20 - heritability)).toBeLessThan(0.4);
  expect(without.comparison.differences[0].noError).toMatch(/--differences 100/);
  expect(stdout).toMatch(/^Differences between methods .*\n.*\n.*\n.* he +gre +-?[\d.]+ \([\d.]+\)/m);
});

describe('what means nothing is refused', () => {
  test.each([
    [['--sumstats', 'x', '--maf', '0.1'], /--maf means nothing/],
    [['--bfile', 'x', '--pheno', 'y', '--ref-ld', 'z'], /--ref-ld means nothing/],
    [['--bfile', 'x', '--sumstats', 'y'], /--pheno is needed/],
    [['--pheno', 'y'], /--bfile, --pfile, --bgen or --vcf is needed/],
    [['--bfile', 'x', '--pheno', 'y', '--methods', 'he,rhe'], /names a method twice/],
  ])('%j', async (words, message) => {
    const { exitCode, stderr } = await heredity(['h2', ...words, '--out', at('z')]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('a position that windows of LD need ends LD score regression, not the others; the plan lists every method', async () => {
  const bim = readFileSync(at('study.bim'), 'utf8').split('\n');
  bim[7] = bim[7].replace(/^(\S+\s+\S+\s+\S+\s+)\S+/, '$1-9');
  for (const end of ['bed', 'fam']) writeFileSync(at(`lost.${end}`), readFileSync(at(`study.${end}`)));
  writeFileSync(at('lost.bim'), bim.join('\n'));
  const words = ['h2', '--bfile', at('lost'), '--pheno', at('study.pheno'), '--threads', '1'];
  const { exitCode, stderr } = await heredity([...words, '--methods', 'he,ldsc', '--out', at('lost')]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^warning: y: .*position of rs7 is not known \(found -9\)/m);
  const { estimates } = resultUnder(at('lost'), ['h2'])!;
  expect(estimates.map(({ h2 }: Estimate) => h2.value !== null)).toEqual([true, false]);
  const { stdout } = await heredity([...words, '--plan', '--out', at('lost')]);
  expect(stdout).toMatch(/^he +yes +\S+ \S?B /m);
  expect(stdout).toMatch(/^greml +- .*the exact form of reml-mc/m);
});
