import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../../../src/estimators/twin/models.js';
import type { PairGroup } from '../../../src/estimators/twin/pairs.js';
import { RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';
import { familyCount, sumPairs } from '../../../src/estimators/twin/strata.js';

const NA = Number.NaN;
const mz: PairGroup = {
  label: 'MZ',
  relationship: RELATIONSHIPS.mz,
  first: Float64Array.of(1, 2, NA, 4, NA, 0.5),
  second: Float64Array.of(1.5, 2.5, 3, NA, NA, 0.1),
};
const dz: PairGroup = {
  label: 'DZ',
  relationship: RELATIONSHIPS.dz,
  first: Float64Array.of(1, -1, 3, 2),
  second: Float64Array.of(2, 0.5, 0, 2.5),
};

describe('sumPairs', () => {
  it('counts pairs and singletons, and leaves out pairs without a phenotype', () => {
    const sums = sumPairs([mz, dz]);
    expect(sums.groups).toEqual([
      { label: 'MZ', pairs: 3, singletons: 2 },
      { label: 'DZ', pairs: 4, singletons: 0 },
    ]);
    expect(familyCount(sums)).toBe(9);
    expect(sums.strata.map(({ group, sign, count }) => [group, sign, count])).toEqual([
      [0, 1, 3],
      [0, -1, 3],
      [0, 0, 2],
      [1, 1, 4],
      [1, -1, 4],
    ]);
  });

  it('the likelihood is that of the pairs: order within pairs, units and origin do not matter', () => {
    const base = fitModel('ACE', sumPairs([mz, dz]), { intervals: false });
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.boolean(),
        (shift, scale, swap) => {
          const change = (group: PairGroup): PairGroup => {
            const [a, b] = [group.first, group.second].map((y) => y.map((value) => shift + scale * value));
            return { ...group, first: swap ? b : a, second: swap ? a : b };
          };
          const changed = fitModel('ACE', sumPairs([change(mz), change(dz)]), { intervals: false });
          expect(changed.a2).toBeCloseTo(base.a2, 5);
          // Twelve phenotypes in complete pairs and two singletons: a change of units adds 2 n ln scale.
          expect(changed.minus2lnL).toBeCloseTo(base.minus2lnL + 2 * 16 * Math.log(scale), 4);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('realised sharing gives every pair its own strata, with the same likelihood where it is equal', () => {
    const perPair = { ...dz, relationship: Array.from(dz.first, () => RELATIONSHIPS.dz) };
    const [a, b] = [sumPairs([mz, dz]), sumPairs([mz, perPair])];
    expect(b.strata.length).toBe(3 + 8);
    expect(fitModel('ACE', b, { intervals: false }).minus2lnL).toBeCloseTo(
      fitModel('ACE', a, { intervals: false }).minus2lnL,
      9,
    );
  });

  it.each([
    [[{ ...mz, first: Float64Array.of(NA), second: Float64Array.of(NA) }], /no pair has a phenotype/],
    [[{ ...mz, first: Float64Array.of(1), second: Float64Array.of(NA) }], /no pair has both phenotypes/],
    [[{ ...mz, first: Float64Array.of(1, 1), second: Float64Array.of(1, 1) }], /same for everyone/],
    [[mz, { ...dz, first: Float64Array.of(NA), second: Float64Array.of(NA) }], /no DZ pair has a phenotype/],
  ])('refuses data without information (%#)', (groups, message) => {
    expect(() => sumPairs(groups)).toThrow(message);
  });

  it('refuses a person with a phenotype but without a covariate', () => {
    const covariates = {
      firstCovariates: Float64Array.of(1, NA, 2, 3),
      secondCovariates: Float64Array.of(1, 2, 3, 4),
    };
    expect(() => sumPairs([{ ...dz, ...covariates }], 'equal', ['age'])).toThrow(
      /age is missing for a person/,
    );
  });

  it('refuses constant and collinear covariates by name', () => {
    const withCovariates = (covariates: readonly number[], width: number): PairGroup => ({
      ...dz,
      firstCovariates: Float64Array.from(covariates),
      secondCovariates: Float64Array.from(covariates),
      label: `DZ${width}`,
    });
    expect(() => sumPairs([withCovariates([5, 5, 5, 5], 1)], 'equal', ['age'])).toThrow(
      /covariate age is the same/,
    );
    expect(() => sumPairs([withCovariates([1, 2, 2, 4, 3, 6, 4, 8], 2)], 'equal', ['age', 'twice'])).toThrow(
      /collinear/,
    );
  });
});
