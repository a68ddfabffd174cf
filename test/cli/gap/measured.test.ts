import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedJson, heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-measured-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Made {
  readonly method?: string;
  readonly h2?: readonly [number, number];
  readonly variants?: number;
  readonly liability?: number;
  readonly quantities?: Readonly<Record<string, readonly [number, number | null]>>;
}

/** A result of one trait with as much as the account reads. */
function result(name: string, made: Made): string {
  const { method = 'gre', h2 = [0.3, 0.02], variants = 1000, liability, quantities = {} } = made;
  const of = ([value, se]: readonly [number, number | null]) => ({ value, se });
  const estimate = {
    trait: 'bmi',
    method,
    scale: 'observed',
    h2: of(h2),
    liability:
      liability === undefined ? null : { ...of([liability, 0.1]), prevalence: 0.1, ascertainment: 0.5 },
    estimand: { variants: { heritability: variants } },
    parts: [],
    quantities: Object.fromEntries(Object.entries(quantities).map(([key, value]) => [key, of(value)])),
  };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ schema: 'heredity/result@1', estimates: [estimate] }));
  return path;
}

async function account(...measured: string[]) {
  const words = measured.flatMap((text) => ['--measured', text]);
  const run = await heredity([
    'gap',
    'account',
    '--twin',
    '0.6:0.05',
    '--snp',
    '0.3:0.02',
    ...words,
    '--json',
  ]);
  return { ...run, json: run.exitCode === 0 ? JSON.parse(run.stdout) : undefined };
}

describe('gap account --measured', () => {
  it('takes each amount with its error and says what has to hold', async () => {
    const dominance = result('dominance', { quantities: { dominance: [0.04, 0.01] } });
    const pedigree = result('pedigree', { method: 'greml', quantities: { 'beyond-variants': [0.1, 0.03] } });
    const ldsc = result('ldsc', { method: 'ldsc', quantities: { ratio: [0.1, 0.05] } });
    const { json } = await account(`dominance=${dominance}`, `pedigree=${pedigree}`, `confounding=${ldsc}`);
    const claimed = json.steps.map((step: { claimed: { value: number } }) => step.claimed.value);
    for (const [k, value] of [0.06, 0.1, -0.03].entries()) expect(claimed[k]).toBeCloseTo(value, 12);
    const { low, high } = json.steps[1].claimed;
    expect((high - low) / (2 * 1.96)).toBeCloseTo(0.03, 2);
    expect(json.assumptions).toHaveLength(3);
    expect(json.unexplained.value).toBeCloseTo(0.3 - 0.06 - 0.1 + 0.03, 12);
    expect(json.textbook).toEqual([]);
  });

  it('solves for how well the variants that were left out are tagged', async () => {
    // half of the variants, r² .8: h² .4 falls to .4 (.5 + .5 x .8)
    const all = result('all', { h2: [0.4, 0.01] });
    const half = result('half', { h2: [0.36, 0.01], variants: 500 });
    const { json } = await account(`tagging=${all},${half}`);
    expect(json.steps[0].claimed.value).toBeCloseTo(0.4 * (1 / 0.8 - 1), 12);
    // errors by moving each estimate a little
    const amount = (whole: number, part: number) => whole / ((part / whole - 0.5) / 0.5) - whole;
    const slope = (f: (x: number) => number, x: number) => (f(x + 1e-6) - f(x - 1e-6)) / 2e-6;
    const [first, second] = [slope((x) => amount(x, 0.36), 0.4), slope((x) => amount(0.4, x), 0.36)];
    const { low, high } = json.steps[0].claimed;
    expect((high - low) / (2 * 1.96) / (0.01 * Math.hypot(first, second))).toBeCloseTo(1, 1);
  });

  it.each([
    ['another name', () => 'luck=file', 2, 'one of dominance, pedigree, confounding, tagging'],
    ['one file for two', () => `tagging=${result('one', {})}`, 2, 'two files'],
    ['a result without it', () => `dominance=${result('none', {})}`, 2, 'it has no dominance'],
    [
      'a number without error',
      () => `pedigree=${result('held', { quantities: { 'beyond-variants': [0, null] } })}`,
      2,
      '--reml-no-constrain',
    ],
    [
      'parts that are no parts',
      () => `tagging=${result('a', {})},${result('b', { variants: 2000 })}`,
      2,
      'not one of a part of the variants',
    ],
    [
      'variants that nothing tags',
      () => `tagging=${result('c', {})},${result('d', { h2: [0.1, 0.01], variants: 500 })}`,
      4,
      'do not say how well',
    ],
  ])('refuses %s', async (_, text, code, words) => {
    const { exitCode, stderr } = await account(text());
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(words)]);
  });
});

describe('gap non-additive --result', () => {
  it('has what the dominance of a cohort says, with errors that know that one sample gave both shares', async () => {
    const file = result('both', { quantities: { dominance: [0.04, 0.03], 'broad-sense': [0.34, 0.05] } });
    const { exitCode, stdout } = await heredity(['gap', 'non-additive', '--result', file, '--json']);
    expect(exitCode).toBe(0);
    const { outputs, rows } = checkedJson(stdout);
    const h2 = outputs.broadH2 - outputs.missing;
    expect(outputs.missing).toBe(0.04);
    expect(outputs.falconerH2).toBeCloseTo(outputs.narrowH2 + 0.06, 12);
    expect(h2).toBeCloseTo(0.3, 12);
    const se = (name: string) => rows.find(({ output }: { output: string }) => output === name).se;
    const cov = (0.05 ** 2 - se('narrowH2') ** 2 - 0.03 ** 2) / 2;
    expect(se('falconerH2')).toBeCloseTo(Math.sqrt(se('narrowH2') ** 2 + 2.25 * 0.03 ** 2 + 3 * cov), 12);
  });

  it.each([
    [['--result', 'FILE', '--i', '0.1'], 2, /--i means nothing/],
    [['--snp-trait', 'bmi'], 2, /--snp-trait/],
    [['--result', 'FILE'], 2, /no dominance with a standard error/],
  ] as const)('refuses %j', async (words, exitCode, expected) => {
    const file = result('nothing', {});
    const run = await heredity([
      'gap',
      'non-additive',
      ...words.map((word) => (word === 'FILE' ? file : word)),
    ]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(expected);
  });
});
