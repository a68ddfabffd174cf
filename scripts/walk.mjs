// `npm run walk:…`: a walk over all commands, of which `npm test` takes a few steps.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const { status } = spawnSync(
  process.execPath,
  [join(vitest, 'vitest.mjs'), 'run', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, HEREDITY_WALK: 'whole' },
  },
);
process.exit(status ?? 1);
