import { describe, expect, it } from 'vitest';
import { quantity, quantityWithin } from '../../src/estimate/estimate.js';
import { blockPanelsChart } from '../../src/report/block-panels-chart.js';
import { blockChart } from '../../src/report/chart.js';
import { curveChart } from '../../src/report/curve-chart.js';
import { forestChart, forestRow } from '../../src/report/forest-chart.js';
import { histogramChart } from '../../src/report/histogram-chart.js';
import { correlationHeatMap, enrichmentChart, scoreBinChart } from '../../src/report/ldsc-charts.js';
import { qqChart } from '../../src/report/qq-chart.js';
import { quantilePicture } from '../../src/report/quantile-picture.js';
import { biasChart, comparisonChart, errorChart, sizeChart } from '../../src/report/study-charts.js';
import { waterfallChart } from '../../src/report/waterfall-chart.js';

const COUNTS = [0, 1, 2, 3, 50];
/** Domains: ordinary, all alike, all 0, negative, tiny, huge. */
const DOMAINS: readonly (readonly [string, (i: number) => number])[] = [
  ['ordinary', (i) => 0.1 + 0.01 * i],
  ['alike', () => 0.3],
  ['zero', () => 0],
  ['negative', (i) => -0.2 * i],
  ['tiny', (i) => 1e-12 * (i + 1)],
  ['huge', (i) => 1e9 * (i + 1)],
];
const text = { title: 'Title', xLabel: 'x', yLabel: 'y' };
type Rows = <T>(row: (i: number) => T) => T[];

const CHARTS: Readonly<Record<string, (rows: Rows, v: (i: number) => number) => string | undefined>> = {
  forest: (rows, v) =>
    forestChart({ ...text, rows: rows((i) => forestRow(`t${i}`, quantity(v(i), Math.abs(v(i)) / 4))) }),
  forestTruth: (rows, v) =>
    forestChart({
      ...text,
      rows: rows((i) => ({
        ...forestRow(`t${i % 7}`, quantity(v(i), 0.1)),
        series: `m${i % 9}`,
        truth: v(i),
      })),
    }),
  blocks: (rows, v) =>
    blockChart({ ...text, rows: rows((i) => ({ id: `chr${i}`, h2: v(i), se: 0.1, share: 0.02 })) }),
  panels: (rows, v) =>
    blockPanelsChart({
      ...text,
      rows: rows((i) => ({
        panel: `t${i % 3}`,
        id: `chr${i}`,
        estimate: v(i),
        low: v(i) - 0.1,
        high: v(i) + 0.1,
      })),
    }),
  interval: (rows, v) =>
    forestChart({
      ...text,
      rows: rows((i) => forestRow(`m${i}`, quantityWithin(v(i), null, [v(i) - 0.1, v(i) + 0.1], 'profile'))),
    }),
  waterfall: (rows, v) =>
    waterfallChart({
      ...text,
      rows: rows((i) => ({
        label: `s${i}`,
        kind: (['total', 'step', 'rest'] as const)[i % 3],
        amount: v(i),
        low: v(i),
        high: v(i),
      })),
    }),
  curve: (rows, v) =>
    curveChart({
      ...text,
      scale: 'linear',
      series: [{ label: 'a', points: rows((i) => ({ x: i, y: v(i) })) }],
      at: rows((i) => ({ x: i, y: v(i) })).slice(0, 1),
    }),
  curveLog: (rows, v) =>
    curveChart({
      ...text,
      scale: 'log',
      series: [{ label: 'a', points: rows((i) => ({ x: 10 ** (i / 5), y: v(i) })) }],
    }),
  curves: (rows, v) =>
    curveChart({
      ...text,
      scale: 'linear',
      series: rows((i) => ({
        label: `c${i}`,
        points: [
          { x: 0, y: v(i) },
          { x: 1, y: v(i) },
        ],
      })),
    }),
  histogram: (rows, v) =>
    histogramChart({
      ...text,
      scale: 'linear',
      bins: rows((i) => ({ low: v(i), high: v(i) + 1, count: i })),
    }),
  histogramLog: (rows, v) =>
    histogramChart({ ...text, scale: 'log', bins: rows((i) => ({ low: v(i), high: v(i) + 1, count: i })) }),
  scoreBins: (rows, v) =>
    scoreBinChart({
      ...text,
      bins: rows((i) => ({ meanScore: i, meanChi2: v(i), se: 0.1, expected: v(i) })),
    }),
  heatMap: (rows, v) =>
    correlationHeatMap({
      ...text,
      names: rows((i) => `t${i}`),
      cells: rows((i) => ({ row: `t${i}`, column: `t${i}`, value: i % 2 ? v(i) : null, text: '0.1' })),
    }),
  enrichment: (rows, v) =>
    enrichmentChart({ ...text, rows: rows((i) => ({ label: `c${i}`, enrichment: v(i), se: 0.1 })) }),
  qq: (rows, v) =>
    qqChart(
      quantilePicture(
        rows((i) => ({ expected: i, observed: v(i) })),
        text,
      ),
    ),
  bias: (rows, v) => biasChart(rows((i) => study(i, v))),
  errors: (rows, v) => errorChart(rows((i) => study(i, v))),
  errorsOfOne: (rows, v) => errorChart(rows((i) => ({ ...study(i, v), estimator: 'GRE' }))),
  size: (rows, v) =>
    sizeChart(
      rows((i) => ({ series: `s${i % 3}`, size: i + 1, relativeBias: v(i), sem: 0.1 })),
      'people',
    ),
  comparison: (rows, v) =>
    comparisonChart(
      rows((i) => ({
        estimator: `e${i % 3}`,
        relativeBias: v(i),
        relativeBiasSem: 0.1,
        paperRelativeBias: -v(i),
      })),
    ),
};

function study(i: number, v: (i: number) => number) {
  const error = v(i);
  return {
    h2: [0.1, 0.25, 0.5, 0.8][i % 4],
    architecture: `architecture ${Math.floor(i / 8)}`,
    estimator: `e${i % 2}`,
    relativeBias: error,
    relativeBiasSem: 0.01,
    errors: {
      min: error - 0.2,
      q05: error - 0.15,
      q25: error - 0.1,
      median: error,
      q75: error + 0.1,
      q95: error + 0.15,
      max: error + 0.2,
    },
  };
}

describe.each(Object.entries(CHARTS))('%s', (_, chart) => {
  it.each(DOMAINS)('is drawn for any number of rows, values %s', (_name, value) => {
    for (const count of COUNTS) {
      const rows: Rows = (row) => Array.from({ length: count }, (__, i) => row(i));
      const svg = chart(rows, value);
      if (svg === undefined) continue;
      expect(svg).toMatch(/^<svg /);
      expect(svg, `${count} rows`).not.toMatch(/NaN|undefined|Infinity/);
      const width = Number(/width="([\d.]+)"/.exec(svg)![1]);
      expect(width).toBeLessThan(4000);
    }
  });
});

it('a study of many estimators and heritabilities keeps to a page', () => {
  const rows = Array.from({ length: 12 * 4 }, (_, i) => ({
    ...study(i, (k) => 0.01 * k),
    estimator: `estimator ${i % 12}`,
  }));
  const svg = errorChart(rows)!;
  expect(Number(/width="([\d.]+)"/.exec(svg)![1])).toBeLessThan(2200);
  for (const h2 of [0.1, 0.25, 0.5, 0.8]) expect(svg).toContain(`h² = ${h2}`);
});
