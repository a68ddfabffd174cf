import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { requirePlan } from '../../src/cohort/budget.js';
import { ParkMiller } from '../fixture.js';
import { heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-budget-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Random genotypes of people by variants, 10 bases apart, and a trait; those of a family are the same. @returns the prefix. */
function fileset(name: string, people: number, variants: number, families = people): string {
  const random = new ParkMiller(5);
  const prefix = join(folder, name);
  const row = Math.ceil(people / 4);
  const bed = new Uint8Array(3 + variants * row);
  bed.set([0x6c, 0x1b, 0x01]);
  const CODES = [0, 2, 3]; // hom allele 1, het, hom allele 2
  for (let v = 0; v < variants; v++) {
    const codes = Array.from({ length: families }, () => CODES[Math.floor(3 * random.uniform())]);
    for (let i = 0; i < people; i++) bed[3 + v * row + (i >> 2)] |= codes[i % families] << (2 * (i & 3));
  }
  writeFileSync(`${prefix}.bed`, bed);
  const rows = (count: number, text: (k: number) => string) =>
    Array.from({ length: count }, (_, k) => text(k));
  writeFileSync(`${prefix}.bim`, rows(variants, (v) => `1\trs${v}\t0\t${10 * v + 1}\tA\tG\n`).join(''));
  writeFileSync(`${prefix}.fam`, rows(people, (i) => `f${i} i${i} 0 0 1 -9\n`).join(''));
  const trait = rows(people, (i) => `f${i} i${i} ${random.normal()}\n`);
  writeFileSync(`${prefix}.pheno`, `FID IID y\n${trait.join('')}`);
  return prefix;
}

/** What a run says that does not fit into a megabyte and what it may take beside it. */
async function refusal(...words: string[]): Promise<string> {
  const { exitCode, stderr } = await heredity([
    ...words,
    ...['--memory', '1M', '--threads', '1', '--out', join(folder, 'out'), '--quiet'],
  ]);
  expect(exitCode).toBe(6); // resource
  return stderr;
}

it('exact REML is refused where its matrices do not fit, with the --memory that would do', async () => {
  const prefix = fileset('people', 6000, 4);
  const said = await refusal('reml', '--bfile', prefix, '--pheno', `${prefix}.pheno`);
  // a triangle of tiles in float64, and what it is reduced to: 2 x 4 x 6,000 x (6,000 + 256) bytes
  expect(said).toMatch(/needs 300 MB of memory.*at least --memory \d+M/);
});

it.each([
  ['ld', 'weights'],
  ['ld', 'tagging', '--model', 'ldak'],
  ['sumher', '--model', 'ldak'],
  ['h2', '--methods', 'ldak-reml'],
  ['study', 'run', '--cells', '*_ldak', '--estimators', 'he', '--replicates', '2'],
])('%s %s is refused where the r² of all neighbours do not fit, by its plan too', async (...words) => {
  const prefix = fileset('variants', 12, 8200);
  const traits = ['sumher', 'h2'].includes(words[0]) ? ['--pheno', `${prefix}.pheno`] : [];
  const said = await refusal(...words, '--bfile', prefix, ...traits);
  expect(said).toMatch(
    /r² of all pairs of neighbours, for LDAK weights, needs \d+ MB of memory.*--memory \d+M/,
  );
  const planned = await refusal(...words, '--bfile', prefix, ...traits, '--plan');
  expect(planned).toMatch(/(weights|taggings) needs \d+ MB of memory.*--memory \d+M/);
});

it('a plan has pictures where a command draws them, and a row a person where it writes one', async () => {
  const prefix = fileset('small', 400, 6);
  const plan = async (...words: string[]) => {
    const { stdout } = await heredity([...words, '--bfile', prefix, '--threads', '1', '--plan-json']);
    return JSON.parse(stdout) as { memoryBytes: number; held: { process: number } };
  };
  const assoc = ['assoc', '--pheno', `${prefix}.pheno`];
  const drawn = (await plan(...assoc)).held.process - (await plan(...assoc, '--skip-pictures')).held.process;
  expect(drawn).toBe(20e6);
  const pca = await plan('pca', '--pcs', '1');
  const freq = await plan('freq');
  expect(pca.held.process - freq.held.process).toBe(drawn + 10e6); // a thread that only counts holds less
  expect((await plan('missing')).memoryBytes - freq.memoryBytes).toBe(220 * 400);
});

it('a factor of LD is refused where the largest block does not fit, by its plan too', async () => {
  const prefix = fileset('block', 12, 8200);
  for (const more of [[], ['--plan']])
    expect(await refusal('ld-factor', '--bfile', prefix, ...more)).toMatch(
      /block chr1 with 8,200 variants \(smaller ones: --blocks count:K\) needs \d+ MB of memory.*--memory \d+M/,
    );
});

it('relatives are refused where the table of their pairs does not fit', async () => {
  const prefix = fileset('twins', 900, 300, 2);
  const said = await refusal('pca', '--bfile', prefix, '--pcs', '1', '--king-cutoff', '0.1');
  expect(said).toMatch(
    /a table of so many relatives \([\d,]+ pairs until here, above a kinship of 0\.1\) needs \d+ MB of memory.*--memory \d+M/,
  );
});

it('a plan is refused for the step that does not fit, with what is held throughout and what may be beside --memory', () => {
  const plan = (bytes: number) => ({
    about: [],
    held: { process: 150e6 },
    steps: [
      { name: 'small', memory: {}, seconds: 1 },
      { name: 'large', memory: { vectors: bytes }, seconds: null },
    ],
  });
  expect(() => requirePlan(plan(200e6), 50e6)).not.toThrow();
  expect(() => requirePlan(plan(201e6), 50e6)).toThrow(/large needs 201 MB of memory/);
  expect(() => requirePlan(plan(201e6), undefined)).not.toThrow();
});

it('a study is refused where the traits of a batch, and what an estimator makes of them, do not fit', async () => {
  const prefix = fileset('study', 100_000, 5);
  const words = ['--cells', 'h0.1_p1_maf0-0.5_a-1_none', '--blocks', 'genome'];
  const needed = async (estimators: string) => {
    const said = await refusal('study', 'run', '--bfile', prefix, ...words, '--estimators', estimators);
    expect(said).toMatch(/this study needs \d+ MB of memory.*at least --memory \d+M/);
    return Number(/needs (\d+) MB/.exec(said)![1]);
  };
  // 100 traits of 28 bytes a person; beside them GRE's solver: as much for each of them and 4 + 8 random vectors, and packed rows of two runs
  expect(await needed('ldsc')).toBe(280 + 25); // and the heap of its regressions
  expect(await needed('gre')).toBe(280 + Math.round((28 * 112 + (2 * 896) / 4) / 10));
});
