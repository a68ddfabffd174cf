import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // examples import the package by its name, as its users do
  resolve: { alias: { heredity: fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['src/host/node/install.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // one core is left idle by default, which of two is half of them
    maxWorkers: '100%',
  },
});
