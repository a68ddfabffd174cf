import { expect, it } from 'vitest';
import { PAIR_DIGITS, pairOfColumn } from '../../src/genotypes/column-pairs.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { operatorOf } from '../fixture.js';
import { randomGenotypes, randomNormals, standardised } from '../genotype-data.js';
import { dot } from '../regression.js';

const SAMPLES = 5000; // more than a unit
const VARIANTS = 8;

it('has the products of a column in float64', async () => {
  const list = randomGenotypes(VARIANTS, SAMPLES, { seed: 3 });
  const operator = await operatorOf(list, new KernelPool(loadKernels('auto'), 1));
  const stride = operator.columnStride;
  const column = sharedFloat64(stride);
  column.set(randomNormals(SAMPLES, 4).map((value, i) => (i < 4096 ? value : 1000 * value)));
  const pair = sharedFloat32(2 * stride);
  pairOfColumn(column, pair.subarray(0, stride), pair.subarray(stride));
  const products = sharedFloat64(2 * VARIANTS);
  await operator.transposeTimesDigits(pair, 2, PAIR_DIGITS, products);
  for (const [v, row] of list.entries()) {
    const expected = dot(standardised(row), column.subarray(0, SAMPLES));
    const scale = Math.sqrt(dot(column, column));
    expect(Math.abs(products[2 * v] + products[2 * v + 1] - expected) / scale).toBeLessThan(1e-12);
    expect(Math.abs(products[2 * v] - expected) / scale).toBeGreaterThan(1e-12);
  }
});
