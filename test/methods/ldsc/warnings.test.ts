import { expect, test } from 'vitest';
import { type Warning, warning, warningText } from '../../../src/estimate/warnings.js';
import type { H2Estimate } from '../../../src/estimators/ldsc/h2.js';
import { aboveAll, h2Warnings } from '../../../src/methods/ldsc/warnings.js';

const estimate: H2Estimate = {
  h2: 0.25,
  se: 0.005,
  intercept: 1.05,
  interceptSe: 0.005,
  ratio: 0.05,
  ratioSe: 0.005,
  snps: 1_000_000,
  aboveChi2Max: 0,
  firstStepSnps: 999_000,
  twoStep: 30,
  chi2Max: null,
  blocks: 200,
  meanChi2: 2,
  lambdaGc: 1.6,
  maxChi2: 400,
  h2Deleted: new Float64Array(),
  interceptDeleted: null,
};
const fixed = (h2: number) => ({ h2, se: 0.004, intercept: 1 });
const warned = (own: Partial<H2Estimate>, h2: number, meanN = 50_000, uncovered?: Warning) => {
  const free = { ...estimate, ...own };
  return h2Warnings({ estimate: free, free, fixed: fixed(h2), meanN, uncovered });
};
const codes = (...given: Parameters<typeof warned>) => warned(...given).map(({ code }) => code);

test('intercepts disagree where the difference matters, not where it is only significant', () => {
  // 3.1 standard errors apart, and 8 % of h²
  expect(codes({}, 0.27)).toEqual([]);
  expect(codes({}, 0.3)).toEqual(['intercepts-disagree']);
  expect(codes({ se: 0.05 }, 0.3)).toEqual([]);
  expect(codes({ interceptSe: 0.05 }, 0.3)).toEqual([]);
});

test('the warning says which one to report', () => {
  expect(warningText(warned({}, 0.3)[0])).toMatch(
    / 5 % of the inflation.*Report 0\.250\S* \(\S+\), with the intercept free/,
  );
  const [cut] = warned({ firstStepSnps: 700_000 }, 0.3);
  expect(warningText(cut)).toMatch(
    /leaves out 30 % of them.*Report neither of the two: report what --two-step 1000 gives/,
  );
});

test.each([
  [0, 100],
  [30, 100],
  [99.9, 100],
  [100, 1000],
  [1234.5, 10_000],
])('above a largest χ² of %d: %d', (largest, cutoff) => {
  expect(aboveAll(largest)).toBe(cutoff);
});

test('a number of studies for N, and chromosomes without statistics', () => {
  expect(warningText(warned({}, 0.25, 3)[0])).toMatch(
    /the mean N is 3\.00: .*N is the number of people, not of studies/,
  );
  const absent = warning('part-of-genome', 'no SNP of chromosome 1');
  expect(warned({}, 0.25, 50_000, absent)[0]).toEqual(absent);
});
