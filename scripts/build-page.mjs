// `npm run build:page`: the page as static files in web/dist, with the documents that it leads to, where their sources are newer.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildWasm } from './build-wasm.mjs';
import { writeSite } from './docs/site.mjs';
import { builtSince, modified, newestOf } from './fresh.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
await buildWasm();
const filesIn = (folders) =>
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((name) => `${folder}/${name}`)
      .filter((name) => !name.startsWith('web/dist') && statSync(name).isFile()),
  );
if (modified('web/dist/index.html') <= newestOf([...filesIn(['src', 'web']), 'package-lock.json'])) {
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
  place(fresh, 'web/dist');
}
const documents = [...filesIn(['docs', 'scripts/docs']), 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
if (modified('web/dist/docs/index.html') <= newestOf(documents)) {
  const startedAt = Date.now();
  const fresh = `web/dist.docs.${process.pid}`;
  writeSite(fresh);
  builtSince(`${fresh}/index.html`, startedAt);
  place(fresh, 'web/dist/docs');
}

/** Puts what is built in the place of what was. */
function place(fresh, folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    // whoever built it at the same time was first
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(fresh, { recursive: true });
  }
}
