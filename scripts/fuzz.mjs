// `npm run fuzz -- [--minutes 10] [--seed 1] [--command munge] [--trials N] [--from N]`: every reader and command on inputs
// that are damaged in many ways (test/fuzz); `npm test` takes the first few of seed 1.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { minutes: text, seed: text, command: text, trials: text, from: text },
});
const { command, ...numbers } = values;
const options = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]));
const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const { status } = spawnSync(
  process.execPath,
  [join(vitest, 'vitest.mjs'), 'run', '--disable-console-intercept=true', 'test/fuzz/fuzz.test.ts'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      HEREDITY_FUZZ: JSON.stringify(command === undefined ? options : { ...options, command }),
    },
  },
);
process.exit(status ?? 1);
