import { describe, expect, it } from 'vitest';
import { ldscBias } from '../../src/gap/ldsc-bias.js';
import { expectDigits, outputs } from './golden.js';

describe('confounding that follows LD (METHODS 10.8)', () => {
  it('biases the estimate by exactly M beta / N', () => {
    const values = outputs(ldscBias);
    expectDigits(values.bias, '0.01');
    expect(values.estimate).toBeCloseTo(0.32, 12);
    expect(values.intercept).toBeCloseTo(1.02, 12);
  });

  it('is what a regression of expected chi-squares on LD scores gives', () => {
    const [h2, N, M, alpha, beta] = [0.4, 50_000, 500_000, 0.05, 0.002];
    const chiSquare = (l: number) => 1 + alpha + ((N * h2) / M + beta) * l;
    const slope = (chiSquare(100) - chiSquare(0)) / 100;
    const values = outputs(ldscBias, { h2, samples: N, variants: M, alpha, beta });
    expect(values.slope).toBeCloseTo(slope, 12);
    expect(values.estimate).toBeCloseTo((slope * M) / N, 12);
    expect(values.intercept).toBeCloseTo(chiSquare(0), 12);
  });

  it('vanishes with beta', () => {
    expect(outputs(ldscBias, { beta: 0 }).estimate).toBe(outputs(ldscBias).estimate - outputs(ldscBias).bias);
  });
});
