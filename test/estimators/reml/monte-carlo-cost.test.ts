import { describe, expect, it } from 'vitest';
import {
  monteCarloPasses,
  monteCarloWork,
  recurrenceSteps,
} from '../../../src/estimators/reml/monte-carlo/cost.js';

describe('the cost of Monte Carlo REML', () => {
  it('has about the steps that runs were seen to take', () => {
    const seen = [
      { people: 10_000, variants: 50_000, h2: 0.25, steps: 10 },
      { people: 10_000, variants: 50_000, h2: 0.5, steps: 14 },
      { people: 10_000, variants: 50_000, h2: 0.8, steps: 22 },
      { people: 50_000, variants: 100_000, h2: 0.25, steps: 12 },
      { people: 10_000, variants: 10_000, h2: 0.25, steps: 16 },
      { people: 10_000, variants: 10_000, h2: 0.5, steps: 22 },
      { people: 10_000, variants: 10_000, h2: 0.8, steps: 38 },
      { people: 20_000, variants: 10_000, h2: 0.25, steps: 20 },
    ];
    for (const { people, variants, h2, steps } of seen) {
      const ratio = recurrenceSteps(people, variants, h2) / steps;
      expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.26);
    }
    // what a plan says is between those of traits with little and with much heritability
    const [few, usual, many] = [0.25, undefined, 0.5].map((h2) => recurrenceSteps(10_000, 50_000, h2));
    expect(few).toBeLessThan(usual!);
    expect(usual).toBeLessThan(many!);
  });

  it('has about the passes that runs on streamed genotypes were counted to read', () => {
    const seen = [
      { people: 10_000, variants: 50_000, components: 1, passes: 11 },
      { people: 4000, variants: 20_000, components: 8, passes: 166 },
      { people: 3000, variants: 5000, components: 8, passes: 401 },
      { people: 10_000, variants: 10_000, components: 8, passes: 425 },
    ];
    for (const { passes, ...shape } of seen) {
      const others = { traits: 2, groups: 1, columns: 1, vectors: 36 };
      const ratio = monteCarloPasses({ ...shape, ...others }) / passes;
      expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.3);
    }
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
