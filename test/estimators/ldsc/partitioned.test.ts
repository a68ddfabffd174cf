import { describe, expect, it } from 'vitest';
import { estimateCellTypes } from '../../../src/estimators/ldsc/cell-type.js';
import {
  estimatePartitioned,
  heritabilityOfSets,
  ldConditionNumber,
} from '../../../src/estimators/ldsc/partitioned.js';
import type { LdScores } from '../../../src/estimators/ldsc/score-regression.js';
import { normalCdf } from '../../../src/linalg/distributions.js';
import { ParkMiller } from '../../fixture.js';
import { goldenScores } from './golden.js';

const { ld: plain, scoresOf, z, n, frequency } = goldenScores();
const trait = { chi2: z.map((value) => value * value), n };
const isCommon = (k: number) => (frequency[k] > 0.25 ? 1 : 0);
const common = scoresOf(isCommon);
const commonSnps = frequency.filter((_, k) => isCommon(k) === 1).length;
const ld: LdScores = { ...plain, scores: [plain.scores[0], common], counts: [60, commonSnps] };
const overlap = { products: Float64Array.of(60, commonSnps, commonSnps, commonSnps), snps: 60 };

describe('stratified LD score regression of the fixture of METHODS 12', () => {
  const [fit] = estimatePartitioned(ld, [trait], { blocks: 20, chi2Max: null, overlap });

  it('has its coefficients, intercept and total', () => {
    expect(commonSnps).toBe(34);
    const [base, category] = fit.categories;
    expect(base.tau).toBeCloseTo(0.01070991, 8);
    expect(base.tauSe).toBeCloseTo(0.01138078, 8);
    expect(category.tau).toBeCloseTo(0.00192775, 8);
    expect(category.tauSe).toBeCloseTo(0.00444952, 8);
    expect(fit.intercept).toBeCloseTo(0.410515, 6);
    expect(fit.interceptSe).toBeCloseTo(3.939042, 6);
    expect(fit.h2).toBeCloseTo(0.708138, 6);
  });

  it('has its share and enrichment', () => {
    const [base, category] = fit.categories;
    expect(category.propH2).toBeCloseTo(0.606775, 6);
    expect(category.propH2Se).toBeCloseTo(0.140623, 6);
    expect(category.enrichment).toBeCloseTo(1.070779, 6);
    expect(category.propSnps).toBeCloseTo(34 / 60, 12);
    expect([base.propH2, base.enrichmentP, base.tauStar]).toEqual([1, null, 0]);
  });

  it('tests the difference between inside and outside: with one category that is its coefficient', () => {
    const [, category] = fit.categories;
    const t = category.tau / category.tauSe;
    expect(category.enrichmentP).toBeGreaterThan(2 * normalCdf(-t));
    expect(category.enrichmentP).toBeLessThan(1.1 * 2 * normalCdf(-t));
    const p = 34 / 60;
    expect(category.tauStar).toBeCloseTo((category.tau * Math.sqrt(p * (1 - p)) * 60) / fit.h2, 10);
  });

  it('adds up: sets that make up all SNPs hold all heritability', () => {
    const outside = Float64Array.of(60 - commonSnps, 0);
    const sums = Float64Array.of(...outside, commonSnps, commonSnps);
    const { sets, h2 } = heritabilityOfSets(fit.coefficients, sums, ld.counts, [26, 34], 60);
    expect(sets[0].h2 + sets[1].h2).toBeCloseTo(h2, 12);
    expect(sets[0].propH2 + sets[1].propH2).toBeCloseTo(1, 12);
    expect(sets[1]).toEqual(
      expect.objectContaining({ propH2: expect.closeTo(fit.categories[1].propH2, 12), propSnps: 34 / 60 }),
    );
    expect(sets[0].propH2Se).toBeCloseTo(sets[1].propH2Se, 12);
  });

  it('takes cell types beside the baseline, one-sided', () => {
    const [cell] = estimateCellTypes(
      plain,
      [{ name: 'common', scores: [common], counts: [commonSnps] }],
      trait,
      { blocks: 20, chi2Max: null },
    );
    expect(cell.tau).toBeCloseTo(fit.categories[1].tau, 12);
    expect(cell.p).toBeCloseTo(normalCdf(-cell.tau / cell.tauSe), 12);
  });

  it('knows scores that do not tell annotations apart', () => {
    expect(ldConditionNumber(ld.scores)).toBeLessThan(100);
    const twice = [...ld.scores, ld.scores[0].map((score) => 2 * score + 1e-9)];
    expect(ldConditionNumber(twice)).toBeGreaterThan(1e5);
    expect(() =>
      estimatePartitioned({ ...ld, scores: [...ld.scores, ld.scores[0]], counts: [60, 34, 60] }, [trait]),
    ).toThrow(/do not tell the annotations/);
  });
});

describe('simulated truth', () => {
  it('is found for overlapping and continuous annotations', () => {
    const random = new ParkMiller(11);
    const snps = 30_000;
    const column = (draw: () => number) => Float64Array.from({ length: snps }, draw);
    const base = column(() => 1 + 40 * random.uniform());
    const binary = base.map((score) => score * 0.2 * random.uniform());
    const continuous = base.map((score) => score * (random.uniform() - 0.5));
    const counts = [snps, 0.1 * snps, 0.01 * snps];
    const tau = [0.3 / snps, 1.2 / snps, 0.1 / snps];
    const sizes = column(() => 50_000);
    const scores = [base, binary, continuous];
    const traits = Array.from({ length: 20 }, () => ({
      n: sizes,
      chi2: base.map((_, j) => {
        const expected = scores.reduce((sum, score, c) => sum + score[j] * tau[c], 0);
        return (1 + 50_000 * expected) * random.normal() ** 2;
      }),
    }));
    const fits = estimatePartitioned({ scores, weightScores: base, counts }, traits, { chi2Max: null });
    for (const [c, truth] of tau.entries()) {
      const values = fits.map(({ categories }) => categories[c]);
      const mean = values.reduce((sum, value) => sum + value.tau, 0) / 20;
      const se = values.reduce((sum, value) => sum + value.tauSe, 0) / 20;
      expect(Math.abs(mean - truth)).toBeLessThan((3.5 * se) / Math.sqrt(20));
    }
  });
});
