import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { cohortFiles, sampleTable } from './cohort-files.js';
import { checkedJson, heredity } from './run.js';

const BIN = fileURLToPath(new URL('../../bin/heredity.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-resume-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SAMPLES = 300;
// a block that is soon finished, and two that leave time to interrupt
const ENDS = [30, 150, 270];
const genotypes = randomGenotypes(270, SAMPLES, { seed: 4 });
const trait = (t: number) =>
  randomNormals(SAMPLES, t).map((e, i) => (t > 0 && i % (t + 5) === 2 ? Number.NaN : e + genotypes[9][i]));
const traits = { a: trait(0), b: trait(0).map((value, i) => value + Math.sin(i)) };
const manyTraits = Object.fromEntries(Array.from({ length: 40 }, (_, t) => [`t${t}`, trait(t)]));

// the plain TypeScript kernels are slow enough to be interrupted
const GENOTYPES = ['--bfile', at('study'), '--backend', 'typescript'];
const INPUT = [...GENOTYPES, '--pheno', at('study.pheno')];
const FILES = ['study.bed', 'study.bim', 'study.fam', 'study.pheno'];

beforeAll(() => {
  const chromosome = (v: number) => 1 + ENDS.findIndex((end) => v < end);
  for (const [name, content] of Object.entries(cohortFiles({ genotypes, chromosome, traits })))
    writeFileSync(at(name), content!);
  writeFileSync(at('many.pheno'), sampleTable(manyTraits));
});

/** Starts a real process and interrupts it once `isUnderWay`; resolves with its exit code and what it said. */
async function interrupted(
  words: string[],
  isUnderWay: () => boolean,
): Promise<{ exitCode: number | null; stderr: string }> {
  const child: ChildProcess = spawn(process.execPath, [BIN, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const timer = setInterval(() => {
    if (!isUnderWay()) return;
    clearInterval(timer);
    child.kill('SIGINT');
  }, 5);
  const exitCode = await ended;
  clearInterval(timer);
  return { exitCode, stderr };
}

/** A chromosome at a time is what a run of many hours remembers. */
const BLOCKS = ['--blocks', 'chromosome'];

async function gre(out: string, ...flags: string[]) {
  const run = await heredity(['gre', ...INPUT, ...BLOCKS, '--out', at(out), ...flags]);
  expect(run.exitCode).toBe(0);
  return { ...run, json: checkedJson(readFileSync(at(`${out}.gre.json`), 'utf8')) };
}

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/run/start.cjs', import.meta.url)));

describe.skipIf(!isBuilt || process.platform === 'win32')('Ctrl-C', () => {
  it('leaves finished blocks and nothing half written, and the same command goes on from them', async () => {
    const { json: whole } = await gre('whole');
    const resumeFile = at('run.gre.resume.json');
    const { exitCode, stderr } = await interrupted(['gre', ...INPUT, ...BLOCKS, '--out', at('run')], () =>
      existsSync(resumeFile),
    );
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringMatching(/stopping.*\nerror: interrupted; no unfinished file is left behind\n$/s),
    ]);
    expect(readdirSync(folder).filter((name) => /^\.|^run/.test(name))).toEqual(['run.gre.resume.json']);
    const { parts } = JSON.parse(readFileSync(resumeFile, 'utf8'));
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.length).toBeLessThan(ENDS.length);
    const saved = readFileSync(resumeFile);

    // threads, memory and verbosity may differ; the estimates may not
    const resumed = await gre('run', '--threads', '1');
    expect(resumed.stderr).toContain(`going on from ${parts.length} finished parts of an interrupted run`);
    expect(resumed.json.traits).toEqual(whole.traits);
    expect(existsSync(resumeFile)).toBe(false);

    writeFileSync(resumeFile, saved);
    const changed = await gre('run', '--maf', '0.01');
    expect(changed.stderr).not.toContain('going on from');
  });

  it('leaves the methods of h2 that are finished, and the same command goes on from them', async () => {
    const words = ['h2', ...INPUT, '--methods', 'gre,reml-mc'];
    await heredity([...words, '--out', at('two')]);
    const resumeFile = at('both.h2.resume.json');
    const { exitCode } = await interrupted([...words, '--out', at('both')], () => existsSync(resumeFile));
    expect(exitCode).toBe(130);
    const { parts } = JSON.parse(readFileSync(resumeFile, 'utf8'));
    expect(parts.map(({ id }: { id: string }) => id)).toEqual(['gre']);
    const { stderr } = await heredity([...words, '--out', at('both'), '--threads', '1']);
    expect(stderr).toContain('going on from 1 finished methods of an interrupted run');
    const [resumed, whole] = ['both', 'two'].map((out) =>
      checkedJson(readFileSync(at(`${out}.h2.json`), 'utf8')),
    );
    expect(resumed.estimates).toEqual(whole.estimates);
    expect(existsSync(resumeFile)).toBe(false);
  });

  it('leaves nothing of an association scan', async () => {
    // the owner, the log and the files of 40 traits
    const isWriting = () =>
      existsSync(at('.scan.unfinished')) && readdirSync(at('.scan.unfinished')).length > 80;
    const words = ['assoc', ...GENOTYPES, '--pheno', at('many.pheno'), '--out', at('scan')];
    const { exitCode } = await interrupted(words, isWriting);
    expect(exitCode).toBe(130);
    expect(readdirSync(folder).filter((name) => name.includes('scan'))).toEqual([]);
  });

  it('leaves nothing of an LD factor', async () => {
    const words = ['ld-factor', ...GENOTYPES, '--out', at('ld')];
    const { exitCode } = await interrupted(words, () => existsSync(at('ld')));
    expect(exitCode).toBe(130);
    expect(readdirSync(folder).filter((name) => /^\.?ld/.test(name))).toEqual([]);
  });
});

it('the inputs are as they were', () => {
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(FILES));
});
