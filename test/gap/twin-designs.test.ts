import { describe, expect, it } from 'vitest';
import { twinDesigns } from '../../src/gap/twin-designs.js';
import { outputs } from './golden.js';

describe('what designs of twins and adoption give', () => {
  it('is a2 for all of them where nothing else is inherited', () => {
    const { falconerH2, apartH2, siblingH2, falconerC2, inflation } = outputs(twinDesigns, {
      a2: 0.5,
      d2: 0,
    });
    for (const h2 of [falconerH2, apartH2, siblingH2]) expect(h2).toBeCloseTo(0.5, 12);
    expect(falconerC2).toBeCloseTo(0.1, 12);
    expect(inflation).toBeCloseTo(0, 12);
  });

  it('takes dominance and epistasis as the shared parts of each kind of relative say', () => {
    // by hand: MZ .3 + .1 + .08 + .05 + .02, DZ .15 + .025 + .02 + .05
    const truth = { a2: 0.3, d2: 0.1, i2: 0.08, c2: 0.05, m2: 0.02 };
    const found = outputs(twinDesigns, truth);
    expect(found.rmz).toBeCloseTo(0.55, 12);
    expect(found.rdz).toBeCloseTo(0.245, 12);
    expect(found.falconerH2).toBeCloseTo(0.3 + 1.5 * 0.1 + 1.5 * 0.08 + 2 * 0.02, 12);
    expect(found.apartH2).toBeCloseTo(0.48, 12);
    expect(found.siblingH2).toBeCloseTo(0.3 + 0.5 * 0.1 + 0.5 * 0.08, 12);
  });

  it('refuses more than all of the variance', () => {
    expect(() => outputs(twinDesigns, { a2: 0.8, d2: 0.2, c2: 0.1 })).toThrow(/impossible together/);
  });
});
