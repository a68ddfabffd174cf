import { describe, expect, it } from 'vitest';
import {
  fitLine,
  heritabilityFromParents,
  siblingSharingRegression,
} from '../../../src/estimators/twin/designs.js';
import { fitModel } from '../../../src/estimators/twin/models.js';
import { sumPairs } from '../../../src/estimators/twin/strata.js';
import { typescriptKernels } from '../../../src/kernels/typescript.js';

describe('regression on parents (METHODS 9.1)', () => {
  it('fits a line with standard errors', () => {
    // SciPy: linregress([1, 2, 3, 4, 5], [2.1, 2.9, 4.2, 4.8, 6.1])
    const line = fitLine([1, 2, 3, 4, 5, Number.NaN], [2.1, 2.9, 4.2, 4.8, 6.1, 3]);
    expect(line).toEqual({
      slope: expect.closeTo(0.99, 12),
      slopeSE: expect.closeTo(0.0597216, 6),
      intercept: expect.closeTo(1.05, 12),
      interceptSE: expect.closeTo(0.1980741, 6),
      n: 5,
    });
  });

  it('takes the slope on both parents as it is, on one parent doubled', () => {
    expect(heritabilityFromParents(0.5, 0.1, 'both')).toEqual({ h2: 0.5, se: 0.1 });
    expect(heritabilityFromParents(0.25, 0.1, 'one')).toEqual({ h2: 0.5, se: 0.2 });
  });

  it('needs a predictor that varies', () => {
    const [x, y] = [
      [1, 2, 3, 4, 5],
      [2.1, 2.9, 4.2, 4.8, 6.1],
    ];
    const usual = fitLine(x, y);
    for (const scale of [1e-160, 1e299]) {
      const { slope, slopeSE } = fitLine(
        x,
        y.map((value) => value * scale),
      );
      expect(slope / scale).toBeCloseTo(usual.slope, 12);
      expect(slopeSE / scale).toBeCloseTo(usual.slopeSE, 12);
    }
    expect(() =>
      fitLine(
        x.map((value) => value * 1e-200),
        y.map((value) => value * 1e200),
      ),
    ).toThrow(/other units/);
    expect(() => fitLine([1, 1, 1], [1, 2, 3])).toThrow(/predictor that varies/);
    expect(() => fitLine([1, 2], [1, 2])).toThrow(/at least three/);
  });
});

describe('realised sharing of siblings (METHODS 9.1)', () => {
  const [pairs, a2, c2] = [4000, 0.6, 0.1];
  const normal = (stream: number) => {
    const out = new Float64Array(pairs);
    typescriptKernels.normal(11, stream, 0, out);
    return out;
  };
  // A wide spread of sharing, so that the estimate is precise enough for a test.
  const sharing = normal(0).map((z) => Math.min(1, Math.max(0, 0.5 + 0.2 * z)));
  const [u, v] = [normal(1), normal(2)];
  const first = u;
  const second = v.map((value, i) => {
    const r = sharing[i] * a2 + c2;
    return r * u[i] + Math.sqrt(1 - r * r) * value;
  });

  it('recovers A and C by regression and by maximum likelihood', () => {
    const line = siblingSharingRegression(first, second, sharing);
    expect(line.pairs).toBe(pairs);
    expect(line.sdSharing).toBeCloseTo(0.2, 1);
    expect(Math.abs(line.a2 - a2)).toBeLessThan(3 * line.a2SE);
    expect(Math.abs(line.c2 - c2)).toBeLessThan(3 * line.c2SE);
    const relationship = Array.from(sharing, (additive) => ({ additive, dominance: 0, shared: 1 }));
    const ace = fitModel('ACE', sumPairs([{ label: 'siblings', relationship, first, second }]), {
      intervals: false,
    });
    expect(Math.abs(ace.a2 - a2)).toBeLessThan(3 * ace.se.a2!);
    expect(ace.se.a2!).toBeLessThan(line.a2SE);
  });

  it('refuses a sharing that is no share', () => {
    const wrong = sharing.slice();
    wrong[7] = 1.2;
    expect(() => siblingSharingRegression(first, second, wrong)).toThrow(
      /sharing of alleles is impossible .*1\.2/,
    );
  });
});
