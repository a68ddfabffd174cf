import { describe, expect, it } from 'vitest';
import { monteCarloWork, recurrenceSteps } from '../../../src/estimators/reml/monte-carlo/cost.js';

describe('the cost of Monte Carlo REML', () => {
  it('has about the steps that runs at h2 = 0.5 were seen to take', () => {
    const seen = [
      { people: 10_000, variants: 50_000, steps: 12 },
      { people: 5_000, variants: 10_000, steps: 16 },
      { people: 20_000, variants: 20_000, steps: 22 },
    ];
    for (const { people, variants, steps } of seen)
      expect(Math.abs(recurrenceSteps(people, variants) - steps)).toBeLessThanOrEqual(1);
  });

  it('grows with the random vectors and the traits, and a trait of several components has vectors of its own', () => {
    const shape = { people: 1000, variants: 2000, groups: 1, columns: 1, vectors: 30 };
    const of = (components: number, traits: number) =>
      monteCarloWork({ ...shape, components, traits }).products ?? 0;
    const ofTraces = (of(1, 1) * 32 - of(1, 2) * 31) / 1; // (31 s + t) 32 - (32 s + t) 31 = t
    expect(of(1, 2) - ofTraces).toBeCloseTo(((of(1, 1) - ofTraces) * 32) / 31, 3);
    expect(of(8, 2) - ofTraces).toBeCloseTo(2 * (of(8, 1) - ofTraces), 3);
  });
});
