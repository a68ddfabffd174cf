// `npm run build:page`: the page as static files in web/dist, where its sources are newer.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildWasm } from './build-wasm.mjs';
import { builtSince, modified, newestOf } from './fresh.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
await buildWasm();
const sources = ['src', 'web'].flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => !name.startsWith('web/dist') && statSync(name).isFile()),
);
if (modified('web/dist/index.html') <= newestOf([...sources, 'package-lock.json'])) {
  console.error('Building the page ...');
  const startedAt = Date.now();
  // beside the old one, so that whoever reads that meanwhile finds it whole
  const fresh = `web/dist.${process.pid}`;
  await build({
    configFile: 'web/vite.config.ts',
    logLevel: 'warn',
    build: { outDir: fresh.slice('web/'.length) },
  });
  builtSince(`${fresh}/index.html`, startedAt);
  try {
    rmSync('web/dist', { recursive: true, force: true });
    renameSync(fresh, 'web/dist');
  } catch (error) {
    // whoever built it at the same time was first
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(fresh, { recursive: true });
  }
}
