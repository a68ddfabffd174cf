import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../src/provenance.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-bin-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of bin/heredity.cjs beside another package.json, and with no build. */
function install(name: string, needsNode: string): string {
  const home = join(folder, name);
  mkdirSync(home);
  cpSync(join(root, 'bin'), join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module', engines: { node: needsNode } }));
  return join(home, 'bin/heredity.cjs');
}

function run(script: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('an old Node is told what is needed', () => {
  const { status, stderr } = run(install('old', '>=999.1'));
  expect(stderr).toBe(`error: heredity needs Node.js 999.1 or newer, and this is ${process.versions.node}\n`);
  expect(status).toBe(6);
});

test('a checkout without a build says how to build', () => {
  const { status, stderr } = run(install('unbuilt', '>=20.19'));
  expect(stderr).toBe('error: heredity is not built yet: run "npm run build" first\n');
  expect(status).toBe(6);
});

const isBuilt = existsSync(join(root, 'dist/run/start.cjs'));

/** As {@link install}, with a program of these scripts. */
function installProgram(name: string, scripts: Record<string, string>): string {
  const script = install(name, '>=20.19');
  const program = join(script, '../../dist/run');
  mkdirSync(program, { recursive: true });
  cpSync(join(root, 'dist/run/compiled-code.cjs'), join(program, 'compiled-code.cjs'));
  for (const [file, text] of Object.entries({ build: name, ...scripts }))
    writeFileSync(join(program, file), text);
  return script;
}

test.skipIf(!isBuilt)('a build that is not whole says how to build', () => {
  const script = installProgram('half', { 'start.cjs': "require('./main.cjs');" });
  const { status, stderr } = run(script);
  expect(stderr).toMatch(/^error: .*no such file.*main\.cjs.*: run "npm ci" and "npm run build"\n$/);
  expect(status).toBe(6);
});

test.skipIf(!isBuilt)('threads that cannot start are an error, not a silent end', () => {
  const script = install('threadless', '>=20.19');
  const home = join(folder, 'threadless');
  cpSync(join(root, 'dist'), join(home, 'dist'), { recursive: true });
  rmSync(join(home, 'dist/run/worker.cjs'));
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  for (const name of ['node_modules', 'native']) symlinkSync(join(root, name), join(home, name), 'junction');
  const size = ['--samples', '60000', '--variants', '3000', '--chromosomes', '2', '--threads', '2'];
  const { status, stderr } = run(
    script,
    'simulate',
    'genotypes',
    ...size,
    '--out',
    join(home, 'cohort'),
    '--quiet',
  );
  expect(stderr).toMatch(/^error: internal error, .*worker.*\n$/);
  expect(status).toBe(70);
  expect(existsSync(join(home, 'cohort.bed'))).toBe(false);
});

test.skipIf(!isBuilt)('a build runs, and ends with the exit code', () => {
  const script = join(root, 'bin/heredity.cjs');
  expect(run(script, '--version')).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  expect(run(script, 'doctor', '--threads', 'x')).toMatchObject({ status: 2, stdout: '' });
});

test.skipIf(!existsSync(join(root, 'dist/run/start.cjs')))(
  'the built program draws, and writes pages',
  () => {
    const script = join(root, 'bin/heredity.cjs');
    const out = ['--out', join(folder, 'run')];
    const words = ['--rmz', '0.6', '--rdz', '0.4', '--nmz', '100', '--ndz', '100'];
    const twin = run(script, 'twin', ...words, '--report', ...out);
    expect([twin.status, twin.status === 0 ? '' : twin.stderr]).toEqual([0, '']);
    const report = run(script, 'report', join(folder, 'run.twin.json'), ...out);
    expect([report.status, report.status === 0 ? '' : report.stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'run.html'), 'utf8')).toContain('</script>');
  },
);

/** A program that sums the words of its command line, in a function of a script that another requires. */
const SUM = {
  'start.cjs': `const { sum } = require('./sum.cjs');
exports.start = () => { console.log(sum(process.argv.slice(3))); process.exit(process.argv[3] === 'refused' ? 2 : 0); };`,
  'sum.cjs': 'exports.sum = (words) => words.reduce((sum, word) => sum + Number(word), 0);',
};

function sumOf(script: string, env: Record<string, string>, ...words: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, 'sum', ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  expect(stderr).toBe('');
  return [stdout.trim(), status];
}

describe.skipIf(process.platform !== 'linux' || !isBuilt)('compiled code', () => {
  const kept = (cache: string) => join(cache, 'heredity/compiled/sum');

  test('is kept in the cache folder of the user, which is made where it is not there', () => {
    const script = installProgram('kept', SUM);
    const cache = join(folder, 'some', 'cache');
    mkdirSync(join(folder, 'some'));
    expect(sumOf(script, { XDG_CACHE_HOME: cache }, '1', '2')).toEqual(['3', 0]);
    expect(readdirSync(kept(cache)).sort()).toEqual(['start.cjs', 'sum.cjs']);
    const home = join(folder, 'home');
    mkdirSync(home);
    expect(sumOf(script, { HOME: home, XDG_CACHE_HOME: '' }, '1', '2')).toEqual(['3', 0]);
    expect(readdirSync(kept(join(home, '.cache')))).toContain('sum.cjs');
  });

  test('is not kept where the folder cannot be made, or by a run that was refused', () => {
    const script = installProgram('unkept', SUM);
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    expect(sumOf(script, { XDG_CACHE_HOME: file }, '2')).toEqual(['2', 0]);
    expect(sumOf(script, { XDG_CACHE_HOME: join(folder, 'not', 'there') }, '2')).toEqual(['2', 0]);
    const unwanted = join(folder, 'unwanted');
    mkdirSync(unwanted);
    const env = { XDG_CACHE_HOME: unwanted, NODE_DISABLE_COMPILE_CACHE: '1' };
    expect(sumOf(script, env, '2')).toEqual(['2', 0]);
    expect(readdirSync(unwanted)).toEqual([]);
    const cache = join(folder, 'refused');
    mkdirSync(cache);
    expect(sumOf(script, { XDG_CACHE_HOME: cache }, 'refused')).toEqual(['NaN', 2]);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('runs where it is whole and of this program, and is made again where it is not', () => {
    const cache = join(folder, 'use');
    mkdirSync(cache);
    const env = { XDG_CACHE_HOME: cache };
    const script = installProgram('used', SUM);
    const sum = join(kept(cache), 'sum.cjs');
    const after = (...words: string[]) => [...sumOf(script, env, ...words), readFileSync(sum)];
    const [, , first] = after('1', '2');
    expect(after('2', '3')).toEqual(['5', 0, first]);

    const damaged = Buffer.from(first as Buffer);
    damaged[damaged.length >> 1]! ^= 1;
    const others = readFileSync(join(kept(cache), 'start.cjs'));
    for (const unfit of [damaged, (first as Buffer).subarray(0, 99), Buffer.alloc(0), others]) {
      writeFileSync(sum, unfit);
      expect(sumOf(script, env, '2', '4')).toEqual(['6', 0]);
      expect(readFileSync(sum).length).toBe((first as Buffer).length);
    }

    // a text of the same length, which is all that the engine compares
    const program = join(script, '../../dist/run');
    writeFileSync(join(program, 'sum.cjs'), SUM['sum.cjs'].replace('sum +', 'sum -'));
    writeFileSync(join(program, 'build'), 'another');
    expect(sumOf(script, env, '2', '4')).toEqual(['-6', 0]);
  });

  test('of the program itself lies there after a start', () => {
    const cache = join(folder, 'filled');
    mkdirSync(cache);
    const words = [join(root, 'bin/heredity.cjs'), 'ldsc', '--help'];
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const [first, second] = [1, 2].map(() => spawnSync(process.execPath, words, { env, encoding: 'utf8' }));
    expect(readdirSync(join(cache, 'heredity/compiled/ldsc.help'))).toContain('ldsc.cjs');
    expect(second!.stdout).toBe(first!.stdout);
  });
});
