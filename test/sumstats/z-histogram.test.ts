import { expect, it } from 'vitest';
import { normalQuantile } from '../../src/linalg/distributions.js';
import { qqChart } from '../../src/report/qq-chart.js';
import { quantilePicture } from '../../src/report/quantile-picture.js';
import { ZHistogram } from '../../src/sumstats/z-histogram.js';

/** The quantiles of a standard normal sample of this size, some without a value. */
const normal = Float64Array.from({ length: 200_001 }, (_, i) =>
  i % 2 === 0 ? Number.NaN : normalQuantile(i / 200_001),
);

function histogramOf(values: Float64Array): ZHistogram {
  const histogram = new ZHistogram();
  for (const z of values) histogram.add(z);
  return histogram;
}
const chi2QuantilePairs = (values: Float64Array) => histogramOf(values).quantilePairs();

it('knows λ GC and the mean χ²', () => {
  for (const inflation of [0.5, 1, 1.5, 40]) {
    const { lambdaGc, meanChi2, count } = histogramOf(normal.map((z) => z * Math.sqrt(inflation)));
    expect(count).toBe(100_000);
    expect(lambdaGc / inflation).toBeCloseTo(1, 3);
    expect(meanChi2 / inflation).toBeCloseTo(1, 2);
  }
  const few = Float64Array.of(0.4, -1.3, 2.5);
  expect(histogramOf(few).lambdaGc).toBeCloseTo(1.3 ** 2 / 0.4549, 2);
});

it('lies on the line where nothing has an effect, and above by the inflation where all is inflated', () => {
  for (const inflation of [1, 1.5]) {
    const pairs = chi2QuantilePairs(normal.map((z) => z * Math.sqrt(inflation)));
    expect(pairs.length).toBeGreaterThan(150);
    for (const { expected, observed } of pairs)
      if (expected < 12)
        expect(Math.abs(observed - inflation * expected)).toBeLessThan(0.02 + 0.03 * observed);
  }
});

it('one variant, and one beyond all bounds', () => {
  expect(chi2QuantilePairs(Float64Array.of(1000))).toEqual([{ expected: 0, observed: 3600 }]);
  expect(chi2QuantilePairs(new Float64Array())).toEqual([]);
});

it('is drawn with a dot for each pair', () => {
  const pairs = chi2QuantilePairs(normal);
  const svg = qqChart(quantilePicture(pairs, { title: 'QQ', xLabel: 'expected', yLabel: 'observed' }));
  expect(svg.match(/<circle /g)!.length).toBe(pairs.length + 1); // one in the legend
  expect(svg).not.toContain('NaN');
});
