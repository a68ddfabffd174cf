import { expect, it } from 'vitest';
import { shownOf, thinPoints } from '../../src/report/thin-points.js';

const names = ['few', 'many', 'none'];

/** A hundred points on a line, and 200,000 of another kind over a square. */
const points = {
  count: 200_100,
  x: (k: number) => (k < 100 ? k / 100 : ((k * 7919) % 100_003) / 100_003),
  y: (k: number) => (k < 100 ? 2 : ((k * 104_729) % 100_019) / 100_019),
  kind: (k: number) => (k < 100 ? 0 : 1),
};

it('shows some thousand points of however many, of every kind, and says how many there are', () => {
  const [few, many, ...others] = thinPoints(points, names);
  expect(others).toEqual([]);
  expect([few.count, many.count]).toEqual([100, 200_000]);
  const shown = few.x.length + many.x.length;
  expect(shown).toBeGreaterThan(1500);
  expect(shown).toBeLessThanOrEqual(3000);
  expect(shownOf(many, 'people')).toMatch(/^ \([\d,]+ of 200,000 people drawn\)$/);
  // every corner of the square is shown
  for (const x of [0, 1])
    for (const y of [0, 1])
      expect(many.x.some((own, k) => Math.abs(own - x) < 0.05 && Math.abs(many.y[k] - y) < 0.05)).toBe(true);
});

it('shows all points that lie apart, as they are, and none that are not finite', () => {
  const x = [0, 1, 2, Number.NaN, 3];
  const [group] = thinPoints({ count: 5, x: (k) => x[k], y: (k) => k, kind: () => 0 }, ['all']);
  expect(group).toEqual({ name: 'all', count: 4, x: [0, 1, 2, 3], y: [0, 1, 2, 4] });
  expect(shownOf(group, 'people')).toBe('');
});

it('has one dot for points that coincide', () => {
  const [group] = thinPoints({ count: 50, x: () => 5, y: () => -1, kind: () => 0 }, ['all']);
  expect(group).toEqual({ name: 'all', count: 50, x: [5], y: [-1] });
});
