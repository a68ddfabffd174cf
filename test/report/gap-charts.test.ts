import { expect, test } from 'vitest';
import { quantityWithin } from '../../src/estimate/estimate.js';
import { curveChart } from '../../src/report/curve-chart.js';
import { forestChart, forestRow } from '../../src/report/forest-chart.js';
import { waterfallChart } from '../../src/report/waterfall-chart.js';

test('a waterfall starts each step where the last one ended', () => {
  const svg = waterfallChart({
    title: 'Account',
    xLabel: 'share of variance',
    rows: [
      { label: 'twin', kind: 'total', amount: 0.5, low: 0.4, high: 0.6 },
      { label: 'a & b', kind: 'step', amount: 0.2, low: 0.1, high: 0.3 },
      { label: 'c', kind: 'step', amount: -0.1, low: -0.1, high: -0.1 },
      { label: 'SNP', kind: 'total', amount: 0.4, low: 0.3, high: 0.5 },
    ],
  });
  const bars = [...svg.matchAll(/<rect (?=[^>]*fill=)[^>]*>/g)]
    .map(([rect]) => ({
      x: Number(/x="([\d.]+)"/.exec(rect)?.[1]),
      width: Number(/width="([\d.]+)"/.exec(rect)?.[1]),
    }))
    .filter(({ x, width }) => Number.isFinite(x) && width > 20);
  const [twin, step, back, snp] = bars.slice(0, 4);
  const unit = twin.width / 0.5;
  expect(step.width / unit).toBeCloseTo(0.2, 6);
  expect(step.x + step.width).toBeCloseTo(twin.x + twin.width, 6);
  expect(back.x).toBeCloseTo(step.x, 6);
  expect(snp.x + snp.width).toBeCloseTo(back.x + back.width, 6);
  expect(svg).toContain('a &amp; b');
});

test('a curve chart draws one line a series, and dots where the input was set', () => {
  const points = [1, 2, 3].map((x) => ({ x, y: x * x }));
  const svg = curveChart({
    series: [
      { label: 'square', points },
      { label: 'line', points: points.map(({ x }) => ({ x, y: x })) },
    ],
    title: 'Growth',
    xLabel: 'age (years)',
    yLabel: 'size',
    scale: 'linear',
    at: [
      { x: 2, y: 4 },
      { x: 2, y: 2 },
    ],
  });
  expect(svg.match(/aria-label="line"/g)).toHaveLength(2);
  expect(svg.match(/<circle [^>]*fill="#/g)).toHaveLength(2);
  // every point of the curves has its numbers, though there is nothing to see
  expect(svg.match(/<circle [^>]*><title>/g)).toHaveLength(6);
  expect(svg).toContain('age (years)');
});

test('an interval chart keeps intervals that are not symmetric', () => {
  const chart = {
    title: 'Shares',
    xLabel: 'share of variance',
    rows: [forestRow('ACE c2', quantityWithin(0, null, [0, 0.065], 'profile'))],
  };
  expect(forestChart(chart)).toContain('0.000 [0.000, 0.065]');
  expect(forestChart(chart)).toBe(forestChart(chart));
});
