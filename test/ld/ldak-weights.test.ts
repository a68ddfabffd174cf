import { expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { LDAK_WEIGHT_DEFAULTS, type LdakWeightOptions, ldakWeights } from '../../src/ld/ldak-weights.js';
import { thinVariants } from '../../src/ld/thin.js';
import type { Windows } from '../../src/ld/windows.js';
import { methodsFixture, operatorOf } from '../fixture.js';
import { type Genotypes, randomGenotypes } from '../genotype-data.js';

/** Windows that reach so many variants to each side, within chromosomes. */
function windowsOf(starts: readonly number[], variants: number, reach: number): Windows {
  const startOf = (j: number) => starts.findLast((start) => start <= j)!;
  const endOf = (j: number) => starts.find((start) => start > j) ?? variants;
  return {
    first: Int32Array.from({ length: variants }, (_, j) => Math.max(startOf(j), j - reach)),
    last: Int32Array.from({ length: variants }, (_, j) => Math.min(endOf(j) - 1, j + reach)),
  };
}

async function opened(genotypes: Genotypes, threads = 1) {
  const pool = new KernelPool(loadKernels('auto'), threads);
  return { pool, operator: await operatorOf(genotypes, pool, { tileBytes: 1 << 22 }) };
}

async function weightsOf(
  genotypes: Genotypes,
  starts: number[],
  reach: number,
  options: Partial<LdakWeightOptions> = {},
  threads = 1,
) {
  const { pool, operator } = await opened(genotypes, threads);
  const windows = windowsOf(starts, genotypes.length, reach);
  const result = await ldakWeights(operator, windows, starts, {
    ...LDAK_WEIGHT_DEFAULTS,
    ...options,
  });
  await pool.close();
  return result;
}

it("gives METHODS 12's weights", async () => {
  const { weight, check, sections } = await weightsOf(methodsFixture().genotypes, [0, 30], 30);
  expect(weight.reduce((sum, w) => sum + w, 0)).toBeCloseTo(29.355878, 6);
  const firstSix = [0.834484, 0.513802, 0.539109, 0.310024, 0.295277, 0.401505];
  firstSix.forEach((value, j) => {
    expect(weight[j]).toBeCloseTo(value, 6);
  });
  expect(weight.every((w) => w > 0)).toBe(true);
  for (const value of check) expect(value).toBeCloseTo(1, 10);
  expect(sections).toBe(2);
});

it('has weights of 1 without LD, and 1/2 for two equal variants in quick mode', async () => {
  const alone = await weightsOf(methodsFixture().genotypes, [0, 30], 0);
  expect(Array.from(alone.weight)).toEqual(new Array(60).fill(1));
  const [row] = randomGenotypes(1, 50);
  const quick = await weightsOf([row, row], [0], 1, { quick: true });
  expect(Array.from(quick.weight, (w) => w.toFixed(12))).toEqual(['0.500000000000', '0.500000000000']);
});

it('lets far variants count less with a half-life', async () => {
  const genotypes = randomGenotypes(6, 300, { seed: 3, copying: 0.9 });
  const at = Float64Array.from({ length: 6 }, (_, j) => 1000 * j);
  const near = await weightsOf(genotypes, [0], 5, { decay: { halfLife: 1e12, at } });
  const plain = await weightsOf(genotypes, [0], 5);
  near.weight.forEach((w, j) => {
    expect(w).toBeCloseTo(plain.weight[j], 6);
  });
  const far = await weightsOf(genotypes, [0], 5, { decay: { halfLife: 1, at } });
  for (const w of far.weight) expect(w).toBeCloseTo(1, 10);
});

it('is the same for any number of threads, and nearly for any section length', async () => {
  const genotypes = randomGenotypes(500, 200, { seed: 5, missing: 0.02 });
  const one = await weightsOf(genotypes, [0, 260], 10, { sectionLength: 50 });
  const three = await weightsOf(genotypes, [0, 260], 10, { sectionLength: 50 }, 3);
  expect(Buffer.from(three.weight.buffer).equals(Buffer.from(one.weight.buffer))).toBe(true);
  expect(one.sections).toBe(11);
  const whole = await weightsOf(genotypes, [0, 260], 10);
  const apart = whole.weight.map((w, j) => Math.abs(w - one.weight[j]));
  expect(apart.reduce((sum, value) => sum + value, 0) / 500).toBeLessThan(0.01);
});

it('thins the earlier of two like variants, first the near ones', async () => {
  const [a, b] = randomGenotypes(2, 100, { seed: 7, copying: 0 });
  // 0 repeats 1 nearby; 1, 3 and 5 are alike further away, 5 on another chromosome
  const genotypes = [a, a, b, a, b.map((copies) => 2 - copies), a];
  const { operator } = await opened(genotypes);
  const narrow = windowsOf([0, 5], 6, 1);
  const wide = windowsOf([0, 5], 6, 3);
  expect(Array.from(await thinVariants(operator, { narrow, wide }))).toEqual([0, 0, 0, 1, 1, 1]);
  const near = { narrow, wide: narrow };
  expect(Array.from(await thinVariants(operator, near))).toEqual([0, 1, 1, 1, 1, 1]);
});
