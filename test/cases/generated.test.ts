import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cohortFiles } from '../cli/cohort-files.js';
import { heredity } from '../cli/run.js';
import { folderWith } from '../formats/folder.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

/** A run that ends well or in one clear error: no bug of ours, and nothing that is no number. */
function expectClearEnd(
  { exitCode, stdout, stderr }: Awaited<ReturnType<typeof heredity>>,
  what: string,
): void {
  expect([0, 2, 3, 4, 5, 6], `${what}\n${stderr}`).toContain(exitCode);
  expect(`${stdout}${stderr}`, what).not.toMatch(/\bNaN\b|\bat .*:\d+:\d+|undefined/);
  if (exitCode !== 0)
    expect(
      stderr.split('\n').filter((line) => line.startsWith('error: ')),
      what,
    ).toHaveLength(1);
}

describe('cohorts of few variants, few people and exact dependence: every solver ends', () => {
  const METHODS = [
    'reml --method monte-carlo --vectors 5',
    'reml',
    'he',
    'gre',
    'sumher --model gcta',
    'ld weights',
    'reml --ldms --reml-no-constrain',
    'ldsc',
  ];

  it.each(Array.from({ length: 24 }, (_, i) => i))('case %i', async (seed) => {
    const variants = 1 + (seed % 7);
    const samples = 12 + 5 * (seed % 5);
    const drawn = randomGenotypes(variants, samples, { seed: seed + 1 });
    // some variants twice, some of one value, some people alike
    const genotypes = [
      ...drawn,
      ...(seed % 2 ? [drawn[0]] : []),
      ...(seed % 3 ? [] : [drawn[0].map(() => 1)]),
    ];
    const e = randomNormals(samples, seed + 50);
    const traits = { y: e, twice: e.map((value) => 2 * value + 1), few: e.map((value) => Math.sign(value)) };
    const folder = folderWith(cohortFiles({ genotypes, traits }));
    const method = METHODS[seed % METHODS.length];
    const pheno = method.startsWith('ld ') ? [] : ['--pheno', join(folder, 'study.pheno')];
    const words = [...method.split(' '), '--bfile', join(folder, 'study'), ...pheno, '--threads', '1'];
    expectClearEnd(await heredity([...words, '--out', join(folder, 'o')]), words.join(' '));
  });
});

describe('JSON that is read, damaged in one place', () => {
  let folder: string;
  const files: Record<string, unknown> = {};
  const VALUES: readonly unknown[] = [
    null,
    -1,
    1e308,
    'text',
    '__proto__',
    [],
    {},
    [[1]],
    true,
    '\u0000',
    0.5,
  ];

  beforeAll(async () => {
    const samples = 60;
    const genotypes = randomGenotypes(30, samples, { seed: 4 });
    const y = randomNormals(samples, 8).map((e, i) => e + genotypes[3][i]);
    const own = cohortFiles({ genotypes, chromosome: (v) => 1 + (v > 14 ? 1 : 0), traits: { y } });
    folder = mkdtempSync(join(tmpdir(), 'heredity-json-'));
    for (const [name, content] of Object.entries(own)) writeFileSync(join(folder, name), content!);
    const input = ['--bfile', join(folder, 'study')];
    const runs = [
      [
        'gre',
        ...input,
        '--pheno',
        join(folder, 'study.pheno'),
        '--blocks',
        'chromosome',
        '--out',
        join(folder, 'r'),
      ],
      ['twin', '--rmz', '0.6', '--rdz', '0.35', '--nmz', '300', '--ndz', '300', '--out', join(folder, 'r')],
      ['ld-factor', ...input, '--out', join(folder, 'factor')],
      ['assoc', ...input, '--pheno', join(folder, 'study.pheno'), '--out', join(folder, 'r')],
    ];
    for (const words of runs) expect((await heredity(words)).stderr, words.join(' ')).not.toContain('error:');
    for (const name of ['r.gre.json', 'r.twin.json', 'factor/manifest.json'])
      files[name] = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Every place in a document, as the keys that lead to it. */
  function places(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [[...path]];
    const inside = Object.entries(value).flatMap(([key, own]) => places(own, [...path, key]));
    return path.length === 0 ? inside : [[...path], ...inside];
  }

  function changed(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
    const copy = structuredClone(document) as Record<string, unknown>;
    let at = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1)!] = value;
    return copy;
  }

  it.each([
    ['r.gre.json', 'report {} --out @o'],
    ['r.gre.json', 'table {} --format md --out @o'],
    ['r.gre.json', 'gap account --twin 0.6:0.05 --snp {} --out @o'],
    ['r.twin.json', 'gap account --twin {} --snp 0.3:0.02 --out @o'],
    ['r.twin.json', 'report {} --out @o'],
    ['factor/manifest.json', 'gre --sumstats @r.y.glm.linear --ld-factor @factor --out @o'],
  ])('%s in %s', { timeout: 60_000 }, async (name, line) => {
    const document = files[name];
    const all = places(document);
    const step = Math.max(1, Math.floor(all.length / 22));
    const words = line
      .split(' ')
      .map((word) => word.replace('{}', join(folder, name)).replace(/^@/, `${folder}/`));
    for (let i = 0; i < all.length; i += step) {
      const value = VALUES[i % VALUES.length];
      writeFileSync(join(folder, name), JSON.stringify(changed(document, all[i], value)));
      const what = `${all[i].join('.')} = ${JSON.stringify(value)}`;
      expectClearEnd(await heredity(words), `${line}: ${what}`);
    }
    for (const text of ['', 'null', '[]', '{"schema": 1}', '{', `${'['.repeat(5000)}${']'.repeat(5000)}`]) {
      writeFileSync(join(folder, name), text);
      const end = await heredity(words);
      expectClearEnd(end, `${line}: ${text.slice(0, 20)}`);
      expect(end.exitCode, `${line}: ${text.slice(0, 20)}`).toBe(2);
    }
    writeFileSync(join(folder, name), JSON.stringify(document));
  });
});

describe('words that commands look up', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is none of them',
    async (word) => {
      const folder = folderWith(
        cohortFiles({ genotypes: randomGenotypes(6, 30, { seed: 1 }), traits: { y: randomNormals(30, 1) } }),
      );
      mkdirSync(join(folder, 'x'));
      const input = ['--bfile', join(folder, 'study')];
      const pheno = ['--pheno', join(folder, 'study.pheno')];
      for (const words of [
        ['study', 'run', ...input, '--estimators', word],
        ['study', 'run', ...input, '--grid', word],
        ['study', 'run', ...input, '--cells', `*${word}*${'*'.repeat(50)}`],
        ['h2', ...input, ...pheno, '--methods', word],
        ['gre', ...input, ...pheno, '--pheno-name', word],
        ['explain', word],
        ['ref', 'get', word],
        ['gap', 'account', '--twin', '0.5:0.1', '--snp', '0.3:0.1', '--mechanism', word],
        ['twin', '--correlation', `${word}=0.5:100`],
      ]) {
        const out = ['explain', 'ref'].includes(words[0]) ? [] : ['--out', join(folder, 'x/o')];
        const end = await heredity([...words, ...out]);
        expectClearEnd(end, words.join(' '));
        expect(end.exitCode, `${words.join(' ')}\n${end.stderr}`).toBe(2);
      }
    },
  );
});
