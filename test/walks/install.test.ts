import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickStartTasks } from '../docs/quick-start-tasks.js';

/** `npm run test:install`: the packages of a release in empty projects, as strangers install them. Reads the npm registry. */
const IS_ASKED_FOR = process.env.HEREDITY_WALK === 'whole';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The tarball of heredity, and that of the native kernels of this machine. */
let packages: { readonly main: string; readonly kernels: string };

/** An empty project with packages installed; none of their scripts runs. */
function project(name: string, ...dependencies: readonly string[]): string {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  const words = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...dependencies,
  ];
  execFileSync('npm', words, { cwd: place, stdio: 'pipe' });
  return place;
}

interface Place {
  readonly cwd: string;
  readonly node?: string;
  readonly path?: string;
}

function heredity({ cwd, node = process.execPath, path }: Place, ...words: readonly string[]) {
  const bin = join(cwd, 'node_modules/heredity/bin/heredity.js');
  const env = { ...process.env, ...(path !== undefined && { PATH: path, CC: '' }) };
  const { status, stdout, stderr } = spawnSync(node, [bin, ...words], { cwd, env, encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

/** Simulates a small cohort and estimates; returns the estimates. */
function estimates(place: Place): unknown {
  const { cwd } = place;
  const size = ['--samples', '300', '--variants', '200', '--chromosomes', '2'];
  for (const words of [
    ['simulate', 'genotypes', ...size, '--out', 'c'],
    ['simulate', 'phenotypes', '--bfile', 'c', '--h2', '0.5', '--out', 'c'],
    ['he', '--bfile', 'c', '--pheno', 'c.pheno', '--out', 'c'],
    ['gre', '--bfile', 'c', '--pheno', 'c.pheno', '--out', 'c'],
  ]) {
    const end = heredity(place, ...words);
    expect([end.exitCode, end.stderr], words.join(' ')).toEqual([0, expect.any(String)]);
  }
  return ['he', 'gre'].map((name) => JSON.parse(readFileSync(join(cwd, `c.${name}.json`), 'utf8')).estimates);
}

describe.skipIf(!IS_ASKED_FOR)('the packages of a release', { timeout: 600_000 }, () => {
  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/release.mjs', '--force'], { cwd: root, stdio: 'pipe' });
    const files = readdirSync(join(root, 'release')).map((name) => join(root, 'release', name));
    const find = (pattern: RegExp) => files.find((file) => pattern.test(file))!;
    packages = { main: find(/heredity-\d[^/]*\.tgz$/), kernels: find(/heredity-kernels-[^/]*\.tgz$/) };
  }, 600_000);

  let native: unknown;
  it('are native where the kernels of the machine are installed', () => {
    const cwd = project('native', packages.main, packages.kernels);
    expect(heredity({ cwd, path: '' }, 'doctor').stdout).toMatch(/^native +in use/m);
    native = estimates({ cwd });
  });

  it('run on WebAssembly without them, say what to do, and become native where a compiler is', () => {
    const cwd = project('wasm', packages.main);
    const before = heredity({ cwd, path: '' }, 'doctor');
    expect(before.stdout).toMatch(/^wasm +in use/m);
    expect(before.stdout).toMatch(/^Next step: .*install a C compiler/m);
    expect(heredity({ cwd, path: '' }, 'doctor', '--build')).toMatchObject({
      exitCode: 6,
      stderr: expect.stringMatching(/^error: there is no C compiler/),
    });
    estimates({ cwd });
    expect(heredity({ cwd }, 'doctor').stdout).toMatch(/^Next step: .*"heredity doctor --build"/m);
    expect(heredity({ cwd }, 'doctor', '--build').stdout).toMatch(/^native +in use/m);
    expect(estimates({ cwd })).toEqual(native);
  });

  it('do the seven tasks of the guide in an empty folder, by copying its commands', () => {
    const installed = join(folder, 'native', 'node_modules');
    const cwd = join(folder, 'tasks');
    mkdirSync(cwd);
    const env = { ...process.env, PATH: `${join(installed, '.bin')}:${process.env.PATH}` };
    const tasks = quickStartTasks(join(installed, 'heredity/docs/quick-start.md'));
    expect(tasks).toHaveLength(7);
    const begin = performance.now();
    for (const { title, commands } of tasks) {
      const start = performance.now();
      const run = spawnSync('sh', ['-ec', commands.join('\n')], { cwd, env, encoding: 'utf8' });
      expect([run.status, title, run.status === 0 ? '' : run.stderr]).toEqual([0, title, '']);
      console.log(`${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
    console.log(`the seven tasks: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  });

  it('are a library', () => {
    const cwd = join(folder, 'native');
    const line = "import('heredity').then((all) => console.log(typeof all.estimateGre ?? typeof all.gre))";
    expect(execFileSync(process.execPath, ['-e', line], { cwd, encoding: 'utf8' })).toBe('function\n');
  });

  it.each(['20', '22', '24'])('run on Node.js %s', (version) => {
    const place = project(`node-${version}`, packages.main, packages.kernels);
    const own = project(`own-${version}`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], {
      cwd: own,
      stdio: 'pipe',
    });
    const node = join(own, 'node_modules/node/bin/node');
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${version}\\.`));
    expect(heredity({ cwd: place, node }, 'doctor').stdout).toMatch(/^native +in use/m);
    expect(estimates({ cwd: place, node })).toEqual(native);
  });
});
