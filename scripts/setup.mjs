// Makes a fresh clone ready to run: installs what package-lock.json names, then builds. Uses nothing but Node, so that
// `npm run demo` and `npm test` work on a machine that has nothing of ours. Does only what is out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
process.chdir(root);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`heredity needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

if (!isInstalled()) {
  console.error('Installing dependencies (npm ci) ...');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is npm.cmd there
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}
const { build } = await import('./build.mjs');
await build();

/** npm writes node_modules/.package-lock.json when it is done; a newer lock file asks for another install. */
function isInstalled() {
  const marker = 'node_modules/.package-lock.json';
  if (!existsSync(marker)) return false;
  const installed = JSON.parse(readFileSync(marker, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const isMissing = ([path, entry]) =>
    path !== '' && !entry.optional && installed[path]?.version !== entry.version;
  return statSync(marker).isFile() && !Object.entries(wanted).some(isMissing);
}
