import { describe, expect, it } from 'vitest';
import { minimise, type NewtonState } from '../../src/linalg/newton.js';

/** Rosenbrock's valley, f = 100 (y - x^2)^2 + (1 - x)^2. */
const rosenbrock = {
  evaluate: (point: Float64Array): NewtonState => ({
    point,
    value: 100 * (point[1] - point[0] ** 2) ** 2 + (1 - point[0]) ** 2,
  }),
  differentiate: ({ point: [x, y] }: NewtonState) => ({
    gradient: Float64Array.of(-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)),
    hessians: [
      Float64Array.of(1200 * x * x - 400 * y + 2, -400 * x, -400 * x, 200),
      Float64Array.of(800, 0, 0, 200),
    ],
  }),
};

describe('minimise', () => {
  it('finds the bottom of a curved valley', () => {
    const minimum = minimise(rosenbrock, rosenbrock.evaluate(Float64Array.of(-1.2, 1)))!;
    expect(minimum.point[0]).toBeCloseTo(1, 9);
    expect(minimum.point[1]).toBeCloseTo(1, 9);
  });

  it('stays where the function exists', () => {
    // f = x - ln x, minimum 1; a full Newton step from 3 would leave the positive numbers.
    const problem = {
      evaluate: (point: Float64Array) =>
        point[0] > 0 ? { point, value: point[0] - Math.log(point[0]) } : undefined,
      differentiate: ({ point: [x] }: NewtonState) => ({
        gradient: Float64Array.of(1 - 1 / x),
        hessians: [Float64Array.of(1 / x ** 2)],
      }),
    };
    expect(minimise(problem, problem.evaluate(Float64Array.of(3))!)!.point[0]).toBeCloseTo(1, 9);
  });

  it('returns undefined where nothing identifies a parameter', () => {
    const flat = {
      evaluate: (point: Float64Array) => ({ point, value: (point[0] + point[1] - 1) ** 2 }),
      differentiate: ({ point: [x, y] }: NewtonState) => ({
        gradient: Float64Array.of(2 * (x + y - 1), 2 * (x + y - 1)),
        hessians: [Float64Array.of(2, 2, 2, 2)],
      }),
    };
    expect(minimise(flat, flat.evaluate(Float64Array.of(0, 0)))).toBeUndefined();
  });
});
