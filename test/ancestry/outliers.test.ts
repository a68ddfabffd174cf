import { expect, it } from 'vitest';
import { robustDistances } from '../../src/ancestry/outliers.js';
import { randomNormals } from '../genotype-data.js';

/** People around centres, in two dimensions, with other spreads along the axes. */
function groups(centres: readonly (readonly [number, number])[], sizes: readonly number[]) {
  const noise = randomNormals(2 * sizes.reduce((sum, size) => sum + size, 0), 5);
  let at = 0;
  return Float64Array.from(
    centres.flatMap(([x, y], g) =>
      Array.from({ length: sizes[g] }, () => [x + noise[at++], y + 3 * noise[at++]]).flat(),
    ),
  );
}

it('measures from the main group, in its own standard deviations', () => {
  const [main, others] = [4000, 400];
  const distances = robustDistances(
    groups(
      [
        [0, 0],
        [12, 0],
      ],
      [main, others],
    ),
    2,
  )!; // prettier-ignore
  const own = distances.subarray(0, main).toSorted();
  // quantiles of chi-square with 2 degrees of freedom: -2 log(1 - p)
  for (const p of [0.25, 0.5, 0.9]) expect(own[p * main] / (-2 * Math.log(1 - p))).toBeCloseTo(1, 1);
  const away = distances.subarray(main).toSorted();
  expect(away[others / 2]).toBeGreaterThan(120);
  expect(away[others / 2]).toBeLessThan(175);
});

it('finds a main group that is a minority', () => {
  const sizes = [300, 250, 250, 200];
  const centres = [
    [0, 0],
    [20, 0],
    [0, 60],
    [-20, -60],
  ] as const; // prettier-ignore
  const distances = robustDistances(groups(centres, sizes), 2)!;
  const near = Array.from(distances.keys()).filter((i) => distances[i] < 36);
  const firsts = [0, 300, 550, 800, 1000];
  const whose = new Set(near.map((i) => firsts.findLastIndex((first) => i >= first)));
  expect(whose.size).toBe(1);
  const [group] = whose;
  expect(near.length).toBeGreaterThan(0.98 * sizes[group]);
});

it('has no distance where a fifth of the people lie on a line', () => {
  const values = groups([[0, 0]], [100]);
  for (let i = 0; i < 60; i++) values[2 * i + 1] = 0;
  expect(
    robustDistances(
      values.map((v, k) => (k % 2 === 1 && k < 120 ? 0 : v)),
      2,
    ),
  ).toBeUndefined();
});
