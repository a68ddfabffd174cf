import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import {
  compareMethods,
  type Estimate,
  gre,
  h2,
  he,
  type MethodVerb,
  methodNames,
  type OpenCohort,
  openCohort,
  openSumstats,
  report,
  type Source,
} from '../../src/index.js';
import * as library from '../../src/library/methods.js';
import { cohortFiles } from '../cli/cohort-files.js';
import { checkedJson, heredity, resultUnder } from '../cli/run.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-verbs-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const samples = 500;
  const genotypes = randomGenotypes(240, samples, { seed: 9, missing: 0.01 });
  const [age, e, f] = [1, 2, 3].map((seed) => randomNormals(samples, seed));
  const files = cohortFiles({
    genotypes,
    chromosome: (v) => 1 + Math.floor(v / 120),
    traits: {
      y: e.map((x, i) => x + genotypes[3][i] / 2 + age[i]),
      z: f.map((x, i) => (i % 9 === 0 ? Number.NaN : x + genotypes[50][i])),
    },
    covariates: { age },
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

const options = () => ({
  bfile: at('study'),
  pheno: at('study.pheno'),
  covar: at('study.covar'),
  threads: 1,
});

test('a cohort and its methods have the types that they are said to have', () => {
  expectTypeOf(openCohort).returns.resolves.toEqualTypeOf<OpenCohort>();
  expectTypeOf<OpenCohort>().toExtend<Source>();
  expectTypeOf(gre).toEqualTypeOf<MethodVerb>();
  expectTypeOf(h2).returns.resolves.toEqualTypeOf<readonly Estimate[]>();
  expectTypeOf<Estimate['h2']['value']>().toEqualTypeOf<number | null>();
});

test('every method of the catalogue has a verb', () => {
  const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  for (const name of methodNames()) expect(library, name).toHaveProperty(camel(name));
});

test('the numbers are those of the command, with options, and the document that it writes', async () => {
  const cohort = await openCohort(options());
  expect(cohort).toMatchObject({ traits: ['y', 'z'], people: 500, variants: 240, warnings: [] });
  const estimates = await h2(cohort, { methods: ['gre', 'he'], options: { he: { vectors: 20 } } });
  const alone = await he(cohort, { vectors: 20 });
  expect(alone).toEqual(estimates.slice(2));
  const words = Object.entries(options()).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await heredity(['he', ...words, '--vectors', '20', '--out', at('cli'), '--quiet']);
  const document = await cohort.document(alone);
  const ours = checkedJson(JSON.stringify(document));
  expect(ours.estimates).toEqual(resultUnder(at('cli'), ['he'])!.estimates);
  expect(ours.samples).toEqual(resultUnder(at('cli'), ['he'])!.samples);
  expect(await report({ 'a result': document })).toContain('a result.tsv');
  await cohort.close();
});

test('differences have errors where the cohort is opened with simulated traits, as the command has them', async () => {
  const cohort = await openCohort({ ...options(), differences: 20 });
  const estimates = await h2(cohort, { methods: ['gre', 'he'] });
  const { comparison } = checkedJson(JSON.stringify(await cohort.document(estimates)));
  await cohort.close();
  const words = Object.entries(options()).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const asked = ['--methods', 'gre,he', '--differences', '20'];
  await heredity(['h2', ...words, ...asked, '--out', at('differing'), '--quiet']);
  expect(comparison).toEqual(resultUnder(at('differing'), ['h2'])!.comparison);
  expect(compareMethods(estimates)!.differences.map(({ simulated }) => simulated)).toEqual([20, 20]);
});

describe('what is not as it should be', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'an unknown option',
      () => openCohort({ ...options(), phno: 'x' } as never),
      /no option phno.*did you mean pheno/is,
    ],
    [
      'a value out of range',
      () => openCohort({ ...options(), maf: 2 }),
      /maf: expected a number from 0 to 0.5, found "2"/,
    ],
    ['no traits', () => openCohort({ bfile: at('study') }), /option pheno is missing/],
    [
      'a switch that is none',
      () => openCohort({ ...options(), allowSmallOverlap: 'yes' } as never),
      /expected true or false/,
    ],
    ['no statistics', () => openSumstats({ sumstats: [] }), /option sumstats is missing/],
  ])('%s', async (_, open, message) => {
    await expect(open()).rejects.toThrow(message);
  });

  test('an option that the method has not, and options of a method that does not run', async () => {
    const cohort = await openCohort(options());
    await expect(he(cohort, { vectorz: 3 })).rejects.toThrow(/did you mean vectors/i);
    await expect(h2(cohort, { methods: ['he'], options: { gre: {} } })).rejects.toThrow(/options for gre/);
    await cohort.close();
  });

  test('a method that statistics do not give', async () => {
    writeFileSync(at('s.l2.ldscore'), 'CHR SNP BP L2\n1 rs1 5 1.5\n');
    writeFileSync(at('s.l2.M_5_50'), '1\n');
    const gwas = await openSumstats({ sumstats: [at('x.sumstats')], refLd: [at('s')], wLd: at('s') });
    await expect(gre(gwas)).rejects.toThrow(/gre cannot be had .*openCohort/s);
  });
});
