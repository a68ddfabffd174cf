import { expect, it } from 'vitest';
import { type GramSide, standardisedGram, standardisedGramBand } from '../../src/genotypes/gram.js';
import { sampleStandardised } from '../../src/genotypes/standardise.js';
import { VariantStatistics } from '../../src/genotypes/statistics.js';
import { packedStride } from '../../src/kernels/kernels.js';
import { type Genotypes, meanImputed, randomGenotypes } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { pack } from '../kernels/packed.js';

const SAMPLES = 301;
const CODES = [3, 2, 0, 1]; // of no copies, one, two, and (at -1) missing
const packRows = (rows: Genotypes, people: readonly number[]) =>
  pack(
    rows.map((row) => people.map((i) => CODES.at(row[i])!)),
    people.length,
  );

const everyone = Array.from({ length: SAMPLES }, (_, i) => i);
const half = everyone.filter((i) => i % 2 === 0);

describeBackends((kernels) => {
  /** Packed rows of `people`, standardised over everyone. */
  function sideOf(rows: Genotypes, people: readonly number[]): { side: GramSide; values: Float64Array[] } {
    const counts = new Int32Array(4 * rows.length);
    kernels.countGenotypes(packRows(rows, everyone), packedStride(SAMPLES), rows.length, SAMPLES, counts);
    const { mean, scale } = sampleStandardised(new VariantStatistics(counts));
    const values = rows.map((row, v) => meanImputed(row).map((copies) => (copies - 1 - mean[v]) * scale[v]));
    return { side: { packed: packRows(rows, people), variants: rows.length, mean, scale }, values };
  }

  it.each([
    ['complete', 0, 0],
    ['missing on one side', 0, 0.08],
    ['missing on both sides', 0.05, 0.08],
  ])('is the product of dense standardised genotypes, %s', (_, missingA, missingB) => {
    const a = randomGenotypes(9, SAMPLES, { seed: 3, missing: missingA });
    const b = randomGenotypes(7, SAMPLES, { seed: 5, missing: missingB });
    a[4].fill(0); // does not vary
    for (const people of [everyone, half]) {
      const [sideA, sideB] = [sideOf(a, people), sideOf(b, people)];
      const out = new Float64Array(9 * 10).fill(5);
      standardisedGram(kernels, sideA.side, sideB.side, packedStride(people.length), people.length, out, 10);
      for (const [i, x] of sideA.values.entries()) {
        for (const [j, y] of sideB.values.entries()) {
          const expected = people.reduce((sum, k) => sum + x[k] * y[k], 0);
          expect(out[10 * i + j]).toBeCloseTo(expected, 9);
        }
        expect([...out.subarray(10 * i + 7, 10 * i + 10)]).toEqual([5, 5, 5]); // beyond the columns
      }
    }
  });

  it.each([8, 200])('has a band of at least %d variants below the diagonal', (reach) => {
    const rows = randomGenotypes(150, SAMPLES, { seed: 7, missing: 0.02 });
    const { side } = sideOf(rows, everyone);
    const whole = new Float64Array(150 * 150);
    standardisedGram(kernels, side, side, packedStride(SAMPLES), SAMPLES, whole, 150);
    const band = new Float64Array(150 * 150).fill(Number.NaN);
    standardisedGramBand(kernels, side, packedStride(SAMPLES), SAMPLES, reach, band, 150);
    let [largest, cells] = [0, 0];
    for (let i = 0; i < 150; i++) {
      for (let j = 0; j <= i; j++) {
        const value = band[150 * i + j];
        if (i - j > reach && Number.isNaN(value)) continue; // not asked for
        largest = Math.max(largest, Number.isNaN(value) ? Infinity : Math.abs(value - whole[150 * i + j]));
        cells++;
      }
    }
    expect(largest).toBeLessThan(1e-10);
    expect(cells).toBeLessThanOrEqual((151 * 150) / 2);
  });
});
