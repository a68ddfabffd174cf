import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { cohortFiles, sampleTable } from './cohort-files.js';
import { heredity } from './run.js';

const BIN = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 120;
const genotypes = randomGenotypes(60, SAMPLES, { seed: 2 });
const trait = (t: number) => randomNormals(SAMPLES, t).map((e, i) => e + genotypes[7][i]);
const INPUT = ['--bfile', at('study'), '--pheno'];

beforeAll(() => {
  const files = cohortFiles({
    genotypes,
    chromosome: (v) => 1 + Math.floor(v / 30),
    traits: { y: trait(0) },
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content!);
});

function pheno(name: string, traits: readonly string[]): string {
  writeFileSync(at(name), sampleTable(Object.fromEntries(traits.map((key, t) => [key, trait(t)]))));
  return at(name);
}

const made = (prefix: RegExp) => readdirSync(folder).filter((name) => prefix.test(name));

describe('names of traits that would share a file are refused before anything is computed', () => {
  const clashes = [
    ['y/1', 'y:1'],
    ['BMI', 'bmi'],
    [`x${'y'.repeat(240)}`, 'z'],
  ];
  it.each(clashes)('%s, %s', async (...names) => {
    const table = pheno('clash.pheno', names);
    for (const command of [
      ['assoc'],
      ['reml'],
      ['reml', '--method', 'monte-carlo'],
      ['sumher', '--model', 'gcta'],
      ['ldsc'],
    ]) {
      const out = at('clash-out');
      const { exitCode, stderr } = await heredity([...command, ...INPUT, table, '--out', out, '--quiet']);
      expect([exitCode, stderr], command.join(' ')).toEqual([
        2,
        expect.stringMatching(/would write to the same file|too long/),
      ]);
      expect(made(/^\.?clash-out/)).toEqual([]);
    }
  });
});

describe('an output that is an input', () => {
  it('is refused, and the input is as it was', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `rs${i}\tA\tG\t${((i * 7) % 11) / 5 - 1}\t0.4\t${((i * 37) % 100) / 100 + 0.001}\t5000`,
    );
    const text = `SNP\tA1\tA2\tBETA\tSE\tP\tN\n${rows.join('\n')}\n`;
    writeFileSync(at('s.sumstats.gz'), text);
    const { exitCode, stderr } = await heredity([
      'munge',
      '--sumstats',
      at('s.sumstats.gz'),
      '--out',
      at('s'),
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('would replace an input of the run')]);
    expect(readFileSync(at('s.sumstats.gz'), 'utf8')).toBe(text);
    expect(made(/^\.?s\./)).toEqual(['s.sumstats.gz']);

    const grm = await heredity(['grm', '--bfile', at('study'), '--out', at('matrix'), '--quiet']);
    expect(grm.exitCode).toBe(0);
    const before = readFileSync(at('matrix.grm.bin'));
    const again = await heredity([
      'grm',
      '--grm',
      at('matrix'),
      '--grm-cutoff',
      '0.2',
      '--out',
      at('matrix'),
    ]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('would replace an input')]);
    expect(readFileSync(at('matrix.grm.bin')).equals(before)).toBe(true);
  });
});

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/run/start.cjs', import.meta.url)));

describe.skipIf(!isBuilt || process.platform === 'win32')('processes', () => {
  it('600 traits with 64 open files', () => {
    const table = pheno(
      'many.pheno',
      Array.from({ length: 600 }, (_, t) => `t${t}`),
    );
    const line = `ulimit -n 64; exec "${process.execPath}" "${BIN}" assoc --bfile "${at('study')}" --pheno "${table}" --out "${at('many')}" --threads 1`;
    const { status, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.stringContaining('Done in')]);
    expect(made(/^many\.t\d+\.(glm\.linear|sumstats\.gz)$/)).toHaveLength(1200);
    expect(made(/^\./)).toEqual([]);
  });

  it('of two runs with one prefix the second is refused; what a killed one left goes at the next start', async () => {
    const table = pheno(
      'long.pheno',
      Array.from({ length: 60 }, (_, t) => `t${t}`),
    );
    const words = ['assoc', ...INPUT, table, '--out', at('twice'), '--backend', 'typescript'];
    const first: ChildProcess = spawn(process.execPath, [BIN, ...words], { stdio: 'ignore' });
    const ended = new Promise((resolve) => first.on('exit', resolve));
    while (!existsSync(at('.twice.unfinished'))) await new Promise((resolve) => setTimeout(resolve, 2));
    first.kill('SIGSTOP');
    const second = await heredity(words);
    expect([second.exitCode, second.stderr]).toEqual([
      2,
      expect.stringContaining(`another run (process ${first.pid}) is writing under this prefix`),
    ]);
    expect(made(/^\.?twice/)).toEqual(['.twice.unfinished']);
    first.kill('SIGKILL');
    await ended;
    expect(made(/^\.?twice/)).toEqual(['.twice.unfinished']);
    const third = await heredity([...words, '--quiet']);
    expect([third.exitCode, third.stderr]).toEqual([0, '']);
    expect(made(/^\.twice/)).toEqual([]);
    expect(made(/^twice\..*(glm\.linear|sumstats\.gz)$/)).toHaveLength(120);
  });
});
