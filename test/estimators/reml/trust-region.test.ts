import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trustRegionStep } from '../../../src/estimators/reml/monte-carlo/trust-region.js';

const finite = fc.double({ min: -3, max: 3, noNaN: true });

/** A = B B' + I. */
const problem = fc.record({
  b: fc.array(finite, { minLength: 9, maxLength: 9 }),
  gradient: fc.array(finite, { minLength: 3, maxLength: 3 }),
  x: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
  radius: fc.oneof(fc.constant(Infinity), fc.double({ min: 0.01, max: 5, noNaN: true })),
});

it('stays within the trust region and the bounds', () => {
  fc.assert(
    fc.property(problem, ({ b, gradient, x, radius }) => {
      const information = Float64Array.from({ length: 9 }, (_, at) => {
        const [i, j] = [Math.floor(at / 3), at % 3];
        return Number(i === j) + [0, 1, 2].reduce((sum, k) => sum + b[3 * i + k] * b[3 * j + k], 0);
      });
      const { step, length } = trustRegionStep(
        Float64Array.from(gradient),
        information,
        Float64Array.from(x),
        0,
        radius,
      );
      for (const [i, value] of step.entries()) expect(x[i] + value).toBeGreaterThanOrEqual(-1e-9);
      const held = step.some((value, i) => Math.abs(x[i] + value) < 1e-9);
      if (!held) expect(length).toBeLessThanOrEqual(radius * (1 + 1e-6));
    }),
  );
});

it('is the Newton step where nothing stands in the way', () => {
  const { step, predicted } = trustRegionStep(
    Float64Array.of(1, -0.5),
    Float64Array.of(2, 0, 0, 5),
    Float64Array.of(1, 1),
    1e-9,
    Infinity,
  );
  expect(step[0]).toBeCloseTo(0.5, 12);
  expect(step[1]).toBeCloseTo(-0.1, 12);
  expect(predicted).toBeCloseTo(0.25 + 0.025, 12);
});
