import { describe, expect, it } from 'vitest';
import { estimateH2, ldscRules, summariseChi2 } from '../../../src/estimators/ldsc/h2.js';
import { aggregate, type LdScores, sumColumns } from '../../../src/estimators/ldsc/score-regression.js';
import { ParkMiller } from '../../fixture.js';
import { goldenScores } from './golden.js';

const { ld, z, n } = goldenScores();
const trait = { chi2: z.map((value) => value * value), n };

describe('LD score regression of the fixture of METHODS 12', () => {
  it('has its LD scores and statistics', () => {
    const [scores] = ld.scores;
    for (const [j, value] of [1.195112, 1.834082, 2.005291].entries())
      expect(scores[j]).toBeCloseTo(value, 6);
    const { meanChi2, maxChi2 } = summariseChi2(trait.chi2);
    expect(meanChi2).toBeCloseTo(5.12411, 5);
    expect(maxChi2).toBeCloseTo(20.459, 4);
  });

  it('with a free intercept', () => {
    const [fit] = estimateH2(ld, [trait], { blocks: 20, twoStep: null });
    expect(fit.h2).toBeCloseTo(0.938278, 6);
    expect(fit.se).toBeCloseTo(0.691702, 6);
    expect(fit.intercept).toBeCloseTo(-1.038843, 6);
    expect(fit.interceptSe).toBeCloseTo(4.374605, 6);
    expect(fit.ratio).toBeCloseTo(-2.038843 / 4.12411, 5);
    expect(fit.ratioSe).toBeCloseTo(4.374605 / 4.12411, 5);
  });

  it('with the intercept fixed at 1', () => {
    const [fit] = estimateH2(ld, [trait], { blocks: 20, intercept: 1 });
    expect(fit.h2).toBeCloseTo(0.613695, 6);
    expect(fit.se).toBeCloseTo(0.130881, 6);
    expect([fit.intercept, fit.interceptSe, fit.ratio]).toEqual([1, null, null]);
  });

  it('in two steps', () => {
    const [fit] = estimateH2(ld, [trait], { blocks: 20, twoStep: 5 });
    expect(fit.h2).toBeCloseTo(0.379, 6);
    expect(fit.se).toBeCloseTo(0.335513, 6);
    expect(fit.intercept).toBeCloseTo(2.539343, 6);
    expect(fit.interceptSe).toBeCloseTo(1.96389, 6);
    expect(fit.firstStepSnps).toBe(trait.chi2.filter((value) => value < 5).length);
  });

  it('of many traits is that of each', () => {
    const other = { chi2: trait.chi2.map((value) => value / 3), n };
    const both = estimateH2(ld, [trait, other], { blocks: 20 });
    expect(both).toEqual([
      ...estimateH2(ld, [trait], { blocks: 20 }),
      ...estimateH2(ld, [other], { blocks: 20 }),
    ]);
  });
});

describe('the rules of LDSC', () => {
  it('by default', () => {
    expect(ldscRules({}, 1, 1e6)).toEqual({ twoStep: 30, chi2Max: null });
    expect(ldscRules({ intercept: 1 }, 1, 1e6)).toEqual({ twoStep: null, chi2Max: null });
    expect(ldscRules({}, 2, 1e6)).toEqual({ twoStep: null, chi2Max: 1000 });
    expect(ldscRules({}, 2, 1000)).toEqual({ twoStep: null, chi2Max: 80 });
  });

  it('leave out SNPs with χ² at the limit or above', () => {
    const limit = trait.chi2[7];
    const [fit] = estimateH2(ld, [trait], { chi2Max: limit });
    const keep = (values: Float64Array) => values.filter((_, j) => trait.chi2[j] < limit);
    const kept: LdScores = {
      scores: [keep(ld.scores[0])],
      weightScores: keep(ld.weightScores),
      counts: ld.counts,
    };
    const [direct] = estimateH2(kept, [{ chi2: keep(trait.chi2), n: keep(n) }]);
    expect({ ...fit, chi2Max: null, aboveChi2Max: 0 }).toEqual(direct);
    expect(fit.aboveChi2Max).toBe(60 - direct.snps);
  });

  it('start from the aggregate estimate and have the constants of LDSC’s own tests', () => {
    const ones = new Float64Array(10).fill(1);
    const of = (value: number) => ones.map(() => value);
    const start = aggregate(sumColumns(of(1.5), of(1e5), of(100)), 10, 1e7, 1);
    expect(start).toBeCloseTo(0.5, 12);
    const { lambdaGc } = summariseChi2(Float64Array.from({ length: 100 }, (_, i) => i));
    expect(lambdaGc).toBeCloseTo(108.81512420312156, 10);
  });

  it('refuse fewer SNPs than blocks', () => {
    const few = { chi2: trait.chi2.map((value) => value + 100), n };
    expect(() => estimateH2(ld, [few])).toThrow(
      /0 SNPs are below the cutoff of the two-step estimator.*--two-step/,
    );
  });
});

describe('simulated truth', () => {
  it('is found without bias, with a standard error that is right', () => {
    const snps = 20_000;
    const random = new ParkMiller(4);
    const scores = Float64Array.from({ length: snps }, () => 1 + 60 * random.uniform() ** 2);
    const simulated: LdScores = { scores: [scores], weightScores: scores, counts: [snps] };
    const sizes = Float64Array.from({ length: snps }, () => 40_000 + 20_000 * random.uniform());
    const [h2, intercept] = [0.3, 1.1];
    const traits = Array.from({ length: 40 }, () => ({
      n: sizes,
      chi2: scores.map((score, j) => (intercept + (h2 * sizes[j] * score) / snps) * random.normal() ** 2),
    }));
    for (const twoStep of [null, 30]) {
      const fits = estimateH2(simulated, traits, { twoStep });
      const average = (of: (fit: (typeof fits)[0]) => number) =>
        fits.reduce((sum, fit) => sum + of(fit), 0) / fits.length;
      const mean = average((fit) => fit.h2);
      const se = average((fit) => fit.se);
      const spread = Math.sqrt(average((fit) => (fit.h2 - mean) ** 2));
      // truncated χ² pull two-step slopes a little; free of them the estimator is unbiased
      if (twoStep === null) expect(Math.abs(mean - h2)).toBeLessThan((3 * se) / Math.sqrt(40));
      expect(spread / se).toBeGreaterThan(0.7);
      expect(spread / se).toBeLessThan(1.4);
    }
  });
});
