import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['src/host/node/install.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
