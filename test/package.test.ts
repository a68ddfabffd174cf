import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, test } from 'vitest';
import { allCommands } from '../src/cli/commands.js';
import { EXIT_CODES } from '../src/errors.js';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** Package names in the first column of the tables of one section of the record. */
function recorded(section: string): string[] {
  const record = read('docs/decisions/0001-dependencies.md');
  const text = record.split(/^## /m).find((part) => part.startsWith(section))!;
  return [...text.matchAll(/^\| `([^`]+)` +\| \S.* \|$/gm)].map((match) => match[1]).sort();
}

describe('package.json', () => {
  test('is an ECMAScript module for Node 20.19 or newer, under a permissive licence', () => {
    expect(manifest).toMatchObject({ type: 'module', license: 'Apache-2.0', engines: { node: '>=20.19' } });
    expect(read('LICENSE')).toMatch(/Apache License\s+Version 2\.0/);
  });

  test('has a version that the changelog knows', () => {
    expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(read('CHANGELOG.md')).toMatch(/^## \[Unreleased\]/m);
  });

  test('points at files that exist, and packs them', () => {
    expect(manifest.bin).toEqual({ heredity: 'bin/heredity.cjs' });
    expect(read('bin/heredity.cjs')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(Object.keys(manifest.exports)).toEqual(['.']);
    // the types condition must come first: the first that matches wins
    expect(Object.entries(manifest.exports['.'])).toEqual([
      ['types', './dist/index.d.ts'],
      ['default', './dist/index.js'],
    ]);
    expect(manifest.files).toEqual(expect.arrayContaining(['bin', 'dist', 'docs', 'CHANGELOG.md']));
  });

  test('scripts run files that exist', () => {
    for (const command of Object.values<string>(manifest.scripts)) {
      for (const [, script] of command.matchAll(/node ([\w./-]+\.mjs)/g)) {
        expect(existsSync(new URL(script, root)), script).toBe(true);
      }
    }
  });
});

describe('dependencies', () => {
  test('each has its reason in docs/decisions/0001-dependencies.md', () => {
    expect(recorded('At run time')).toEqual(Object.keys(manifest.dependencies).sort());
    expect(recorded('To build and test')).toEqual(Object.keys(manifest.devDependencies).sort());
  });

  test('src imports only what is installed with the package', () => {
    const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' });
    const allowed = new Set([
      ...Object.keys(manifest.dependencies),
      ...builtinModules.map((name) => `node:${name}`),
    ]);
    for (const source of sources.filter((name) => name.endsWith('.ts'))) {
      for (const [, from, bare] of read(`src/${source}`).matchAll(
        /^(?:import|export|\}).*? from '([^'.\n][^'\n]*)'|\bimport(?: |\()'([^'.\n][^'\n]*)'/gm,
      )) {
        const name = from ?? bare;
        const known =
          allowed.has(name) || [...allowed].some((dependency) => name.startsWith(`${dependency}/`));
        expect(known, `${source} imports ${name}`).toBe(true);
      }
    }
  });
});

test('docs/exit-codes.md has every tag with its code', () => {
  const rows = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) +\| `([a-z-]+)` +\|/gm)];
  expect(Object.fromEntries(rows.map(([, code, tag]) => [tag, Number(code)]))).toEqual(EXIT_CODES);
});

test('the README names every command, the gap models and the methods by name in one row each', () => {
  for (const { name, group } of allCommands()) {
    const isModel = name.startsWith('gap ') && name !== 'gap account';
    const row = isModel ? 'gap <model>' : group === 'One method by its name' ? '<method>' : name;
    expect(read('README.md')).toMatch(new RegExp(`^\\| \`heredity ${row}\` +\\|`, 'm'));
  }
});
