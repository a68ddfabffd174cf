import { describe, expect, it } from 'vitest';
import { centred, sampleStandardised } from '../../src/genotypes/standardise.js';
import { VariantStatistics } from '../../src/genotypes/statistics.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { methodsFixture, range, storeOf } from '../fixture.js';
import { meanImputed, randomGenotypes, standardised } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot } from '../regression.js';

const genotypes = randomGenotypes(25, 83, { seed: 4, missing: 0.1 });
genotypes[3].fill(1); // all heterozygous
genotypes[4].fill(2);
genotypes[5].fill(-1);
genotypes[6].fill(-1)[7] = 0; // one genotype
genotypes[8].fill(0)[50] = 1; // a singleton

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);
  const count = (rows: readonly ArrayLike<number>[]) => storeOf(rows, pool).count(range(0, rows.length));

  it('agrees with sums over samples, one by one', async () => {
    const statistics = await count(genotypes);
    expect(statistics.variants).toBe(25);
    for (const [v, row] of genotypes.entries()) {
      const present = [...row].filter((copies) => copies >= 0);
      const copies = present.reduce((sum, value) => sum + value, 0);
      expect(statistics.present(v)).toBe(present.length);
      expect(statistics.missing(v)).toBe(83 - present.length);
      expect(statistics.missingRate(v)).toBeCloseTo(1 - present.length / 83, 14);
      expect(statistics.centredSum(v)).toBe(copies - present.length);
      const frequency = present.length === 0 ? 0 : copies / (2 * present.length);
      expect(statistics.allele1Frequency(v)).toBeCloseTo(frequency, 14);
      expect(statistics.minorAlleleFrequency(v)).toBeCloseTo(Math.min(frequency, 1 - frequency), 14);
      expect(statistics.isMonomorphic(v)).toBe(new Set(present).size < 2);
      const imputed = present.length === 0 ? new Float64Array(83) : meanImputed(row);
      const mean = imputed.reduce((sum, value) => sum + value, 0) / 83;
      const variance = imputed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 83;
      expect(statistics.variance(v)).toBeCloseTo(variance, 13);
    }
  });

  it('has the genotype counts and HWE P of METHODS 12', async () => {
    const statistics = await count(methodsFixture().genotypes);
    expect([...statistics.counts.subarray(0, 4)]).toEqual([2, 0, 25, 173]); // hom alt, missing, het, hom ref
    expect(statistics.hardyWeinbergP(0)).toBeCloseTo(0.26985154, 8);
    const copies = [0, 1, 2, 3, 4].map((v) => statistics.centredSum(v) + 200);
    expect(copies).toEqual([29, 87, 149, 128, 82]);
  });

  it('standardises to mean 0 and variance 1, missing at the mean, and what does not vary to 0', async () => {
    const statistics = await count(genotypes);
    const { values, values32, mean, scale } = sampleStandardised(statistics);
    for (const [v, row] of genotypes.entries()) {
      const column = Float64Array.from(row, (copies) => values[4 * v + [3, 2, 0, 1].at(copies)!]);
      expect(values[4 * v + 1]).toBe(0);
      if (statistics.isMonomorphic(v)) {
        expect([scale[v], ...column.map(Math.abs)].every((value) => value === 0)).toBe(true);
        continue;
      }
      const expected = standardised(meanImputed(row));
      for (const [i, value] of column.entries()) expect(value).toBeCloseTo(expected[i], 12);
      expect(dot(column, column)).toBeCloseTo(83, 10);
      expect(mean[v]).toBeCloseTo(statistics.centredMean(v), 15);
    }
    expect(values32).toEqual(Float32Array.from(values));
  });
});

describe('without kernels', () => {
  const statistics = new VariantStatistics(Int32Array.of(1, 2, 3, 4, 0, 9, 1, 0, 5, 0, 0, 5));

  it('takes a subset, in the order given', () => {
    const subset = statistics.subset([2, 0, 2]);
    expect([...subset.counts]).toEqual([5, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 5]);
    expect(subset.allele1Frequency(0)).toBe(0.5);
  });

  it('centres in copies of allele 1', () => {
    const { values, scale } = centred(statistics);
    expect([...scale]).toEqual([1, 1, 1]);
    expect(values[8] - values[11]).toBe(2);
    expect([...values.subarray(8, 12)].map((value) => value + 0)).toEqual([1, 0, 0, -1]);
  });
});
