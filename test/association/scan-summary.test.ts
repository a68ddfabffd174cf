import { expect, it } from 'vitest';
import { ScanSummary } from '../../src/association/scan-summary.js';

const scan = (points: readonly (readonly [place: number, minusLog10P: number])[]) => {
  const summary = new ScanSummary(8000);
  for (const [v, [place, height]] of points.entries()) summary.add(v, place, 1, -height * Math.LN10);
  return summary;
};

it('keeps every place and height that an eye can tell apart, however high', () => {
  const { skyline, genomeWide, strongest } = scan([
    [5, 0.05],
    [6, 0.15], // the same column, just above: one peak
    [4, 3.01],
    [7995, 7.35],
    [4000, 412.3],
    [0, 320],
  ]);
  const peaks = [...skyline.peaks()].sort((a, b) => a.place - b.place || a.low - b.low);
  expect(peaks.map(({ place }) => Math.round(place))).toEqual([0, 5, 5, 4000, 7995]);
  expect(peaks.map(({ low, high }) => [low, high].map((x) => Math.round(100 * x) / 100))).toEqual([
    [320, 320],
    [0.05, 0.15],
    [3.05, 3.05],
    [412.3, 412.3],
    [7.35, 7.35],
  ]);
  expect(genomeWide).toBe(3);
  expect(strongest?.variant).toBe(4);
});

it('of nothing has no peak', () => {
  const { skyline, histogram, strongest } = scan([]);
  expect([[...skyline.peaks()], histogram.count, strongest]).toEqual([[], 0, undefined]);
  expect(histogram.lambdaGc).toBeNaN();
});
