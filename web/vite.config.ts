import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page is static: relative addresses, so that it works below any path of any server. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // the server behind the page is no part of it
  resolve: {
    alias: [
      { find: /^\.\/page\/page\.js$/, replacement: fileURLToPath(new URL('no-server.ts', import.meta.url)) },
    ],
  },
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
