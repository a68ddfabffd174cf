import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

it('no export, file or package is there that nothing uses', { timeout: 120_000 }, () => {
  const knip = createRequire(import.meta.url)
    .resolve('knip')
    .replace(/dist.*$/, 'bin/knip.js');
  const { status, stdout } = spawnSync(process.execPath, [knip, '--no-progress'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
