import { describe, expect, it } from 'vitest';
import { namedGrid, selectCells } from '../../src/study/grids.js';
import { aggregateStudy, summariseCell, summariseStudy } from '../../src/study/summary.js';

describe('the summary of a cell', () => {
  it('has the paper’s figures', () => {
    const summary = summariseCell(0.25, [0.2, 0.3, 0.28, 0.26], [0.03, 0.05, 0.04, 0.04])!;
    const deviation = Math.sqrt((0.06 ** 2 + 0.04 ** 2 + 0.02 ** 2 + 0) / 3);
    expect(summary.mean).toBeCloseTo(0.26, 12);
    expect(summary.sem).toBeCloseTo(deviation / 2, 12);
    expect(summary.sd / summary.sem).toBeCloseTo(Math.sqrt(3), 12);
    expect(summary.bias).toBeCloseTo(0.01, 12);
    expect(summary.relativeBias).toBeCloseTo(0.04, 12);
    expect(summary.z).toBeCloseTo(0.02 / deviation, 12);
    expect(summary.meanSe).toBeCloseTo(0.04, 12);
    expect(summary.seCalibration).toBeCloseTo(0.04 / deviation, 12);
    expect(summary.errors.median).toBeCloseTo(0.02, 12);
  });

  it('has the P value of Supplementary Table 1: z = -1.19 is .236', () => {
    const values = Array.from({ length: 100 }, (_, r) => (r % 2 === 0 ? 1 : -1));
    const deviation = Math.sqrt(100 / 99);
    const shifted = values.map((value) => value - (1.19 * deviation) / 10);
    const { z, p } = summariseCell(0, shifted, new Array(100).fill(null))!;
    expect(z).toBeCloseTo(-1.19, 10);
    expect(p).toBeCloseTo(0.234, 3);
  });

  it('leaves replicates without an estimate out, and says how many', () => {
    const summary = summariseCell(0, [0.1, null, 0.3], [null, null, null])!;
    expect([summary.replicates, summary.failed, summary.meanSe, summary.relativeBias]).toEqual([
      2,
      1,
      null,
      null,
    ]);
    expect(summariseCell(0.5, [0.1, null], [0.1, null])).toBeUndefined();
    expect(summariseCell(0.5, [0.1, 0.1], [0.1, 0.1])!.z).toBeNull();
  });
});

it('aggregates of an estimator are over its cells', () => {
  const { cells } = selectCells(namedGrid('64')!, { h2: [0.5], ids: ['h0.5_p1_*_none'] });
  const [one, two] = cells;
  const part = (cell: string, first: number, h2: number[]) => ({
    id: `${cell}/${first}`,
    samples: 100,
    cell,
    first,
    realised: h2,
    genetic: h2,
    estimates: { gre: { h2, se: h2.map(() => 0.1) } },
  });
  const parts = [
    part(one.id, 0, [0.5, 0.6]),
    part(one.id, 2, [0.5, 0.6]),
    part(two.id, 0, [0.39, 0.41, 0.4]),
  ];
  const summaries = summariseStudy(cells, ['gre'], parts);
  expect(summaries.map(({ replicates }) => replicates)).toEqual([4, 3]);
  const [aggregate] = aggregateStudy(cells, summaries);
  expect(aggregate.meanRelativeBias).toBeCloseTo(-0.05, 12);
  expect(aggregate.minRelativeBias).toBeCloseTo(-0.2, 12);
  expect(aggregate.maxRelativeBias).toBeCloseTo(0.1, 12);
  expect(aggregate.significant).toBe(1);
  // one of two at .025 each
  expect(aggregate.significantP).toBeCloseTo(1 - 0.975 ** 2, 12);
});
