import { expect, test } from 'vitest';
import { quantity } from '../../src/estimate/estimate.js';
import { blockChart } from '../../src/report/chart.js';
import { forestChart, forestRow } from '../../src/report/forest-chart.js';
import { svgToPng } from '../../src/report/png.js';

const rows = [
  { ...forestRow('height', quantity(0.512, 0.012)), truth: 0.5 },
  forestRow('a < b & c', quantity(-0.004, 0.011)),
];

const blocks = [
  { id: 'chr1', h2: 0.2, se: 0.01, share: 0.75 },
  { id: 'chr2', h2: 0.1, se: 0.01, share: 0.25 },
];

test('a forest plot is drawn as before', async () => {
  await expect(forestChart({ title: 'Truth & estimate', xLabel: 'h²', rows })).toMatchFileSnapshot(
    'forest.svg',
  );
});

test('a block chart is drawn as before', async () => {
  await expect(blockChart({ title: 'height', rows: blocks })).toMatchFileSnapshot('blocks.svg');
});

test('the same input gives the same bytes', () => {
  const chart = { title: 'height', rows: blocks };
  expect(blockChart(chart)).toBe(blockChart(chart));
});

test('text is escaped', () => {
  const svg = forestChart({ title: '<script> & "$&"', xLabel: '<b>', rows });
  expect(svg).not.toMatch(/<script>|<b>/);
  expect(svg).toContain('>&lt;script&gt; &amp; "$&amp;"<');
  expect(svg).toContain('a &lt; b &amp; c');
});

test('interval and even spread are where they belong', () => {
  const svg = blockChart({ title: '', rows: blocks });
  // y runs linearly from 0 at the foot: recover the scale from the bars, then read the marks
  const bars = [...svg.matchAll(/<rect [^>]*?height="([\d.]+)"[^>]*y="([\d.]+)"/g)].map((m) => ({
    height: Number(m[1]),
    top: Number(m[2]),
  }));
  const unit = bars[0].height / 0.2;
  const foot = bars[0].top + bars[0].height;
  expect(bars[1].height / unit).toBeCloseTo(0.1, 6);
  const ticks = [...(/aria-label="tick">(.*?)<\/g>/.exec(svg)?.[1] ?? '').matchAll(/y1="([\d.]+)"/g)];
  expect(ticks.map((m) => (foot - Number(m[1])) / unit)).toEqual([
    expect.closeTo(0.75 * 0.3, 6),
    expect.closeTo(0.25 * 0.3, 6),
  ]);
});

test('PNG: twice the size, and text is drawn though no font is installed', () => {
  const picture = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="30"><text x="5" y="20">${text}</text></svg>`;
  const png = Buffer.from(svgToPng(picture('h² −βλχ')));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([200, 60]);
  expect(png.equals(svgToPng(picture('')))).toBe(false);
  const missing = Buffer.from(svgToPng(picture('\u{10FFFD}')));
  for (const letter of 'hĥ²−βλχ×±›') {
    expect(missing.equals(svgToPng(picture(letter))), `${letter} is in the font`).toBe(false);
  }
});
