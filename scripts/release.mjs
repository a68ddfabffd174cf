// `node scripts/release.mjs [--check]`: checks that the tree may be released, then makes in release/ the npm packages of this
// version: heredity itself, and the native kernels of this machine's kind (heredity-kernels-<system>), which heredity takes as
// an optional dependency, so that installing runs no script. Kernels of other kinds of machine are made there by the same
// command, and their .tgz put into release/ before this one. Nothing is published here.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
process.chdir(root);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { version } = manifest;
const isCheck = process.argv.includes('--check');

const problems = [
  [git('status', '--porcelain') !== '', 'there are changes that are not committed'],
  [!text('CHANGELOG.md').includes(`## [${version}]`), `CHANGELOG.md has no section [${version}]`],
  [!text('CITATION.cff').includes(`\nversion: ${version}\n`), `CITATION.cff is not of version ${version}`],
].flatMap(([isSo, problem]) => (isSo ? [problem] : []));
for (const problem of problems) console.error(`not ready: ${problem}`);
if (isCheck) process.exit(problems.length > 0 ? 1 : 0);
if (problems.length > 0 && !process.argv.includes('--force')) process.exit(1);

const { build } = await import('./build.mjs');
await build();
await import('./build-page.mjs');
mkdirSync('release', { recursive: true });
const { machine } = await import('../dist/host/node/machine.js');
const addon = 'native/build/kernels.node';
if (existsSync(addon)) pack(kernelsPackage(machine.kernelsPackage()));
else console.error('no native kernels were built here: no package of them');
pack(mainPackage());

/** The kernels of this machine, for machines like it. */
function kernelsPackage(name) {
  const [, os, cpu, libc] = /^heredity-kernels-(\w+)-(\w+)(?:-(\w+))?$/.exec(name);
  return folderOf(
    name,
    {
      name,
      version,
      description: `The native kernels of heredity for ${os} on ${cpu}`,
      license: manifest.license,
      os: [os],
      cpu: [cpu],
      ...(libc && { libc: [libc] }),
      files: ['kernels.node'],
      main: 'kernels.node',
    },
    [
      [addon, 'kernels.node'],
      ['LICENSE', 'LICENSE'],
    ],
  );
}

/** heredity, with the packages of kernels that stand in release/ as optional dependencies. */
function mainPackage() {
  const { devDependencies: _, scripts: __, ...rest } = manifest;
  const kernels = readdirSync('release')
    .filter((file) => file.startsWith('heredity-kernels-') && file.endsWith(`-${version}.tgz`))
    .map((file) => [file.slice(0, -`-${version}.tgz`.length), version]);
  const files = ['LICENSE', 'README.md', ...manifest.files.filter((file) => !file.includes('*'))];
  const sources = readdirSync('native').filter((name) => /\.[ch]$/.test(name));
  return folderOf('heredity', { ...rest, optionalDependencies: Object.fromEntries(kernels) }, [
    ...files.map((file) => [file, file]),
    ...sources.map((name) => [`native/${name}`, `native/${name}`]),
  ]);
}

function folderOf(name, contents, files) {
  const folder = join('release', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(contents, null, 2)}\n`);
  for (const [from, to] of files) cpSync(from, join(folder, to), { recursive: true });
  return folder;
}

function pack(folder) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const words = ['pack', '--silent', '--pack-destination', '..'];
  const file = execFileSync(npm, words, { cwd: folder, encoding: 'utf8' }).trim();
  rmSync(folder, { recursive: true });
  console.log(`release/${file}`);
}

function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

function text(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
