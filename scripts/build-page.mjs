// `npm run build:page`: the page as static files in web/dist, where its sources are newer.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildWasm } from './build-wasm.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
await buildWasm();
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const sources = ['src', 'web'].flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => !name.startsWith('web/dist') && statSync(name).isFile()),
);
const newest = Math.max(...[...sources, 'package-lock.json'].map(modified));
if (modified('web/dist/index.html') <= newest) {
  console.error('Building the page ...');
  // beside the old one, so that whoever reads that meanwhile finds it whole
  const fresh = `web/dist.${process.pid}`;
  await build({
    configFile: 'web/vite.config.ts',
    logLevel: 'warn',
    build: { outDir: fresh.slice('web/'.length) },
  });
  try {
    rmSync('web/dist', { recursive: true, force: true });
    renameSync(fresh, 'web/dist');
  } catch (error) {
    // whoever built it at the same time was first
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(fresh, { recursive: true });
  }
}
