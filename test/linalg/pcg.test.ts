import { describe, expect, it } from 'vitest';
import { isHeredityError } from '../../src/errors.js';
import { type PcgProblem, solvePcg } from '../../src/linalg/pcg.js';
import { randomNormals } from '../genotype-data.js';
import { dot, eigen, pseudoInverseForm } from '../regression.js';

const ORDER = 40;
const PEOPLE = 90;

/** A covariance matrix of correlated columns; `last` of them depend on others. */
function covariance(dependent = 0): { v: Float64Array[]; x: Float64Array[] } {
  const x = Array.from({ length: ORDER }, (_, k) => randomNormals(PEOPLE, 1 + k));
  for (let j = 1; j < ORDER; j++) x[j] = x[j].map((value, i) => 0.7 * x[j - 1][i] + 0.7 * value);
  for (let d = 0; d < dependent; d++) x[ORDER - 1 - d] = x[d].map((value, i) => value - x[2 * d + 5][i]);
  return { x, v: x.map((a) => Float64Array.from(x, (b) => dot(a, b) / PEOPLE)) };
}

const sidesOf = (x: readonly Float64Array[], columns: number): Float64Array[] =>
  Array.from({ length: columns }, (_, c) =>
    Float64Array.from(x, (a) => dot(a, randomNormals(PEOPLE, 500 + c)) / PEOPLE),
  );

function problem(
  v: readonly Float64Array[],
  sides: readonly Float64Array[],
  more: Partial<PcgProblem> = {},
): PcgProblem {
  return {
    order: ORDER,
    columns: sides.length,
    b: Float64Array.from(
      { length: ORDER * sides.length },
      (_, k) => sides[k % sides.length][Math.floor(k / sides.length)],
    ),
    apply: async (x, active) =>
      Float64Array.from(x, (_, k) => {
        const [row, c] = [Math.floor(k / active.length), k % active.length];
        return v[row].reduce((sum, value, j) => sum + value * x[j * active.length + c], 0);
      }),
    precondition: async (r, columns) =>
      r.map((value, k) => value / v[Math.floor(k / columns)][Math.floor(k / columns)]),
    tolerance: () => 1e-6,
    maxIterations: 300,
    ...more,
  };
}

describe.each([0, 3])('a covariance with %d dependent columns', (dependent) => {
  const { v, x } = covariance(dependent);
  const sides = sidesOf(x, 6);
  const exact = sides.map((side) => pseudoInverseForm(v, side));

  it.each([1e-1, 1e-3, 1e-6])('is within its certified error, and that within %d', async (limit) => {
    const { columns, solution } = await solvePcg(problem(v, sides, { tolerance: () => limit }));
    for (const [c, { quad, error }] of columns.entries()) {
      expect(Math.abs(quad - exact[c])).toBeLessThanOrEqual(error);
      expect(error).toBeLessThanOrEqual(limit + 1e-6 * quad); // and the rounding that it allows for
    }
    if (limit > 1e-6) return;
    for (const [c, side] of sides.entries()) {
      for (let j = 0; j < ORDER; j++) {
        const product = v[j].reduce((sum, value, k) => sum + value * solution[k * sides.length + c], 0);
        expect(product).toBeCloseTo(side[j], 2);
      }
    }
  });

  it('gives each column what it gets alone', async () => {
    const together = await solvePcg(problem(v, sides));
    for (const [c, side] of sides.entries()) {
      const alone = await solvePcg(problem(v, [side]));
      const { quad, error } = alone.columns[0];
      expect(Math.abs(quad - together.columns[c].quad)).toBeLessThanOrEqual(
        error + together.columns[c].error,
      );
    }
  });
});

describe('with a coarser product for the steps', () => {
  /** V x with an error of `size` times the largest entry of its column, as of digits. */
  const coarse = (p: PcgProblem, size: number): PcgProblem => ({
    ...p,
    applyInFull: p.apply,
    apply: async (x, active) => {
      const image = await p.apply(x, active);
      const noise = randomNormals(image.length, Math.round(1e6 * Math.abs(x[0])) % 1e6);
      const largest = active.map((_, c) =>
        image.reduce((max, value, k) => (k % active.length === c ? Math.max(max, Math.abs(value)) : max), 0),
      );
      return image.map((value, k) => value + size * largest[k % active.length] * noise[k]);
    },
  });

  it.each([
    [3e-5, 0],
    [3e-5, 3],
    [1e-3, 0],
    [1e-2, 0],
    [3e-2, 3],
  ])(
    'is within its certified error, and that within the tolerance (%d, %d dependent)',
    async (size, dependent) => {
      const { v, x } = covariance(dependent);
      const sides = sidesOf(x, 6);
      for (const limit of [1e-1, 1e-3, 1e-5]) {
        const { columns } = await solvePcg(coarse(problem(v, sides, { tolerance: () => limit }), size));
        for (const [c, { quad, error }] of columns.entries()) {
          expect(Math.abs(quad - pseudoInverseForm(v, sides[c]))).toBeLessThanOrEqual(error);
          expect(error).toBeLessThanOrEqual(1.1 * limit + 1e-6 * quad);
        }
      }
    },
  );

  it('gives the solution to the product in full', async () => {
    const { v, x } = covariance();
    const [side] = sidesOf(x, 1);
    const { solution } = await solvePcg(coarse(problem(v, [side], { tolerance: () => 1e-7 }), 1e-3));
    for (const [j, row] of v.entries()) {
      expect(row.reduce((sum, value, k) => sum + value * solution[k], 0)).toBeCloseTo(side[j], 2);
    }
  });

  it('takes no step for sides of zero', async () => {
    const { v } = covariance();
    const { columns } = await solvePcg(coarse(problem(v, [new Float64Array(ORDER)]), 1e-3));
    expect(columns).toEqual([{ quad: 0, error: 0, iterations: 0 }]);
  });
});

it('may stop earlier, within its bound all the same, where the smallest eigenvalue is known', async () => {
  const { v, x } = covariance();
  const sides = sidesOf(x, 6);
  const exact = sides.map((side) => pseudoInverseForm(v, side));
  const scaled = v.map((row, i) => row.map((value, j) => value / Math.sqrt(v[i][i] * v[j][j])));
  const smallestEigenvalue = Math.min(...eigen(scaled).values);
  for (const limit of [1e-1, 1e-3]) {
    const blind = await solvePcg(problem(v, sides, { tolerance: () => limit }));
    const { columns } = await solvePcg(problem(v, sides, { tolerance: () => limit, smallestEigenvalue }));
    for (const [c, { quad, error, iterations }] of columns.entries()) {
      expect(Math.abs(quad - exact[c])).toBeLessThanOrEqual(error);
      expect(error).toBeLessThanOrEqual(limit + 1e-6 * quad);
      expect(iterations).toBeLessThanOrEqual(blind.columns[c].iterations + 2);
    }
    expect(blind.smallestEigenvalue).toBeGreaterThan(0.999 * smallestEigenvalue);
  }
});

it('lets finished columns drop out, and asks the operator for the others only', async () => {
  const { v, x } = covariance();
  const sides = sidesOf(x, 4);
  const widths: number[] = [];
  const base = problem(v, sides);
  const { columns } = await solvePcg({
    ...base,
    tolerance: (column) => (column === 2 ? 1e-8 : 10),
    apply: (p, active) => {
      widths.push(active.length);
      return base.apply(p, active);
    },
  });
  expect(widths[0]).toBe(4);
  expect(widths.at(-1)).toBe(1);
  expect(columns[2].iterations).toBe(widths.length);
  expect(columns[0].iterations).toBe(widths.indexOf(1));
});

it('ends where the solution is exact: one unknown, and an exact preconditioner', async () => {
  const single = { ...problem([Float64Array.of(2)], [Float64Array.of(3)]), order: 1 };
  const one = await solvePcg({ ...single, b: Float64Array.of(3) });
  expect(one.columns[0].quad).toBe(4.5);
  expect(one.columns[0].iterations).toBe(1);
  const { v, x } = covariance();
  const { columns } = await solvePcg(
    problem(v, sidesOf(x, 2), {
      apply: async (p) => p.map((value) => 2 * value),
      precondition: async (r) => r.map((value) => value / 2),
    }),
  );
  expect(columns.map(({ iterations }) => iterations)).toEqual([1, 1]);
});

it('takes a right-hand side of zeros', async () => {
  const { v, x } = covariance();
  const { columns } = await solvePcg(problem(v, [new Float64Array(ORDER), ...sidesOf(x, 1)]));
  expect(columns[0]).toEqual({ quad: 0, error: 0, iterations: 0 });
  expect(columns[1].quad).toBeGreaterThan(0);
});

it.each([
  ['too few iterations', { maxIterations: 4, tolerance: () => 1e-12 }],
  ['an operator that is not positive', { apply: async (x: Float64Array) => x.map((value) => -value) }],
  ['an operator that is not finite', { apply: async (x: Float64Array) => x.map(() => Number.NaN) }],
])('refuses %s rather than give a wrong number', async (_, more) => {
  const { v, x } = covariance();
  const error: unknown = await solvePcg(problem(v, sidesOf(x, 2), more)).catch((reason) => reason);
  expect(isHeredityError(error, 'numerical')).toBe(true);
  expect((error as Error).message).toMatch(/did not converge.*--solver direct/);
});
