import { describe, expect, it } from 'vitest';
import { estimateRg } from '../../../src/estimators/ldsc/rg.js';
import type { LdScores } from '../../../src/estimators/ldsc/score-regression.js';
import { ParkMiller } from '../../fixture.js';
import { goldenScores } from './golden.js';

const { ld, z, z2, n } = goldenScores();

describe('genetic correlation of the fixture of METHODS 12', () => {
  const pair = [
    { z, n },
    { z: z2, n },
  ] as const;

  it('with heritability intercepts fixed', () => {
    const fit = estimateRg(ld, pair, { blocks: 20, intercepts: [1, 1] });
    expect(fit.rg).toBeCloseTo(0.830898, 6);
    expect(fit.se).toBeCloseTo(1.484956, 6);
    expect(fit.gencov).toBeCloseTo(0.264269, 6);
    expect(fit.gencovSe).toBeCloseTo(0.476703, 6);
    expect(fit.intercept).toBeCloseTo(0.902803, 6);
    expect(fit.interceptSe).toBeCloseTo(3.066932, 6);
    expect(fit.h2[1].h2).toBeCloseTo(0.164833, 6);
  });

  it('of a trait with itself is 1', () => {
    const fit = estimateRg(ld, [pair[0], pair[0]], {
      blocks: 20,
      intercepts: [1, 1],
      covarianceIntercept: 1,
    });
    expect(fit.rg).toBeCloseTo(1, 7); // two updates of the weights end just short of where they would settle
  });

  it('does not exist where a heritability is below 0', () => {
    const small = z.map((value) => value / 10);
    const fit = estimateRg(ld, [pair[0], { z: small, n }], { blocks: 20, intercepts: [1, 1] });
    expect(fit.h2[1].h2).toBeLessThan(0);
    expect([fit.rg, fit.se, fit.z, fit.p]).toEqual([null, null, null, null]);
    expect(fit.gencov).not.toBeNaN();
  });

  it('refuses two steps with a fixed intercept', () => {
    expect(() => estimateRg(ld, pair, { twoStep: 30, covarianceIntercept: 0 })).toThrow(/two steps/);
  });
});

describe('simulated truth', () => {
  it('is found with shared people', () => {
    const random = new ParkMiller(5);
    const snps = 20_000;
    const scores = Float64Array.from({ length: snps }, () => 1 + 60 * random.uniform() ** 2);
    const simulated: LdScores = { scores: [scores], weightScores: scores, counts: [snps] };
    const [n1, n2, h1, h2, rg, shared] = [50_000, 30_000, 0.4, 0.3, -0.5, 0.2];
    const size = (value: number) => new Float64Array(snps).fill(value);
    const fits = Array.from({ length: 20 }, () => {
      const first = new Float64Array(snps);
      const second = new Float64Array(snps);
      for (let j = 0; j < snps; j++) {
        const v1 = 1 + (n1 * h1 * scores[j]) / snps;
        const v2 = 1 + (n2 * h2 * scores[j]) / snps;
        const cov = (Math.sqrt(n1 * n2) * rg * Math.sqrt(h1 * h2) * scores[j]) / snps + shared;
        const a = random.normal();
        first[j] = Math.sqrt(v1) * a;
        second[j] = (cov / Math.sqrt(v1)) * a + Math.sqrt(v2 - (cov * cov) / v1) * random.normal();
      }
      return estimateRg(simulated, [
        { z: first, n: size(n1) },
        { z: second, n: size(n2) },
      ]);
    });
    const average = (of: (fit: (typeof fits)[0]) => number) =>
      fits.reduce((sum, fit) => sum + of(fit), 0) / 20;
    const se = average((fit) => fit.se!);
    expect(Math.abs(average((fit) => fit.rg!) - rg)).toBeLessThan((3.5 * se) / Math.sqrt(20));
    expect(average((fit) => fit.intercept)).toBeCloseTo(shared, 1);
    const spread = Math.sqrt(average((fit) => (fit.rg! - average((other) => other.rg!)) ** 2));
    expect(spread / se).toBeGreaterThan(0.6);
    expect(spread / se).toBeLessThan(1.6);
  });
});
