import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BENCHMARKS } from '../bench/benchmarks.mjs';
import { alternate, median } from '../bench/measure.mjs';
import { cost, rate } from '../bench/report.mjs';

/** Work at full and at quick size, so that no benchmark comes to measure less, or nothing, unnoticed. */
const WORK: Record<string, { full: unknown; quick: unknown }> = {
  gram: { full: { 'genotype pairs': 13_107_200_000 }, quick: { 'genotype pairs': 3_276_800_000 } },
  product: { full: { 'genotypes a column': 25_600_000 }, quick: { 'genotypes a column': 10_240_000 } },
  digits: { full: { 'genotypes a column': 102_400_000 }, quick: { 'genotypes a column': 20_480_000 } },
  dense: { full: { 'operations of a product': 16e9 }, quick: { 'operations of a product': 2e9 } },
  backends: {
    full: {
      'genotype pairs': 13_107_200_000,
      'genotype pairs, TypeScript': 51_200_000,
      'genotypes a column': 25_600_000,
    },
    quick: {
      'genotype pairs': 1_310_720_000,
      'genotype pairs, TypeScript': 5_120_000,
      'genotypes a column': 5_120_000,
    },
  },
  simulate: { full: { genotypes: 204_800_000 }, quick: { genotypes: 33_554_432 } },
  traits: {
    full: { 'genotypes of all traits': 40_960_000_000 },
    quick: { 'genotypes of all traits': 2_048_000_000 },
  },
  association: {
    full: { 'genotypes of all traits': 40e9, covariates: 20 },
    quick: { 'genotypes of all traits': 2e9, covariates: 20 },
  },
  munge: { full: { rows: 10_000_000 }, quick: { rows: 500_000 } },
  gre: {
    full: { 'genotypes of all traits': 10e9, 'genotypes of all traits, beside NumPy': 2e9 },
    quick: { 'genotypes of all traits': 800e6, 'genotypes of all traits, beside NumPy': 400e6 },
  },
  chromosome22: {
    full: { 'genotypes of all traits': 65_107_541_400 },
    quick: { 'genotypes of all traits': 4e9 },
  },
  array: {
    full: { 'genotypes of all traits': 4_401_401_983_000 },
    quick: { 'genotypes of all traits': 8.8e9 },
  },
  scaling: {
    full: { 'genotypes of all traits': [1.5e9, 3e9, 6e9] },
    quick: { 'genotypes of all traits': [160e6, 320e6, 640e6] },
  },
  ldScores: {
    full: { genotypes: 5e9, 'genotypes, beside NumPy': 50e6 },
    quick: { genotypes: 100e6, 'genotypes, beside NumPy': 4e6 },
  },
  ldak: { full: { genotypes: 100e6 }, quick: { genotypes: 10e6 } },
  ldsc: { full: { SNPs: 1_290_028 }, quick: { SNPs: 100_000 } },
  grm: {
    full: { 'products of genotypes': 250_050_000_000 },
    quick: { 'products of genotypes': 10_005_000_000 },
  },
  reml: { full: { people: 5_000, traits: 10 }, quick: { people: 2_000, traits: 10 } },
  he: {
    full: {
      'genotypes of all vectors': 50e9,
      'genotypes of all vectors, growth': [500e6, 1e9, 2e9],
    },
    quick: {
      'genotypes of all vectors': 1e9,
      'genotypes of all vectors, growth': [500e6, 1e9, 2e9],
    },
  },
  monteCarloReml: {
    full: {
      'genotypes of all vectors': 60e9,
      'genotypes of all vectors, growth': [600e6, 1.2e9, 2.4e9],
    },
    quick: {
      'genotypes of all vectors': 3e9,
      'genotypes of all vectors, growth': [600e6, 1.2e9, 2.4e9],
    },
  },
  study: {
    full: { 'genotypes of all traits': 2_604_301_656_000 },
    quick: { 'genotypes of all traits': 120e9 },
  },
  people: {
    full: {
      genotypes: 1e9,
      'genotypes of the larger file': 5e9,
      'genotypes of all pairs of people': 3_999_800_000_000,
    },
    quick: {
      genotypes: 16e6,
      'genotypes of the larger file': 32e6,
      'genotypes of all pairs of people': 7_996_000_000,
    },
  },
  parts: {
    full: { genotypes: [400e6], parts: [[4]] },
    quick: { genotypes: [8e6], parts: [[2]] },
  },
  partsGre: {
    full: { genotypes: [15_511_430_000], parts: [[4, 16]] },
    quick: { genotypes: [8e6], parts: [[2]] },
  },
  partsArray: {
    full: { genotypes: [33_720_500_000], parts: [[4]] },
    quick: { genotypes: [8e6], parts: [[2]] },
  },
  memory: {
    full: { genotypes: [15e6, 1.2e9, 690_595_840] },
    quick: { genotypes: [15e6] },
  },
  planTimes: {
    full: { genotypes: [500e6, 5e9] },
    quick: { genotypes: [15e6] },
  },
};

describe('benchmark definitions', () => {
  test('are all pinned here, once', () => {
    expect(BENCHMARKS.map(({ name }) => name)).toEqual(Object.keys(WORK));
  });

  test.each(BENCHMARKS)('$name does the work that is pinned', ({ name, sizes, work }) => {
    expect({ full: work(sizes.full), quick: work(sizes.quick) }).toEqual(WORK[name]);
    expect([sizes.full, sizes.quick].every(({ repeats }) => repeats >= 1)).toBe(true);
  });

  test('are all described in the README', () => {
    const page = readFileSync(new URL('../bench/README.md', import.meta.url), 'utf8');
    const described = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(described).toEqual(BENCHMARKS.map(({ name }) => name));
    for (const [, target] of page.matchAll(/\]\(([^)]+)\)/g)) {
      expect(existsSync(new URL(`../bench/${target}`, import.meta.url)), target).toBe(true);
    }
  });
});

test('a benchmark of whole runs reads what they write', { timeout: 60_000 }, async () => {
  const data = new URL('../bench/data/', import.meta.url);
  mkdirSync(data, { recursive: true });
  const before = readdirSync(data);
  onTestFinished(() => {
    for (const name of readdirSync(data))
      if (!before.includes(name)) rmSync(new URL(name, data), { recursive: true });
  });
  const notes: string[] = [];
  const size = { samples: 600, variants: 440, chromosomes: 22, traits: 2, repeats: 1 };
  const { run } = BENCHMARKS.find(({ name }) => name === 'array')!;
  const rows = await run(size, { note: (text) => notes.push(text), fullPeer: false });
  expect(rows.map(({ what }) => what)).toEqual(['wall time', 'processor time', 'peak memory']);
  expect(notes.join(' ')).toMatch(/22 blocks.*Certified error of the solver: \d.*Mean error/);
  expect(notes.join(' ')).not.toContain('NaN');
});

describe('measuring', () => {
  test('contenders take turns forth and back, each as often as asked for', async () => {
    const calls: string[] = [];
    const contender = (name: string) => () => calls.push(name);
    const results = await alternate([contender('a'), contender('b')], 3);
    expect(calls.join('')).toBe('abbaab');
    expect(results).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
  });

  test('the median is the middle value, whatever the order', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([2, 1])).toBe(2);
  });

  test('a ratio above 1 is good for rates and for costs alike', () => {
    expect(rate('a', 30, 'G/s', { name: 'bound', value: 60 }).times).toBe(0.5);
    expect(cost('a', 2, 's', { name: 'peer', value: 100 }, 50)).toMatchObject({ times: 50, goal: 50 });
  });

  test('a peer that is not installed leaves a figure without a ratio', () => {
    expect(rate('a', 30, 'G/s', { name: 'peer', value: undefined }, 2)).toEqual({
      what: 'a',
      value: 30,
      unit: 'G/s',
      goal: 2,
    });
  });
});
