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

test('a build that is not whole says how to build', () => {
  const script = install('half', '>=20.19');
  mkdirSync(join(folder, 'half/dist/run'), { recursive: true });
  writeFileSync(join(folder, 'half/dist/run/start.cjs'), "require('./main.cjs');");
  const { status, stderr } = run(script);
  expect(stderr).toMatch(/^error: Cannot find module .*main\.cjs.*: run "npm ci" and "npm run build"\n$/);
  expect(status).toBe(6);
});

const isBuilt = existsSync(join(root, 'dist/run/start.cjs'));

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

let installed = 0;

/** Runs a start with a stand-in for what newer Node.js has, and tells which folder that was given. */
function compiledCodeOf(env: Record<string, string | undefined>) {
  const script = install(`cache-${installed++}`, '>=20.19');
  mkdirSync(join(script, '../../dist/run'), { recursive: true });
  writeFileSync(join(script, '../../dist/run/start.cjs'), 'exports.start = () => console.log("started");');
  const standIn = join(script, '../stand-in.cjs');
  writeFileSync(
    standIn,
    `require('node:module').enableCompileCache = (folder) => console.log(folder, require('node:fs').existsSync(folder));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', standIn, script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe.skipIf(process.platform !== 'linux')('compiled code', () => {
  test('is kept in the cache folder of the user, which is made where it is not there', () => {
    const cache = join(folder, 'some', 'cache');
    mkdirSync(join(folder, 'some'));
    expect(compiledCodeOf({ XDG_CACHE_HOME: cache })).toEqual([`${cache}/heredity/compiled true`, 'started']);
    const home = join(folder, 'home');
    mkdirSync(home);
    const inHome = [`${home}/.cache/heredity/compiled true`, 'started'];
    expect(compiledCodeOf({ HOME: home })).toEqual(inHome);
    expect(compiledCodeOf({ HOME: home, XDG_CACHE_HOME: '' })).toEqual(inHome);
  });

  test('is not kept where the folder cannot be made', () => {
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    expect(compiledCodeOf({ XDG_CACHE_HOME: file })).toEqual(['started']);
    expect(compiledCodeOf({ XDG_CACHE_HOME: join(folder, 'not', 'there') })).toEqual(['started']);
  });

  const isKept = 'enableCompileCache' in process.getBuiltinModule('node:module');
  test.skipIf(!isBuilt || !isKept)('lies there after a start (Node.js 22.8 and newer)', () => {
    const cache = join(folder, 'filled');
    mkdirSync(cache);
    const words = [join(root, 'bin/heredity.cjs'), '--version'];
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    expect(spawnSync(process.execPath, words, { env, encoding: 'utf8' }).stdout).toBe(`${VERSION}\n`);
    expect(readdirSync(join(cache, 'heredity/compiled'))).not.toEqual([]);
  });
});
