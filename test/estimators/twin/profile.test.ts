import { describe, expect, it } from 'vitest';
import { PROFILE_RISE, profileInterval } from '../../../src/estimators/twin/profile.js';

describe('profileInterval', () => {
  const parabola = (x: number) => ((x - 2) / 0.5) ** 2 + 7;

  it('of a parabola is the estimate plus and minus 1.96 standard errors', () => {
    const [low, high] = profileInterval(parabola, 2, 7, 0.1);
    expect(low).toBeCloseTo(2 - 0.5 * Math.sqrt(PROFILE_RISE), 8);
    expect(high).toBeCloseTo(2 + 0.5 * Math.sqrt(PROFILE_RISE), 8);
  });

  it('ends at a bound that it would cross', () => {
    expect(profileInterval(parabola, 2, 7, 0.1, [1.5, 10])[0]).toBe(1.5);
    expect(profileInterval((x) => 10 * x, 0, 0, 0.1, [0, 1])[0]).toBe(0);
  });

  it('copes with values that the model cannot hold', () => {
    const walled = (x: number) => (x > 2.6 ? Number.POSITIVE_INFINITY : parabola(x));
    expect(profileInterval(walled, 2, 7, 3)[1]).toBeCloseTo(2.6, 8);
  });
});
