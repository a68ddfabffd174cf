import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const image = mkdtempSync(join(tmpdir(), 'heredity-image-'));
afterAll(() => rmSync(image, { recursive: true }));

/** No container engine is needed: what the last stage copies is put into an empty folder, and has to run there. */
it('has in its last stage all that a run needs', () => {
  const recipe = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const lastStage = recipe.slice(recipe.lastIndexOf('\nFROM '));
  const copied = [...lastStage.matchAll(/^COPY --from=build \/heredity\/(\S+) (\S+)$/gm)];
  expect(copied.map(([, from]) => from)).toContain('bin');
  for (const [, from, to] of copied) {
    expect(existsSync(join(root, from)), from).toBe(true);
    if (from === 'node_modules') symlinkSync(join(root, from), join(image, to));
    else
      cpSync(join(root, from), join(image, to.endsWith('/') ? to + basename(from) : to), { recursive: true });
  }
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(image, 'bin/heredity.cjs'), ...words], {
      encoding: 'utf8',
      cwd: image,
    });
  expect(run('doctor')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^wasm +works/m) });
  expect(run('simulate', 'genotypes', '--samples', '50', '--variants', '40', '--out', 'x')).toMatchObject({
    status: 0,
  });
  expect(run('freq', '--bfile', 'x', '--out', 'x')).toMatchObject({ status: 0 });
});

it('builds from files that .dockerignore leaves in', () => {
  const recipe = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
  for (const needed of [
    'package.json',
    'package-lock.json',
    'src',
    'bin',
    'native',
    'scripts',
    'tsconfig.build.json',
  ])
    expect([needed, ignored.includes(needed)]).toEqual([needed, false]);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [, script] of recipe.matchAll(/npm run (\S+)/g)) expect(Object.keys(scripts)).toContain(script);
});
