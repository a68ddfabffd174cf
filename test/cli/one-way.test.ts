import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { methodNames } from '../../src/methods/catalogue.js';
import { caseShareFlags } from '../../src/options/common-flags.js';
import { randomNormals } from '../genotype-data.js';
import { checkedJson, heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-one-way-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 200;

beforeAll(async () => {
  const size = ['--samples', String(SAMPLES), '--variants', '300', '--chromosomes', '2', '--missing', '0.01'];
  await heredity(['simulate', 'genotypes', ...size, '--out', at('study'), '--quiet']);
  const [x, y] = [randomNormals(SAMPLES, 1), randomNormals(SAMPLES, 2)];
  // a third of the people have no trait at all, which GCTA's matrices take in and the regressions do not
  const rows = [...x].flatMap((value, i) =>
    i % 3 === 0 ? [] : [`id${i + 1} id${i + 1} ${value} ${i % 5 === 0 ? 'NA' : y[i]}\n`],
  );
  writeFileSync(at('traits'), `FID IID x y\n${rows.join('')}`);
});

async function estimates(words: string, name: string) {
  const out = at(`run-${words.replace(/\W+/g, '-')}`);
  const input = ['--bfile', at('study'), '--pheno', at('traits'), '--out', out, '--quiet'];
  const { exitCode, stderr } = await heredity([...words.split(' '), ...input]);
  expect([exitCode, exitCode === 0 || stderr]).toEqual([0, true]);
  return checkedJson(readFileSync(`${out}.${name}.json`, 'utf8')).estimates;
}

it.each([
  ['reml', 'greml', ''],
  ['reml --ldms --ld-bins 1 --maf-cuts 0.2', 'ldms', ' --ld-bins 1 --maf-cuts 0.2'],
  ['reml --method monte-carlo --vectors 5', 'reml-mc', ' --vectors 5'],
  ['ldsc --model sldsc-maf', 'sldsc-maf', ''],
  ['sumher --model human-default', 'sumher-hd', ''],
  ['gre --cross-block --blocks count:4 --probes 3', 'gre-cross-block', ' --blocks count:4 --probes 3'],
])('%s is the method %s', async (command, name, options) => {
  expect(await estimates(command, name)).toEqual(await estimates(`${name}${options}`, name));
});

it('a method among several is that of its own command, where both see the same people', async () => {
  const all = await estimates('h2 --methods he,ldsc', 'h2');
  const alone = [...(await estimates('he', 'he')), ...(await estimates('ldsc', 'ldsc'))];
  expect(all).toEqual(alone);
});

it('methods, commands and flags have one list of names', async () => {
  const commands = allCommands();
  const names = commands.map(({ name }) => name);
  expect(methodNames().filter((name) => !names.includes(name))).toEqual([]);
  for (const { name, load } of commands) {
    const { flags, modes } = await load();
    // a prevalence is the population's, one a trait, but for the threshold that a simulation cuts at
    if (name !== 'simulate phenotypes')
      for (const key of ['prevalence', 'ascertainment'] as const)
        if (key in flags) expect([name, flags[key]]).toEqual([name, caseShareFlags[key]]);
    const meaningful = new Set<string>(modes?.flatMap((mode) => mode.flags));
    if (modes) expect([name, Object.keys(flags).filter((key) => !meaningful.has(key))]).toEqual([name, []]);
  }
});
