// `npm test`: lint, types, then the tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
const require = createRequire(import.meta.url);
const bin = (name, script) => join(dirname(require.resolve(`${name}/package.json`)), script);

const steps = [
  ['lint and format', [bin('@biomejs/biome', 'bin/biome'), 'check', '.']],
  ['types', [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.json']],
  ['types of the page', [bin('typescript', 'bin/tsc'), '-p', 'web/tsconfig.json']],
  ['tests', [bin('vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)]],
];
for (const [what, args] of steps) {
  console.log(`\n--- ${what} ---`);
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
