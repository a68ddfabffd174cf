import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { SCRIPT } from '../src/report/html/script.js';
import { CONTENT_STYLE, DARK_FIGURES } from '../src/report/html/style.js';

/** Adds offline.js, the service worker that keeps all files of this build. */
const offline: Plugin = {
  name: 'offline',
  generateBundle(_, bundle) {
    const files = ['./', 'icon.svg', ...Object.keys(bundle).filter((name) => name !== 'index.html')].sort();
    const build = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
    const source = readFileSync(new URL('offline.js', import.meta.url), 'utf8')
      .replace('__FILES__', JSON.stringify(files))
      .replace('__BUILD__', build);
    this.emitFile({ type: 'asset', fileName: 'offline.js', source });
  },
};

/** Script and style of reports, for reports that are part of the page: its content policy allows files alone. */
const REPORT: Readonly<Record<string, string>> = {
  'virtual:report-script': `export default function () {${SCRIPT}}`,
  'virtual:report-style.css': `.report {${CONTENT_STYLE}}
@media screen and (prefers-color-scheme: dark) { .report {${DARK_FIGURES}} }`,
};
const report: Plugin = {
  name: 'report',
  resolveId: (id) => (Object.hasOwn(REPORT, id) ? `\0${id}` : undefined),
  load: (id) => REPORT[id.slice(1)],
};

/** The page is static: relative addresses, so that it works below any path of any server. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // the server behind the page is no part of it
  resolve: {
    alias: [
      {
        find: /^\.\/(page\/page|ref\/ref)\.js$/,
        replacement: fileURLToPath(new URL('no-server.ts', import.meta.url)),
      },
    ],
  },
  plugins: [report, offline],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // the content policy allows no data: addresses
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // how long plugins take is nothing that a user can change
    rolldownOptions: { checks: { pluginTimings: false } },
    chunkSizeWarningLimit: 1000,
  },
});
