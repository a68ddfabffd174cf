import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cohortFiles } from '../cli/cohort-files.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'heredity-library-'));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(`${root}docs/library.md`, 'utf8');
const examples = [...page.matchAll(/^## (.*)$[\s\S]*?^```ts\n([\s\S]*?)^```$/gm)].map(([, title, code]) => ({
  title,
  code,
}));

/** What each example prints, by its heading: no number that another place has not derived. */
const PRINTED: Readonly<Record<string, RegExp>> = {
  'Every trait, in ten lines': /^600 people, 300 variants\ny [\d.-]+ [\d.]+ \[/,
  'Every method: the same verb, the same `Estimate`':
    /y GRE [\d.-]+ 300\n[\s\S]*he less gre [\d.-]+ [\d.]+\n/,
  'From summary statistics': /^trait [\d.-]+ [\d.]+\n$/,
  'Progress, and an end before the time': /^stopped before the work was finished\n$/,
  Errors: /^absent\.fam: the file does not exist absent\.fam\n$/,
  'Files and pages': /^$/,
};

function sumstats() {
  const variants = 2000;
  const [a, b] = [1, 2].map((seed) => randomNormals(variants, seed));
  const score = (v: number) => 1 + 30 * a[v] ** 2;
  const rows = Array.from({ length: variants }, (_, v) => `1\trs${v}\t${100 * (v + 1)}\t${score(v)}\n`);
  const z = (v: number) => Math.sqrt(1 + 0.02 * score(v)) * b[v];
  const lines = Array.from({ length: variants }, (_, v) => `rs${v}\tA\tG\t${z(v)}\t50000\n`);
  return {
    'scores.l2.ldscore': `CHR\tSNP\tBP\tL2\n${rows.join('')}`,
    'scores.l2.M_5_50': `${variants}\n`,
    'trait.sumstats': `SNP\tA1\tA2\tZ\tN\n${lines.join('')}`,
  };
}

beforeAll(() => {
  const samples = 600;
  const genotypes = randomGenotypes(300, samples, { seed: 4 });
  const age = randomNormals(samples, 2);
  const y = randomNormals(samples, 1).map((e, i) => e + genotypes[5][i] / 2 + age[i]);
  const cohort = cohortFiles({
    genotypes,
    chromosome: (v) => 1 + Math.floor(v / 100),
    traits: { y },
    covariates: { age },
  });
  for (const [name, content] of Object.entries({ ...cohort, ...sumstats() }))
    writeFileSync(join(folder, name), content!);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'heredity'));
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'));
  for (const [k, { code }] of examples.entries()) writeFileSync(join(folder, `example${k}.ts`), code);
});

test('the page has the examples that are checked here', () => {
  expect(examples.map(({ title }) => title)).toEqual(Object.keys(PRINTED));
});

describe('examples of docs/library.md', { timeout: 60_000 }, () => {
  test('have the types that the package declares', () => {
    const program = ts.createProgram(
      examples.map((_, k) => join(folder, `example${k}.ts`)),
      {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: ['node'],
        typeRoots: [join(root, 'node_modules', '@types')],
      },
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(problems).toEqual([]);
  });

  test.each(examples.map((example, k) => ({ ...example, k })))(
    '$title: runs and ends',
    ({ title, code, k }) => {
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      });
      writeFileSync(join(folder, `example${k}.js`), outputText);
      const { status, stdout, stderr } = spawnSync(process.execPath, [`example${k}.js`], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 50_000,
      });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(PRINTED[title]);
    },
  );
});
