import { afterAll, describe, expect, it } from 'vitest';
import { repackTask } from '../../src/genotypes/store.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedBytes, toSharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { bandedR2, bandedR2Bytes, ldScores } from '../../src/ld/windowed-r2.js';
import { variantWindows, type Windows } from '../../src/ld/windows.js';
import { methodsFixture, operatorOf, range } from '../fixture.js';
import {
  type Genotypes,
  meanImputed,
  randomGenotypes,
  randomNormals,
  standardised,
} from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot } from '../regression.js';

/** Two chromosomes, positions 1 kb apart. */
function windowsOf(variants: number, reach: number): Windows {
  const table = {
    chromosome: Array.from({ length: variants }, (_, v) => (v < variants / 3 ? '1' : '2')),
    id: Array.from({ length: variants }, (_, v) => `rs${v}`),
    position: Int32Array.from({ length: variants }, (_, v) => 1000 * (v + 1)),
    centimorgan: new Float64Array(variants),
  };
  return variantWindows(table, range(0, variants), { unit: 'kb', reach });
}

function r2Of(genotypes: Genotypes): (j: number, k: number) => number {
  const x = genotypes.map((row) => standardised(meanImputed(row)));
  return (j, k) => (dot(x[j], x[k]) / x[j].length) ** 2;
}

const adjust = (r2: number, n: number) => r2 - (1 - r2) / (n - 2);

describeBackends((kernels) => {
  const slow = kernels.backend === 'typescript';
  const [variants, samples] = slow ? [90, 70] : [700, 150];
  const pool = new KernelPool(kernels, 1);

  it.each([
    { missing: 0, adjusted: true, reach: 40 },
    { missing: 0.03, adjusted: false, reach: 40 },
    { missing: 0, adjusted: true, reach: 2000 },
  ])(
    'LD scores are the sums of their definition: $missing missing, adjusted $adjusted, $reach kb',
    async ({ missing, adjusted, reach }) => {
      const genotypes = randomGenotypes(variants, samples, { seed: 5, missing });
      const operator = await operatorOf(genotypes, pool);
      const windows = windowsOf(variants, reach);
      const r2 = r2Of(genotypes);
      const continuous = randomNormals(variants * 3, 8);
      for (const columns of [1, 3]) {
        const values = toSharedFloat64(continuous.subarray(0, variants * columns));
        const scores = await ldScores(operator, windows, { values, columns }, { adjusted });
        for (let j = 0; j < variants; j += 7) {
          for (let c = 0; c < columns; c++) {
            let expected = 0;
            for (let k = windows.first[j]; k <= windows.last[j]; k++) {
              const pair = j === k ? 1 : adjusted ? adjust(r2(j, k), samples) : r2(j, k);
              expected += pair * values[k * columns + c];
            }
            expect(scores[j * columns + c]).toBeCloseTo(expected, 9);
          }
        }
      }
    },
  );

  it('a band holds each pair of neighbours once', async () => {
    const genotypes = randomGenotypes(variants, samples, { seed: 6, missing: 0.01 });
    const operator = await operatorOf(genotypes, pool);
    const windows = windowsOf(variants, 33);
    const { starts, values } = await bandedR2(operator, windows, { adjusted: false });
    expect(bandedR2Bytes(windows)).toBe(starts.byteLength + values.byteLength);
    const r2 = r2Of(genotypes);
    expect(values).toHaveLength(starts[variants]);
    for (let j = 0; j < variants; j += 11)
      for (let k = j + 1; k <= windows.last[j]; k++)
        expect(values[starts[j] + k - j - 1]).toBeCloseTo(r2(j, k), 10);
  });
});

describe('on the fastest backend', () => {
  const kernels = loadKernels('auto');
  const one = new KernelPool(kernels, 1);
  const three = new KernelPool(kernels, 3);
  afterAll(() => three.close());

  it('has METHODS 12’s values', async () => {
    const { genotypes } = methodsFixture();
    const scores: number[] = [];
    for (const chromosome of [genotypes.slice(0, 30), genotypes.slice(30)]) {
      const operator = await operatorOf(chromosome, one);
      const windows = { first: new Int32Array(30), last: new Int32Array(30).fill(29) };
      const annotations = { values: toSharedFloat64(new Float64Array(30).fill(1)), columns: 1 };
      scores.push(...(await ldScores(operator, windows, annotations, { adjusted: true })));
    }
    expect(scores.slice(0, 3).map((score) => score.toFixed(6))).toEqual(['1.195112', '1.834082', '2.005291']);
    expect((scores.reduce((a, b) => a + b) / 60).toFixed(6)).toBe('1.994946');
  });

  it('gives the same bits with any number of threads, in memory or streamed in any tiles', async () => {
    await startThreads(three);
    const variants = 3000;
    const genotypes = randomGenotypes(variants, 300, { seed: 9, missing: 0.002 });
    const windows = windowsOf(variants, 600);
    for (const columns of [1, 5]) {
      const annotations = { values: toSharedFloat64(randomNormals(variants * columns, 3)), columns };
      const results: Float64Array[] = [];
      for (const [pool, memory, tileBytes] of [
        [one, 1e9, 1e9],
        [three, 1e9, 1e9],
        [three, 0, 1],
        [one, 0, 128 * 1024],
      ] as const) {
        const operator = await operatorOf(genotypes, pool, { memory, tileBytes });
        results.push(await ldScores(operator, windows, annotations, { adjusted: true }));
      }
      for (const result of results.slice(1)) expect(Buffer.compare(bytes(result), bytes(results[0]))).toBe(0);
    }
  });

  it('refuses variants that do not vary, and too few people', async () => {
    const annotations = { values: toSharedFloat64(new Float64Array(2).fill(1)), columns: 1 };
    const windows = { first: new Int32Array(2), last: Int32Array.of(1, 1) };
    const refused = async (genotypes: Genotypes, message: string) => {
      const operator = await operatorOf(genotypes, one);
      const scores = ldScores(operator, windows, annotations, { adjusted: true });
      await expect(scores).rejects.toThrow(message);
    };
    await refused([Int8Array.of(0, 1, 2), Int8Array.of(1, 1, 1)], 'does not vary');
    await refused([Int8Array.of(0, 1), Int8Array.of(1, 2)], 'more people');
  });
});

/** Threads that run take small work as well. */
async function startThreads(pool: KernelPool): Promise<void> {
  const nothing = [sharedBytes(0), 0, 0, 0, sharedBytes(0), sharedBytes(0), 0] as const;
  await pool.run(repackTask, [nothing, nothing], { milliseconds: 1e9 });
}

const bytes = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
