import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import '../../examples/mean-chi-square.js';
import { allCommands } from '../../src/cli/commands.js';
import { commandDocs } from '../../src/cli/flag-docs.js';
import { loadMethod, methodNames } from '../../src/index.js';
import { checkedJson, heredity } from '../cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-example-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const run = async (...words: (string | number)[]) => {
  const result = await heredity([...words.map(String), '--quiet']);
  expect(result.stderr.match(/^error.*/m)?.[0]).toBeUndefined();
  return result;
};

beforeAll(async () => {
  const genotypes = ['--samples', 800, '--variants', 400, '--chromosomes', 2];
  await run('simulate', 'genotypes', ...genotypes, '--out', at('cohort'));
  await run(
    'simulate',
    'phenotypes',
    '--bfile',
    at('cohort'),
    '--h2',
    0.5,
    '--replicates',
    3,
    '--out',
    at('t'),
  );
});

it('is a command that writes what all methods write', async () => {
  const input = ['--bfile', at('cohort'), '--pheno', at('t.pheno')];
  const { stdout } = await run('mean-chi-square', ...input, '--out', at('own'));
  expect(stdout).toMatch(/h² \(SE\)/);
  const json = checkedJson(readFileSync(at('own.mean-chi-square.json'), 'utf8'));
  expect(json.estimates).toHaveLength(3);
  for (const { h2, n, diagnostics } of json.estimates) {
    expect(n).toBe(800);
    expect(h2.value).toBeCloseTo(((diagnostics.meanChi2 - 1) * 400) / (n * diagnostics.meanScore), 10);
  }
  // its own option, from its one definition
  const other = await run('mean-chi-square', ...input, '--mean-without', 0, '--out', at('zero'));
  expect(other.stdout).not.toBe(stdout);
});

it('is an estimator of studies, of the right size', async () => {
  await run(
    'study', 'run', '--bfile', at('cohort'), '--estimators', 'gre,mean-chi-square', '--replicates', 20,
    '--cells', 'h0.5_p1_maf0-0.5_a-1_none', '--blocks', 'genome', '--out', at('study'),
  ); // biome-ignore format: one command line
  const { summaries } = checkedJson(readFileSync(at('study.study.json'), 'utf8'));
  const [gre, own] = summaries.map(({ mean }: { mean: number }) => mean);
  expect(gre).toBeGreaterThan(0.4);
  expect(own).toBeGreaterThan(0.2);
  expect(own).toBeLessThan(0.9);
});

it('is in the docs, the list of commands and the library', async () => {
  expect(allCommands().map(({ name }) => name)).toContain('mean-chi-square');
  expect(await commandDocs(allCommands())).toMatch(/## heredity mean-chi-square[\s\S]*--mean-without/);
  expect(methodNames()).toContain('mean-chi-square');
  expect((await loadMethod('mean-chi-square')).facts.title).toBe('Mean χ²');
});
