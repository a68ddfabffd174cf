import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // examples import the package by its name, as its users do
  resolve: { alias: { heredity: fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['src/host/node/install.ts'],
    // packed forms of reference data are not for the user's own folder
    env: { HEREDITY_REFERENCE: join(tmpdir(), 'heredity-test-reference') },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // one core is left idle by default, which of two is half of them
    maxWorkers: '100%',
  },
});
