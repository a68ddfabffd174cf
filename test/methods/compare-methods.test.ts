import { expect, test } from 'vitest';
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

test('without delete values there is no standard error, and the sum of both is its bound', () => {
  const [{ difference, seAtMost, noError }] = compareMethods([
    of('a', 'gre', 0.2, 0.02),
    of('a', 'he', 0.3, 0.03),
  ])!.differences;
  expect(difference).toMatchObject({ se: null, ci95: null });
  expect(difference.value).toBeCloseTo(0.1, 12);
  expect(seAtMost).toBeCloseTo(0.05, 12);
  expect(noError).toMatch(/^GRE and Haseman-Elston are not estimated without each block/);
});

test('with delete values of the same blocks it is the jackknife of the difference', () => {
  const blocks = [0.01, -0.02, 0.015, 0.005, -0.01];
  const without = (value: number, by: readonly number[]) => ({
    details: { h2WithoutBlock: by.map((d) => value + d) },
  });
  const pair = (by: readonly number[]) =>
    compareMethods([
      of('a', 'ldsc', 0.2, 0.02, without(0.2, blocks)),
      of('a', 'sldsc', 0.3, 0.03, without(0.3, by)),
    ])!.differences[0].difference;
  // both move together: the difference is the same without each block
  expect(pair(blocks)).toMatchObject({ se: expect.closeTo(0, 12), seKind: 'jackknife' });
  // (B - 1) / B times the sum of squares of the delete values about their mean, here 0 and blocks' own
  expect(pair([0, 0, 0, 0, 0]).se).toBeCloseTo(
    Math.sqrt((4 / 5) * (1e-4 + 4e-4 + 2.25e-4 + 2.5e-5 + 1e-4)),
    12,
  );
  // people counted as a mean over variants
  const ofMean = compareMethods([
    of('a', 'ldsc', 0.2, 0.02, { n: 3000, ...without(0.2, blocks) }),
    of('a', 'sldsc', 0.3, 0.03, { n: 3000 * (1 - 1e-13), ...without(0.3, blocks) }),
  ])!.differences[0];
  expect(ofMean).toMatchObject({ noError: null, difference: { se: expect.closeTo(0, 12) } });
  // other blocks
  expect(pair([0, 0, 0, 0]).se).toBeNull();
});

test('where nothing is beyond errors nothing is explained away', () => {
  expect(compareMethods([of('a', 'gre', 0.2, 0.1), of('a', 'ldsc', 0.3, 0.1)])!.why).toEqual([
    'No two methods differ by more than their errors allow.',
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
    { frequency: 0.0045, ld: 0.5 },
    /data speak against that: variants of bin 3 of 10 of frequency/,
  ],
  ['LD', { frequency: 0.0046, ld: 0.0045 }, /data speak against that: variants in high LD explain less/],
  ['neither', { frequency: 0.0046, ld: 0.0046 }, /speaks against neither assumption/],
])('the data speak against %s', (_, p, expected) => {
  const { why } = compareMethods([of('a', 'gre', 0.2, 0.01), of('a', 'ldsc', 0.5, 0.01), byBins(p)])!;
  expect(why).toHaveLength(1);
  expect(why[0]).toMatch(/^LDSC less GRE is beyond what errors allow for a \(0\.30\)\. /);
  expect(why[0]).toMatch(expected);
});

test('a run without bins says which method would tell', () => {
  expect(compareMethods([of('a', 'gre', 0.2, 0.01), of('a', 'ldsc', 0.5, 0.01)])!.why[0]).toContain(
    'sldsc-maf-lld',
  );
});
