import { describe, expect, test } from 'vitest';
import { type Estimate, quantity } from '../../src/estimate/estimate.js';
import { compareMethods } from '../../src/methods/compare-methods.js';
import { estimate } from '../report/findings.js';

const of = (trait: string, method: string, value: number, se: number, more: Partial<Estimate> = {}) =>
  estimate(trait, method, { h2: quantity(value, se, 'jackknife'), ...more });

test('one method, or none, is not compared', () => {
  expect(compareMethods([])).toBeUndefined();
  expect(compareMethods([of('a', 'gre', 0.2, 0.1), of('b', 'gre', 0.3, 0.1)])).toBeUndefined();
});

test('the summary is the median and range of the difference from GRE over traits above .05', () => {
  const found = compareMethods([
    of('a', 'gre', 0.2, 0.01),
    of('b', 'gre', 0.5, 0.01),
    of('c', 'gre', 0.4, 0.01),
    of('small', 'gre', 0.04, 0.01),
    of('a', 'ldsc', 0.1, 0.01), // -50 %
    of('b', 'ldsc', 0.6, 0.01), // +20 %
    of('c', 'ldsc', 0.3, 0.01), // -25 %
    of('small', 'ldsc', 0.4, 0.01),
  ])!;
  const [summary] = found.summaries;
  expect(summary).toMatchObject({ method: 'ldsc', baseline: 'gre', traits: 3 });
  expect(summary.median).toBeCloseTo(-0.25, 12);
  expect(summary.least).toBeCloseTo(-0.5, 12);
  expect(summary.most).toBeCloseTo(0.2, 12);
});

test('without simulated traits there is no standard error, and the sum of both is its bound', () => {
  const [{ difference, seAtMost, noError }] = compareMethods([
    of('a', 'gre', 0.2, 0.02),
    of('a', 'he', 0.3, 0.03),
  ])!.differences;
  expect(difference).toMatchObject({ se: null, ci95: null });
  expect(difference.value).toBeCloseTo(0.1, 12);
  expect(seAtMost).toBeCloseTo(0.05, 12);
  expect(noError).toMatch(
    /^GRE and Haseman-Elston have no estimates of traits simulated .*--differences 100/,
  );
});

describe('with simulated traits it is the spread of the difference over them', () => {
  const tried = (h2: readonly (number | null)[], more = {}) => ({
    details: { replicates: { seed: 1, heritability: 0.2, h2, ...more } },
  });
  // 21 traits: 0.2 + k/100 by one method, k/100 more or less by the other
  const first = Array.from({ length: 21 }, (_, k) => 0.2 + (k - 10) / 100);
  const second = first.map((value, k) => value + (k % 3) / 50);
  const pair = (a: Partial<Estimate>, b: Partial<Estimate>) =>
    compareMethods([of('a', 'gre', 0.2, 0.02, a), of('a', 'he', 0.3, 0.03, b)])!.differences[0];

  test("its standard deviation, with Student's t", () => {
    const { difference, simulated, noError } = pair(tried(first), tried(second));
    expect([simulated, noError]).toEqual([21, null]);
    // differences 0, .02 and .04, seven times each: variance 14 * .0004 / 20
    const se = Math.sqrt((14 * 0.0004) / 20);
    expect(difference).toMatchObject({ se: expect.closeTo(se, 12), seKind: 'simulation' });
    expect(difference.ci95![1] - difference.value!).toBeCloseTo(2.085963447 * se, 9); // t of 20 degrees of freedom
  });

  test('what random vectors of a method add, which all simulated traits had in common, is in it', () => {
    const quantities = { 'monte-carlo': quantity(0.3, 0.01, 'probes') };
    const { difference } = pair(tried(first), { ...tried(second), quantities });
    expect(difference.se).toBeCloseTo(Math.sqrt((14 * 0.0004) / 20 + 1e-4), 12);
  });

  test('simulated traits without an estimate do not count, and few say nothing', () => {
    const without = (count: number) => second.map((value, k) => (k < count ? null : value));
    expect(pair(tried(first), tried(without(1)))).toMatchObject({ simulated: 20, noError: null });
    expect(pair(tried(first), tried(without(2)))).toMatchObject({
      simulated: null,
      difference: { se: null },
      noError: 'both have estimates of 19 simulated traits, and 20 are needed',
    });
  });

  test.each([{ seed: 2 }, { heritability: 0.3 }])('others do not count: %j', (more) => {
    expect(pair(tried(first), tried(second, more)).noError).toMatch(/other simulated traits/);
  });
});

test('where nothing is beyond errors nothing is explained away', () => {
  expect(compareMethods([of('a', 'gre', 0.2, 0.1), of('a', 'ldsc', 0.3, 0.1)])!.why).toEqual([
    'No two methods differ by more than their errors allow.',
  ]);
});

test('but what the data speak against is said all the same, for methods that assume it', () => {
  const { why } = compareMethods([
    of('a', 'gre', 0.2, 0.1),
    of('a', 'ldsc', 0.3, 0.1),
    of('a', 'sldsc-maf', 0.3, 0.1),
    byStrata('a', { frequency: 0.001, ld: 0.002 }),
  ])!;
  expect(why).toEqual([
    'No two methods differ by more than their errors allow.',
    'Estimates do not show it, but the data speak against what LDSC assumes, that frequency does not matter: common variants explain more than rare ones in as much LD (P 0.0010; Haseman-Elston, LDMS, a).',
    'Estimates do not show it, but the data speak against what LDSC, S-LDSC (MAF) assume, that LD does not matter: variants in high LD explain less than others of their frequency (P 0.0020; Haseman-Elston, LDMS, a).',
  ]);
});

/** S-LDSC with ten bins of frequency and the level of LD beside them. */
function byBins(p: { readonly frequency: number; readonly ld: number }): Estimate {
  const category = (id: string, quantities: Estimate['quantities']) =>
    ({ kind: 'category', id, variants: 100, h2: quantity(0.02, 0.01), quantities }) as const;
  return of('a', 'sldsc-maf-lld', 0.2, 0.2, {
    parts: [
      ...Array.from({ length: 10 }, (_, k) =>
        category(`mafBin${k + 1}`, { enrichment: { ...quantity(2, 0.1), p: k === 2 ? p.frequency : 0.5 } }),
      ),
      category('lld', { coefficient: { ...quantity(-1, 0.1), p: p.ld } }),
    ],
  });
}

test.each([
  [
    'frequency',
    { frequency: 0.0009, ld: 0.5 },
    /data speak against that: variants of bin 3 of 10 of frequency/,
  ],
  ['LD', { frequency: 0.00092, ld: 0.0009 }, /data speak against that: variants in high LD explain less/],
  ['neither', { frequency: 0.00092, ld: 0.00092 }, /speaks against neither assumption/],
])('the data speak against %s', (_, p, expected) => {
  const { why } = compareMethods([of('a', 'gre', 0.2, 0.01), of('a', 'ldsc', 0.5, 0.01), byBins(p)])!;
  expect(why).toHaveLength(1);
  expect(why[0]).toMatch(/^LDSC less GRE is beyond what errors allow for a \(0\.30\)\. /);
  expect(why[0]).toMatch(expected);
});

/** Haseman-Elston regression by strata, with slopes on frequency and LD. */
function byStrata(trait: string, p: { readonly frequency: number; readonly ld: number }): Estimate {
  const slope = (value: number, own: number) => ({ ...quantity(value, 0.1, 'jackknife'), p: own });
  const quantities = { 'frequency-trend': slope(0.4, p.frequency), 'ld-trend': slope(-0.3, p.ld) };
  return of(trait, 'he-ldms', 0.2, 0.2, { quantities });
}

test.each([
  [
    'frequency',
    { frequency: 0.0049, ld: 0.0051 },
    /against that: common variants explain more than rare ones in as much LD/,
  ],
  [
    'LD',
    { frequency: 0.0051, ld: 0.0049 },
    /against that: variants in high LD explain less than others of their frequency/,
  ],
  ['neither', { frequency: 0.0051, ld: 0.0051 }, /speaks against neither assumption/],
])('strata of the people are believed before bins of LD scores: %s', (_, p, expected) => {
  const differ = [of('a', 'gre', 0.2, 0.01), of('a', 'ldsc', 0.5, 0.01)];
  const { why } = compareMethods([...differ, byStrata('a', p), byBins({ frequency: 1e-9, ld: 1e-9 })])!;
  expect(why[0]).toMatch(expected);
});

test('of two traits that differ each is one of two to be wrong about', () => {
  const differ = (trait: string) => [of(trait, 'gre', 0.2, 0.01), of(trait, 'ldsc', 0.5, 0.01)];
  const slopes = { frequency: 0.0049, ld: 0.9 };
  const { why } = compareMethods([
    ...['a', 'b'].flatMap((trait) => [...differ(trait), byStrata(trait, slopes)]),
  ])!;
  expect(why[0]).toMatch(/speaks against neither assumption/);
});

test('a run without bins says which method would tell', () => {
  expect(compareMethods([of('a', 'gre', 0.2, 0.01), of('a', 'ldsc', 0.5, 0.01)])!.why[0]).toContain(
    'he-ldms does from genotypes, sldsc-maf-lld from statistics',
  );
});
