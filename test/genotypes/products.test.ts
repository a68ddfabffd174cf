import { expect, it } from 'vitest';
import { product, sampleColumnStride, transposeProduct } from '../../src/genotypes/products.js';
import { sampleStandardised } from '../../src/genotypes/standardise.js';
import { VariantStatistics } from '../../src/genotypes/statistics.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { range, storeOf } from '../fixture.js';
import { meanImputed, randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot } from '../regression.js';

const VARIANTS = 600; // three tiles
const SAMPLES = 141;
const COLUMNS = 3;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 9, missing: 0.05 });
const x = genotypes.map((row) => standardised(meanImputed(row)));
const y = Array.from({ length: COLUMNS }, (_, c) => randomNormals(SAMPLES, 40 + c));
const b = Array.from({ length: COLUMNS }, (_, c) => randomNormals(VARIANTS, 50 + c));

async function openBlock(pool: KernelPool, resident: boolean) {
  const store = storeOf(genotypes, pool, 1); // tiles of 256 variants
  const block = await store.open(range(0, VARIANTS), resident ? 1e9 : 0);
  const table = sampleStandardised(new VariantStatistics(await store.count(block)));
  const stride = sampleColumnStride(block);
  const columns = sharedFloat64(COLUMNS * stride);
  for (const [c, column] of y.entries()) columns.set(column, c * stride);
  const columns32 = sharedFloat32(columns.length);
  columns32.set(columns);
  const weights = sharedFloat32(VARIANTS * COLUMNS);
  for (let k = 0; k < weights.length; k++) weights[k] = b[k % COLUMNS][Math.floor(k / COLUMNS)];
  return { block, table, stride, columns, columns32, weights };
}

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  it.each([true, false])("gives X'Y of dense standardised genotypes (resident %s)", async (resident) => {
    const { block, table, columns, columns32 } = await openBlock(pool, resident);
    const out = sharedFloat64(VARIANTS * COLUMNS);
    for (const [input, digits] of [
      [columns, 10],
      [columns32, 3],
    ] as const) {
      out.fill(7);
      await transposeProduct(pool, block, table, input, COLUMNS, out);
      let largest = 0;
      for (const [v, column] of x.entries()) {
        for (const [c, vector] of y.entries())
          largest = Math.max(largest, Math.abs(out[v * COLUMNS + c] - dot(column, vector)));
      }
      expect(largest).toBeLessThan(10 ** -digits);
    }
  });

  it.each([true, false])('adds X B of dense standardised genotypes (resident %s)', async (resident) => {
    const { block, table, stride, weights } = await openBlock(pool, resident);
    const out = sharedFloat64(COLUMNS * stride).fill(1);
    await product(pool, block, table, weights, COLUMNS, out);
    let largest = 0;
    for (let i = 0; i < stride; i++) {
      for (const [c, column] of b.entries()) {
        const expected = i < SAMPLES ? 1 + x.reduce((sum, values, v) => sum + values[i] * column[v], 0) : 1;
        largest = Math.max(largest, Math.abs(out[c * stride + i] - expected));
      }
    }
    expect(largest).toBeLessThan(1e-3);
  });
});

it('does not depend on the number of threads, bit for bit', async () => {
  const results = [1, 3].map(async (threads) => {
    const pool = new KernelPool(loadKernels(), threads);
    const { block, table, stride, columns32, weights } = await openBlock(pool, false);
    const products = sharedFloat64(VARIANTS * COLUMNS);
    await transposeProduct(pool, block, table, columns32, COLUMNS, products);
    const scores = sharedFloat64(COLUMNS * stride);
    await product(pool, block, table, weights, COLUMNS, scores);
    await pool.close();
    return [Float64Array.from(products), Float64Array.from(scores)];
  });
  const [one, three] = await Promise.all(results);
  expect(three).toEqual(one);
});
