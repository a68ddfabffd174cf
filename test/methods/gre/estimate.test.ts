import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraitFacts } from '../../../src/estimate/trait-facts.js';
import type { TraitEstimate } from '../../../src/estimators/gre/result.js';
import { greEstimate } from '../../../src/methods/gre/estimate.js';

const TRAIT: TraitFacts = { name: 'y', kind: 'quantitative' };

function overlapWarning(excess: number, se: number, excessSe = se / 20): string | undefined {
  const estimate: TraitEstimate = {
    h2: 0.5,
    se,
    n: 20_000,
    covariates: 1,
    blocks: [],
    overlap: { excess, excessSe, averageShare: 0.05, averageRankShare: 0.04 },
  };
  return greEstimate(TRAIT, estimate, 'analytic').warnings.find(({ code }) => code === 'blocks-overlap')
    ?.text;
}

test('unrelated people: an excess of .0074 beside a standard error of .021 is none to warn of', () => {
  expect(overlapWarning(0.0074, 0.021)).toBeUndefined();
});

test('an excess comparable to the standard error is said, with both', () => {
  expect(overlapWarning(0.021, 0.021)).toMatch(
    /changes the sum by about 0\.021\S* \(\S+\) beside its standard error of 0\.021/,
  );
});

test('the warning goes by the share of the standard error, at any size', () => {
  const se = fc.double({ min: 0.001, max: 0.2, noNaN: true });
  const share = fc.double({ min: 0.01, max: 0.45, noNaN: true });
  fc.assert(
    fc.property(se, share, fc.boolean(), (size, part, isBelow) => {
      const sign = isBelow ? -1 : 1;
      expect(overlapWarning(sign * part * size, size)).toBeUndefined();
      expect(overlapWarning(sign * (part + 0.6) * size, size)).toBeDefined();
    }),
    { numRuns: 50 },
  );
});

test('categories are told apart or not by what an even spread would give them', () => {
  const category = (name: string, size: number, se: number) => ({
    name,
    size,
    h2: 0.1,
    se,
    enrichment: 1,
    enrichmentSe: 1,
  });
  const estimate = (se: number): TraitEstimate => ({
    h2: 0.5,
    se: 0.02,
    n: 20_000,
    covariates: 1,
    blocks: [
      { id: '1', variants: 1000, rank: 900, r2: 0.5, h2: 0.5, se: 0.02, iterations: 0, solverError: 0 },
    ],
    categories: [category('rare', 200, se), category('common', 800, se)],
  });
  const texts = (se: number) =>
    greEstimate(TRAIT, estimate(se), 'analytic').warnings.flatMap(({ code, text }) =>
      code === 'categories-wide' ? [text] : [],
    );
  expect(texts(0.05)).toEqual([]);
  expect(texts(0.06)[0]).toMatch(/^1 of 2 categories are too uncertain .* such as rare: .* gives 0\.1/);
  expect(texts(0.3)[0]).toMatch(/^2 of 2/);
});
