import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../../genotype-data.js';
import { cohortFiles } from '../cohort-files.js';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-gre-partition-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 400;
const first = randomGenotypes(40, SAMPLES, { seed: 2 });
/** The last variant is a copy of the first one of its chromosome. */
const genotypes = [...first, first[20]];
const x = first.map((row) => standardised(meanImputed(row)));
const signal = standardised(Float64Array.from({ length: SAMPLES }, (_, i) => x[2][i] + x[30][i]));
const traits = { height: randomNormals(SAMPLES, 5).map((e, i) => signal[i] + e) };

beforeAll(() => {
  const files = cohortFiles({ genotypes, chromosome: (v) => (v < 20 ? 1 : 2), traits });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
  writeFileSync(
    at('parts'),
    `${first
      .slice(0, 30)
      .map((_, v) => `rs${v} ${v % 2 ? 'odd' : 'even'}\n`)
      .join('')}`,
  );
});

const gre = (...flags: string[]) =>
  heredity(['gre', '--bfile', at('study'), '--pheno', at('study.pheno'), '--out', at('run'), ...flags]);

it('keeps variants of no part in the model, and names those that depend on others', async () => {
  const { exitCode, stderr } = await gre('--partition', at('parts'));
  expect(exitCode).toBe(0);
  const [estimate] = JSON.parse(readFileSync(at('run.gre.json'), 'utf8')).estimates;
  expect(estimate.estimand.variants.heritability).toBe(41);
  expect(
    estimate.parts.map(({ kind, id, variants }: Record<string, unknown>) => [kind, id, variants]),
  ).toEqual([
    ['category', 'even', 15],
    ['category', 'odd', 15],
  ]);
  expect(estimate.diagnostics.aliasedVariants).toBe(1);
  expect(stderr).toMatch(/11 variants are in no part/);
  expect(stderr).toMatch(/1 variants? depends? on others .*\(rs40\)/);
});

it('parts all variants by frequency, and they add up to h²', async () => {
  const { exitCode } = await gre('--partition', 'maf');
  expect(exitCode).toBe(0);
  const [{ parts, h2 }] = JSON.parse(readFileSync(at('run.gre.json'), 'utf8')).estimates;
  expect(parts.length).toBeGreaterThan(5);
  const sum = parts.reduce((all: number, part: { h2: { value: number } }) => all + part.h2.value, 0);
  expect(sum).toBeCloseTo(h2.value, 9);
});

it('corrects blocks that share LD, and says what each part explains beyond the others', async () => {
  const { exitCode, stdout } = await gre('--maf-bins', '2', '--blocks', 'ld:4', '--unique');
  expect(exitCode).toBe(0);
  const [{ parts, h2, quantities }] = JSON.parse(readFileSync(at('run.gre.json'), 'utf8')).estimates;
  const sum = parts.reduce((all: number, part: { h2: { value: number } }) => all + part.h2.value, 0);
  expect(sum).toBeCloseTo(h2.value, 9);
  expect(quantities.plain.value).not.toBeCloseTo(h2.value, 3);
  for (const { quantities: own } of parts) expect(own.unique.se).toBeGreaterThan(0);
  expect(stdout).toMatch(/beyond all others/);
});

it('says which categories the errors leave open, and refuses --unique without them', async () => {
  await gre('--partition', 'maf');
  const [{ warnings }] = JSON.parse(readFileSync(at('run.gre.json'), 'utf8')).estimates;
  const { text } = warnings.find(({ code }: { code: string }) => code === 'categories-wide');
  expect(text).toMatch(/^\d+ of 10 categories are too uncertain/);
  const { exitCode, stderr } = await gre('--unique');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--unique .*--partition/);
});

it('refuses what a partition cannot be had with', async () => {
  const { exitCode, stderr } = await gre('--partition', 'maf', '--cross-block');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/a partition needs the direct solver/);
});
