import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { falconer, fromCorrelations, pairCorrelation } from '../../../src/estimators/twin/correlations.js';
import { parseRelationship, RELATIONSHIPS } from '../../../src/estimators/twin/relatives.js';

describe("Falconer's formula (METHODS 9.1)", () => {
  it('gives the worked example with standard errors', () => {
    const { shares, standardErrors } = falconer(0.62, 0.36, { mz: 1000, dz: 1000 });
    expect(shares.get('A')).toBeCloseTo(0.52, 12);
    expect(shares.get('C')).toBeCloseTo(0.1, 12);
    expect(shares.get('E')).toBeCloseTo(0.38, 12);
    expect(standardErrors!.get('A')).toBeCloseTo(0.06743, 5);
    expect(standardErrors!.get('C')).toBeCloseTo(0.05839, 5);
    expect(standardErrors!.get('E')).toBeCloseTo((1 - 0.62 ** 2) / Math.sqrt(1000), 12);
  });

  it('has a dominance form for r_MZ > 2 r_DZ', () => {
    const { shares } = falconer(0.7778, 0.305, {}, ['A', 'D']);
    expect(shares.get('A')).toBeCloseTo(4 * 0.305 - 0.7778, 12);
    expect(shares.get('D')).toBeCloseTo(2 * 0.7778 - 4 * 0.305, 12);
    expect(shares.get('E')).toBeCloseTo(1 - 0.7778, 12);
  });

  it('gives no standard errors without pair counts', () => {
    expect(falconer(0.62, 0.36).standardErrors).toBeUndefined();
    expect(falconer(0.62, 0.36, { mz: 1000 }).standardErrors).toBeUndefined();
  });

  it('is exact for any true components, and its shares sum to 1', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, y) => {
          const [a2, c2] = [x, (1 - x) * y];
          const { shares } = falconer(a2 + c2, a2 / 2 + c2);
          expect(shares.get('A')).toBeCloseTo(a2, 10);
          expect(shares.get('C')).toBeCloseTo(c2, 10);
          expect([...shares.values()].reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it.each([
    [1.1, 0.3],
    [0.5, -1.01],
    [Number.NaN, 0.3],
  ])('refuses impossible correlations %d, %d', (mz, dz) => {
    expect(() => falconer(mz, dz)).toThrow(/impossible \(.*expected a number from -1 to 1\)/);
  });
});

describe('correlations of any relatives', () => {
  const correlation = (name: keyof typeof RELATIONSHIPS, r: number, pairs = 500) => {
    return { label: name, relationship: RELATIONSHIPS[name], r, pairs };
  };

  it('solves A and C from siblings and half siblings, or from adoptive siblings', () => {
    const [a2, c2] = [0.4, 0.15];
    const halves = fromCorrelations([
      correlation('full-siblings', a2 / 2 + c2),
      correlation('half-siblings', a2 / 4 + c2),
    ]);
    expect(halves.shares.get('A')).toBeCloseTo(a2, 12);
    expect(halves.shares.get('C')).toBeCloseTo(c2, 12);
    const adopted = fromCorrelations([
      correlation('full-siblings', a2 / 2 + c2),
      correlation('adoptive-siblings', c2),
    ]);
    expect(adopted.shares.get('A')).toBeCloseTo(a2, 12);
  });

  it('separates A, C and D with twins reared apart', () => {
    const [A, C, D] = [0.3, 0.1, 0.2];
    const { shares } = fromCorrelations(
      [correlation('mz', A + C + D), correlation('dz', A / 2 + C + D / 4), correlation('mz-apart', A + D)],
      ['A', 'C', 'D'],
    );
    expect(shares.get('A')).toBeCloseTo(A, 10);
    expect(shares.get('C')).toBeCloseTo(C, 10);
    expect(shares.get('D')).toBeCloseTo(D, 10);
  });

  it('weights correlations by their precision where there are more than needed', () => {
    const { shares } = fromCorrelations(
      [correlation('mz-apart', 0.5, 1e6), correlation('parent-offspring-apart', 0.1, 10)],
      ['A'],
    );
    expect(shares.get('A')).toBeCloseTo(0.5, 3);
  });

  it('refuses to tell C and D apart in twins reared together', () => {
    expect(() => fromCorrelations([correlation('mz', 0.6), correlation('dz', 0.3)], ['A', 'C', 'D'])).toThrow(
      /cannot tell A and C and D apart/,
    );
  });

  it('lists adoptees as the chapter does', () => {
    expect(RELATIONSHIPS['parent-offspring-apart']).toEqual({ additive: 0.5, dominance: 0, shared: 0 });
    expect(RELATIONSHIPS['adoptive-parent']).toEqual({ additive: 0, dominance: 0, shared: 1 });
  });
});

describe('parseRelationship', () => {
  it('reads names and shares', () => {
    expect(parseRelationship('dz')).toEqual({ additive: 0.5, dominance: 0.25, shared: 1 });
    expect(parseRelationship('0.25/0/1')).toEqual(RELATIONSHIPS['half-siblings']);
  });

  it.each(['uncle', '0.5/0', '0.5//1', '2/0/0', 'toString'])('refuses %j', (text) => {
    expect(() => parseRelationship(text)).toThrow(/not a relationship .*full-siblings/);
  });
});

describe('pairCorrelation', () => {
  it('uses complete pairs only', () => {
    const [a, b] = [
      [1, 2, 4, Number.NaN, 9],
      [2, 1, 5, 3, Number.NaN],
    ];
    // NumPy: corrcoef([1, 2, 4], [2, 1, 5])
    expect(pairCorrelation('MZ', a, b)).toEqual({ r: expect.closeTo(0.83862787, 8), pairs: 3 });
  });

  it('says so where there is nothing to correlate', () => {
    expect(() => pairCorrelation('DZ', [1, 1], [1, 2])).toThrow(/DZ pairs have no correlation/);
  });
});
