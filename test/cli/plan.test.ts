import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { methodNames } from '../../src/methods/catalogue.js';
import { randomNormals } from '../genotype-data.js';
import { checkedJson, heredity } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 3000;
const INPUT = ['--bfile', at('study'), '--pheno', at('traits')];

beforeAll(async () => {
  const size = [
    '--samples',
    String(SAMPLES),
    '--variants',
    '2400',
    '--chromosomes',
    '2',
    '--missing',
    '0.01',
  ];
  const { exitCode } = await heredity(['simulate', 'genotypes', ...size, '--out', at('study'), '--quiet']);
  expect(exitCode).toBe(0);
  const [x, y] = [randomNormals(SAMPLES, 1), randomNormals(SAMPLES, 2)];
  const rows = [...x].map((value, i) => `id${i + 1} id${i + 1} ${value} ${i % 5 === 0 ? 'NA' : y[i]}\n`);
  writeFileSync(at('traits'), `FID IID x y\n${rows.join('')}`);
});

describe('--plan', () => {
  it('of gre says passes, memory, solver and time, and writes nothing', async () => {
    const before = readdirSync(folder);
    const { exitCode, stdout, stderr } = await heredity([
      'gre',
      ...INPUT,
      '--out',
      at('planned'),
      '--plan',
      '--blocks',
      'chromosome',
      '--memory',
      '1GB',
    ]);
    expect([exitCode, stderr]).toEqual([0, 'traits: x quantitative, y quantitative\n']);
    expect(stdout).toMatch(
      /3,000 people, 2,400 variants .*, 2 traits in 2 groups of people, 1 covariate column/,
    );
    expect(stdout).toMatch(/\d passes over the genotypes \(.* read\), \d+ threads/);
    expect(stdout).toMatch(/chr1 +1,\d{3} +(direct|iterative), in memory( +[\d.]+ (KB|MB)){3} +\S+ s\n/);
    expect(stdout).toMatch(
      /Memory: about .* at most: .* the program and its threads; .* what the largest step holds\. Allowed: 1\.00 GB \(--memory\), and 300 MB beside it\. Time: about /,
    );
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is a JSON document too', async () => {
    for (const words of [
      ['gre', ...INPUT],
      ['reml', ...INPUT],
      ['h2', ...INPUT],
      ['grm', '--bfile', at('study')],
    ]) {
      const { exitCode, stdout } = await heredity([...words, '--plan-json', '--quiet', '--memory', '1GB']);
      expect(exitCode).toBe(0);
      const { held, steps, memoryBytes, memoryAllowed } = checkedJson(stdout);
      const bytesOf = (terms: Record<string, number>) =>
        Object.values(terms).reduce((sum, bytes) => sum + bytes, 0);
      const largestStep = Math.max(...steps.map(({ memory }: { memory: never }) => bytesOf(memory)));
      expect(Math.abs(memoryBytes - bytesOf(held) - largestStep)).toBeLessThan(10); // terms are rounded apart
      expect(memoryAllowed).toBe(1e9);
    }
  });

  it('is there for every command that has the flag', async () => {
    for (const entry of allCommands()) {
      const { flags, plan } = await entry.load();
      expect([entry.name, plan !== undefined]).toEqual([entry.name, 'plan' in flags]);
    }
  });

  it('has a time for every method of h2, and says what it reads once', async () => {
    const { exitCode, stdout, stderr } = await heredity(['h2', ...INPUT, '--plan', '--memory', '4GB']);
    expect([exitCode, stderr]).toEqual([0, 'traits: x quantitative, y quantitative\n']);
    const rows = stdout.split('\n').filter((line) => methodNames().includes(line.split(' ')[0] as never));
    expect(rows.map((line) => line.split(' ')[0])).toEqual(methodNames());
    for (const row of rows) expect(row).toMatch(/ (\d+ (KB|MB)|[\d.]+ [MG]B) +(\d+\.\d+ s|[\d:]+) {2}/);
    const { stdout: json } = await heredity(['h2', ...INPUT, '--plan-json', '--memory', '4GB', '--quiet']);
    const { steps, seconds } = checkedJson(json);
    const sum = steps.reduce((all: number, step: { seconds: number }) => all + step.seconds, 0);
    expect(seconds).toBeCloseTo(sum, 9);
  });

  it('of gre follows the flags', async () => {
    const plan = async (...flags: string[]) =>
      (await heredity(['gre', ...INPUT, '--out', at('planned'), '--plan', ...flags])).stdout;
    expect(await plan('--solver', 'iterative')).toMatch(/chr2 .* iterative, in memory/);
    expect(await plan('--blocks', 'chromosome', '--memory', '10kB')).toMatch(/chr1 .* iterative, streamed/);
    expect(await plan('--blocks', 'count:3')).toMatch(/block3 +800 /);
    expect(await plan('--pheno-name', 'x')).toContain('1 trait');
    expect(await plan()).toMatch(/Blocks are chosen by the LD of the genotypes; planned as count:\d+\./);
    expect(await plan('--chr', '2')).not.toContain('chr1');
  });

  it('of assoc says passes, and writes nothing', async () => {
    const before = readdirSync(folder);
    const { exitCode, stdout, stderr } = await heredity([
      'assoc',
      ...INPUT,
      '--out',
      at('planned'),
      '--plan',
    ]);
    expect([exitCode, stderr]).toEqual([0, 'traits: x quantitative, y quantitative\n']);
    expect(stdout).toMatch(
      /3,000 people, 2,400 variants before filters on genotypes, 2 traits\n2 passes over the genotypes/,
    );
    expect(readdirSync(folder)).toEqual(before);
  });

  it('finds what is wrong before the run does', async () => {
    const { exitCode, stderr } = await heredity(['gre', ...INPUT, '--plan', '--pheno-name', 'z']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no column "z"')]);
  });
});

describe('the number of threads changes no bit', () => {
  it.each([
    '--solver direct',
    '--solver iterative',
    '--solver iterative --memory 100kB',
    '--cross-block --probes 3',
    '--blocks ld',
    '--blocks count:7 --probes 3',
  ])('of gre %s', async (flags) => {
    const traits: string[] = [];
    const name = flags.startsWith('--cross-block') ? 'gre-cross-block' : 'gre';
    for (const threads of ['1', '2', '3']) {
      const out = at(`threads${threads}`);
      const { exitCode } = await heredity([
        'gre',
        ...INPUT,
        ...flags.split(' '),
        '--threads',
        threads,
        '--out',
        out,
        '--quiet',
      ]);
      expect(exitCode).toBe(0);
      traits.push(JSON.stringify(checkedJson(readFileSync(`${out}.${name}.json`, 'utf8')).traits));
    }
    expect(traits[1]).toBe(traits[0]);
    expect(traits[2]).toBe(traits[0]);
  });

  it('of assoc', async () => {
    const files: string[] = [];
    for (const threads of ['1', '2', '3']) {
      const out = at(`scan${threads}`);
      await heredity(['assoc', ...INPUT, '--threads', threads, '--out', out, '--quiet']);
      files.push(
        readFileSync(`${out}.x.glm.linear`, 'latin1') + readFileSync(`${out}.y.sumstats.gz`, 'latin1'),
      );
    }
    expect(files[1]).toBe(files[0]);
    expect(files[2]).toBe(files[0]);
  });
});
