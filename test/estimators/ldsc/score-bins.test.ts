import { expect, test } from 'vitest';
import { binByScore, type ScoreBin } from '../../../src/estimators/ldsc/score-bins.js';
import { totalScores } from '../../../src/estimators/ldsc/score-regression.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { loadKernels } from '../../../src/kernels/load.js';
import { ParkMiller } from '../../fixture.js';

const random = new ParkMiller(7);
const column = (count: number, make: () => number) => Float64Array.from({ length: count }, make);

function data(count: number, annotations = 1) {
  const scores = Array.from({ length: annotations }, () =>
    column(count, () => 1 + 200 * random.uniform() ** 2),
  );
  const trait = {
    chi2: column(count, () => 40 * random.uniform() ** 4),
    n: column(count, () => 5e4 + 1e4 * random.uniform()),
  };
  return { ld: { scores, weightScores: scores[0]!, counts: scores.map(() => count) }, trait };
}

const binsOf = (
  { ld, trait }: ReturnType<typeof data>,
  estimate: { intercept: number; chi2Max: number | null },
  tau: readonly number[],
  kernels?: Kernels,
) => binByScore(ld, totalScores(ld.scores), trait, estimate, tau, kernels);
const free = { intercept: 1.1, chi2Max: null };
const meansOf = (bins: readonly ScoreBin[]) => bins.map(({ meanScore }) => meanScore);

test.each([1, 3])('groups have means of theirs, with %i annotations', (annotations) => {
  const made = data(20_000, annotations);
  const { ld, trait } = made;
  const tau = [2e-6, -1e-6, 3e-6].slice(0, annotations);
  const bins = binsOf(made, free, tau);
  expect(bins.length).toBeGreaterThanOrEqual(48);
  expect(bins.length).toBeLessThanOrEqual(50);
  expect(meansOf(bins)).toEqual(meansOf(bins).toSorted((a, b) => a - b));

  // groups are consecutive by score, so that sorting finds the SNPs of each
  const total = ld.scores[0]!.map((_, j) => ld.scores.reduce((sum, own) => sum + own[j]!, 0));
  const order = Array.from(total.keys()).sort((a, b) => total[a]! - total[b]!);
  let from = 0;
  for (const bin of bins.slice(0, 5)) {
    let [to, sum] = [from, 0];
    while (to === from || Math.abs(sum / (to - from) - bin.meanScore) > 1e-9) sum += total[order[to++]!]!;
    const own = order.slice(from, to);
    const mean = (of: (j: number) => number) => own.reduce((all, j) => all + of(j), 0) / own.length;
    expect(own.length).toBeGreaterThan(0.8 * 400);
    expect(own.length).toBeLessThan(1.2 * 400);
    expect(bin.meanChi2).toBeCloseTo(
      mean((j) => trait.chi2[j]!),
      9,
    );
    const deviation = mean((j) => (trait.chi2[j]! - bin.meanChi2) ** 2);
    expect(bin.se).toBeCloseTo(Math.sqrt(deviation / (own.length - 1)), 9);
    const slope = (j: number) => tau.reduce((all, each, c) => all + each * ld.scores[c]![j]!, 0);
    expect(bin.expected).toBeCloseTo(1.1 + mean((j) => trait.n[j]! * slope(j)), 9);
    from = to;
  }
});

test('a limit on χ² leaves SNPs out, few SNPs make fewer groups, and none of fewer than two', () => {
  const made = data(345);
  const bins = binsOf(made, free, [1e-6]);
  expect(bins.length).toBeGreaterThan(25);
  expect(bins.length).toBeLessThanOrEqual(34);
  const limited = binsOf(made, { ...free, chi2Max: 5 }, [1e-6]);
  for (const { meanChi2 } of limited) expect(meanChi2).toBeLessThan(5);
  expect(binsOf(data(9), free, [1e-6])).toEqual([]);
});

test('SNPs with the same score are in one group', () => {
  const made = data(3000);
  const [scores] = made.ld.scores;
  scores!.fill(7);
  expect(meansOf(binsOf(made, free, [1e-6]))).toEqual([7]);
  scores!.fill(9, 1000);
  expect(meansOf(binsOf(made, free, [1e-6]))).toEqual([7, 9]);
});

test('the kernels give the same groups to the bit', () => {
  const made = data(40_000);
  expect(binsOf(made, free, [1e-6], loadKernels())).toEqual(binsOf(made, free, [1e-6]));
});
