import { describe, expect, it } from 'vitest';
import { RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { fitSaturated } from '../../../src/estimators/twin/saturated.js';

const NA = Number.NaN;
const mz = (first: readonly number[], second: readonly number[], more = {}) => ({
  label: 'MZ',
  relationship: RELATIONSHIPS.mz,
  first: Float64Array.from(first),
  second: Float64Array.from(second),
  ...more,
});

describe('the saturated model', () => {
  it('of complete pairs has their means and maximum-likelihood covariance', () => {
    const fit = fitSaturated([mz([1, 2, 4, 7], [2, 1, 5, 6])])!;
    const [group] = fit.groups;
    expect(group.means).toEqual([expect.closeTo(3.5, 9), expect.closeTo(3.5, 9)]);
    // NumPy: cov([1, 2, 4, 7], [2, 1, 5, 6], bias=True)
    expect(group.variances).toEqual([expect.closeTo(5.25, 7), expect.closeTo(4.25, 7)]);
    expect(group.covariance).toBeCloseTo(4.25, 7);
    // -2 lnL = n (2 ln 2 pi + ln |S| + 2)
    const determinant = 5.25 * 4.25 - 4.25 ** 2;
    expect(fit.minus2lnL).toBeCloseTo(4 * (2 * Math.log(2 * Math.PI) + Math.log(determinant) + 2), 7);
    expect(fit.parameters).toBe(5);
  });

  it('uses singletons', () => {
    const complete = fitSaturated([mz([1, 2, 4, 7], [2, 1, 5, 6])])!;
    const more = fitSaturated([mz([1, 2, 4, 7, 30, NA], [2, 1, 5, 6, NA, NA])])!;
    expect(more.groups[0].means[0]).toBeCloseTo(44 / 5, 6);
    // The second mean follows the regression on the first: 3.5 + (4.25 / 5.25) (8.8 - 3.5).
    expect(more.groups[0].means[1]).toBeCloseTo(3.5 + (4.25 / 5.25) * (8.8 - 3.5), 3);
    expect(more.minus2lnL).toBeGreaterThan(complete.minus2lnL);
  });

  it('does not exist with too few pairs, members who do not differ, or a covariate that is the member', () => {
    expect(fitSaturated([mz([1, 2, NA], [2, 1, 5])])).toBeUndefined();
    expect(fitSaturated([mz([1, 2, 4, 7], [1, 2, 4, 7])])).toBeUndefined();
    const sexes = { firstCovariates: new Float64Array(4).fill(1), secondCovariates: new Float64Array(4) };
    expect(fitSaturated([mz([1, 2, 4, 7], [2, 1, 5, 6], sexes)], ['sex'])).toBeUndefined();
  });
});
