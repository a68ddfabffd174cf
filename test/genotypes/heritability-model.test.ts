import { expect, it } from 'vitest';
import { expectedHeritability, HERITABILITY_MODELS } from '../../src/genotypes/heritability-model.js';
import { VariantStatistics } from '../../src/genotypes/statistics.js';

// genotype counts (two copies, missing, one, none) with frequencies 0.5, 0.2 and 0
const STATISTICS = new VariantStatistics(Int32Array.of(25, 0, 50, 25, 4, 5, 32, 64, 0, 0, 0, 100));

it('is w [2f(1-f)]^(1+alpha)', () => {
  expect(Array.from(expectedHeritability(STATISTICS, -1))).toEqual([1, 1, 0]);
  expect(Array.from(expectedHeritability(STATISTICS, 0))).toEqual([0.5, expect.closeTo(0.32, 14), 0]);
  const ldak = expectedHeritability(STATISTICS, HERITABILITY_MODELS.ldak.power, [0.5, 2, 1]);
  expect(ldak[0]).toBeCloseTo(0.5 * 0.5 ** 0.75, 14);
  expect(ldak[1]).toBeCloseTo(2 * 0.32 ** 0.75, 14);
  expect(ldak[2]).toBe(0);
});
