import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binAnnotations, levelOfLd, mafBins, PAPER_MAF_EDGES } from '../../src/ld/maf-bins.js';
import { normalCdf } from '../../src/linalg/distributions.js';

const frequencies = fc.array(fc.double({ min: 0.001, max: 0.5, noNaN: true }), {
  minLength: 20,
  maxLength: 300,
});

it('bins hold equal numbers where frequencies differ, and every variant once', () => {
  fc.assert(
    fc.property(frequencies, fc.integer({ min: 2, max: 10 }), (values, bins) => {
      const maf = Float64Array.from(new Set(values));
      const { edges, bin, counts } = mafBins(maf, bins);
      expect(counts.reduce((a, b) => a + b)).toBe(maf.length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      for (const [v, k] of bin.entries()) {
        expect(maf[v]).toBeGreaterThanOrEqual(edges[k]);
        if (k + 1 < bins) expect(maf[v]).toBeLessThan(edges[k + 1]);
      }
    }),
  );
});

it('edges are closed to the left, the last to both sides; equal frequencies are together', () => {
  const maf = Float64Array.of(0.01, 0.02056777, 0.5, 0.0125);
  expect([...mafBins(maf, PAPER_MAF_EDGES).bin]).toEqual([0, 2, 9, 0]);
  const tied = mafBins(Float64Array.of(0.1, 0.2, 0.2, 0.2, 0.3, 0.4), 3);
  expect([...tied.bin]).toEqual([0, 1, 1, 1, 2, 2]);
  expect([...mafBins(Float64Array.of(0.1, 0.1, 0.1, 0.2), 4).edges]).toEqual([0, 0.2, 0.5]);
  const { values, columns } = binAnnotations(tied);
  expect(columns).toBe(3);
  expect([...values.subarray(0, 6)]).toEqual([1, 0, 0, 0, 1, 0]);
});

it('level of LD is normal within each bin, in the order of the scores', () => {
  const bins = mafBins(Float64Array.of(0.1, 0.4, 0.1, 0.4, 0.1, 0.1), [0, 0.2, 0.5]);
  const level = levelOfLd([5, 9, 1, 2, 5, 7], bins);
  // ranks 2.5, 1, 2.5 and 4 of four; 2 and 1 of two
  const expected = [2 / 4, 1.5 / 2, 0.5 / 4, 0.5 / 2, 2 / 4, 3.5 / 4];
  for (const [v, p] of expected.entries()) expect(normalCdf(level[v])).toBeCloseTo(p, 12);
});

it.each([[[0.5]], [[0, 0.3, 0.2, 0.5]], [[0, 0.6]]])('refuses edges %j', (edges) => {
  expect(() => mafBins(Float64Array.of(0.1), edges)).toThrow('no edges of bins');
});

it('refuses a frequency in no bin', () => {
  expect(() => mafBins(Float64Array.of(0.1), [0.2, 0.5])).toThrow('lies in no bin');
});
