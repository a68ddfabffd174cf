import { expect, it } from 'vitest';
import { createMask, maskIndices } from '../../src/genotypes/sample-mask.js';
import { centred } from '../../src/genotypes/standardise.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { operatorOf } from '../fixture.js';
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

async function open(pool: KernelPool, resident: boolean) {
  // tiles of 256 variants
  const operator = await operatorOf(genotypes, pool, { memory: resident ? 1e9 : 0, tileBytes: 1 });
  const stride = operator.columnStride;
  const columns = sharedFloat64(COLUMNS * stride);
  for (const [c, column] of y.entries()) columns.set(column, c * stride);
  const columns32 = sharedFloat32(columns.length);
  columns32.set(columns);
  const weights = sharedFloat32(VARIANTS * COLUMNS);
  for (let k = 0; k < weights.length; k++) weights[k] = b[k % COLUMNS][Math.floor(k / COLUMNS)];
  return { operator, stride, columns, columns32, weights };
}

/** Root mean square of the difference over that of what is expected. */
function relativeError(found: Float64Array, expected: Float64Array): number {
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(square(found.map((value, k) => value - expected[k])) / square(expected));
}

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  it.each([true, false])("gives X'Y of dense standardised genotypes (resident %s)", async (resident) => {
    const { operator, columns, columns32 } = await open(pool, resident);
    const out = sharedFloat64(VARIANTS * COLUMNS);
    for (const [input, digits] of [
      [columns, 10],
      [columns32, 3],
    ] as const) {
      out.fill(7);
      await operator.transposeTimes(input, COLUMNS, out);
      let largest = 0;
      for (const [v, column] of x.entries()) {
        for (const [c, vector] of y.entries())
          largest = Math.max(largest, Math.abs(out[v * COLUMNS + c] - dot(column, vector)));
      }
      expect(largest).toBeLessThan(10 ** -digits);
    }
  });

  it.each([true, false])('adds X B of dense standardised genotypes (resident %s)', async (resident) => {
    const { operator, stride, weights } = await open(pool, resident);
    const out = sharedFloat64(COLUMNS * stride).fill(1);
    await operator.times(weights, COLUMNS, out);
    let largest = 0;
    for (let i = 0; i < stride; i++) {
      for (const [c, column] of b.entries()) {
        const expected = i < SAMPLES ? 1 + x.reduce((sum, values, v) => sum + values[i] * column[v], 0) : 1;
        largest = Math.max(largest, Math.abs(out[c * stride + i] - expected));
      }
    }
    expect(largest).toBeLessThan(1e-3);
  });

  it('multiplies in digits as in float32, to what they round', async () => {
    const { operator, stride, columns32, weights } = await open(pool, false);
    for (const [digits, tolerance] of [
      [2, 2e-4],
      [3, 2e-6],
    ] as const) {
      const [scores, inDigits] = [0, 1].map(() => sharedFloat64(VARIANTS * COLUMNS).fill(7));
      await operator.transposeTimes(columns32, COLUMNS, scores);
      await operator.transposeTimesDigits(columns32, COLUMNS, digits, inDigits);
      expect(relativeError(inDigits, scores)).toBeLessThan(tolerance);
      const [sums, sumsInDigits] = [0, 1].map(() => sharedFloat64(COLUMNS * stride));
      await operator.times(weights, COLUMNS, sums);
      await operator.timesDigits(weights, COLUMNS, digits, sumsInDigits);
      expect(relativeError(sumsInDigits, sums)).toBeLessThan(tolerance);
    }
  });

  it('takes columns in digits where those pay, parts in whole units of them', async () => {
    const complete = await operatorOf(randomGenotypes(VARIANTS, SAMPLES, { seed: 9 }), pool, {
      tileBytes: 1,
    });
    const pays = kernels.level.includes('vnni');
    expect(complete.digitsPay(COLUMNS)).toBe(pays);
    const { columns32, weights, stride } = await open(pool, false);
    const side = await complete.sampleSide(columns32, COLUMNS, 2);
    expect(side.split !== undefined).toBe(pays);
    const [scores, expectedScores] = [0, 1].map(() => sharedFloat64(VARIANTS * COLUMNS));
    const [sums, expectedSums] = [0, 1].map(() => sharedFloat64(COLUMNS * stride));
    for await (const part of complete.parts(300)) {
      expect(part.first % 256).toBe(0);
      const own = [part.first * COLUMNS, (part.first + part.count) * COLUMNS] as const;
      await part.transposeTimesSide(side, scores.subarray(...own));
      await part.timesDigits(weights.subarray(...own), COLUMNS, 2, sums);
    }
    if (pays) {
      await complete.transposeTimesDigits(columns32, COLUMNS, 2, expectedScores);
      await complete.timesDigits(weights, COLUMNS, 2, expectedSums);
    } else {
      await complete.transposeTimes(columns32, COLUMNS, expectedScores);
      await complete.times(weights, COLUMNS, expectedSums);
    }
    expect(scores).toEqual(expectedScores);
    expect(sums).toEqual(expectedSums);
  });

  it('has a part of a run decide on digits as the whole does', async () => {
    const missing = randomGenotypes(VARIANTS, SAMPLES, { seed: 9, missing: 0.05 });
    const list = randomGenotypes(VARIANTS, SAMPLES, { seed: 9 }).map((row, v) =>
      v < 256 ? row : missing[v],
    );
    const whole = await operatorOf(list, pool, { tileBytes: 1 });
    const first = whole.variants.subarray(0, 256);
    const [alone, part] = [await whole.subset(first, 0), await whole.subset(first, 0, true)];
    expect(alone.missingRate).toBe(0);
    expect(part.missingRate).toBe(whole.missingRate);
  });

  it('gives the same bits in digits, held in memory or streamed', async () => {
    const results = [];
    for (const resident of [true, false]) {
      const { operator, stride, weights } = await open(pool, resident);
      const out = sharedFloat64(COLUMNS * stride);
      await operator.timesDigits(weights, COLUMNS, 2, out);
      results.push([...out]);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('gives the same bits in digits where the result is more than stays in cache', async () => {
    const [variants, columns] = [300, 40]; // two tiles; 4,000 samples are four strips a call, of which three are done at once
    const list = randomGenotypes(variants, 4000, { seed: 11, missing: 0.001 });
    const weights = sharedFloat32(variants * columns);
    weights.set(randomNormals(weights.length, 12));
    const results = [];
    for (const memory of [1e9, 0]) {
      const operator = await operatorOf(list, pool, { memory, tileBytes: 1 });
      const out = sharedFloat64(columns * operator.columnStride);
      await operator.timesDigits(weights, columns, 2, out);
      results.push(out);
    }
    expect(results[0].some((value) => value !== 0)).toBe(true);
    expect(results[0]).toEqual(results[1]);
  });

  it('gives X A X' + "'" + 'V of weighted sets in one pass', async () => {
    const { operator, stride, columns32 } = await open(pool, false);
    const weights = sharedFloat64(VARIANTS * 2);
    for (let v = 0; v < VARIANTS; v++) weights[2 * v + (v % 2)] = 1 + (v % 5);
    const factors = sharedFloat64(COLUMNS * 2);
    factors.set([1, 0, 0.5, 2, 0, 1]);
    const out = sharedFloat64(COLUMNS * stride).fill(3);
    await operator.normalTimes(columns32, COLUMNS, { names: ['a', 'b'], weights }, factors, 3, out);
    for (const [c, vector] of y.entries()) {
      const scores = x.map(
        (row, v) => weights[2 * v + (v % 2)] * factors[2 * c + (v % 2)] * dot(row, vector),
      );
      for (let i = 0; i < SAMPLES; i += 9) {
        const expected = x.reduce((sum, row, v) => sum + row[i] * scores[v], 0);
        expect(Math.abs(out[c * stride + i] - expected)).toBeLessThan(0.05);
      }
    }
  });

  it('has the rows and counts of a group of people', async () => {
    const { operator } = await open(pool, true);
    const people = createMask(SAMPLES, (i) => i % 3 !== 1);
    const counted = await operator.statisticsAmong(people);
    const own = [...maskIndices(people)];
    const rows = await operator.rowsAmong(people, 100);
    expect(rows.reduce((sum, { variants }) => sum + variants, 0)).toBe(VARIANTS);
    const stride = rows[0].packed.length / rows[0].variants;
    for (const { first, variants, packed } of rows) {
      for (let r = 0; r < variants; r += 13) {
        const codes = own.map((_, k) => (packed[r * stride + (k >> 2)] >> (2 * (k & 3))) & 3);
        const copies = codes.map((code) => [2, -1, 1, 0][code]);
        expect(copies).toEqual(own.map((i) => genotypes[first + r][i]));
        expect(counted.missing(first + r)).toBe(copies.filter((count) => count < 0).length);
        expect(counted.present(first + r)).toBe(copies.filter((count) => count >= 0).length);
      }
    }
  });
});

it('takes another scale, and a subset of its variants by their place in the file', async () => {
  const pool = new KernelPool(loadKernels(), 1);
  const operator = await operatorOf(genotypes, pool, { standardise: centred });
  const some = Int32Array.of(3, 4, 300, 599);
  const subset = await operator.subset(some, 0);
  expect(subset.resident).toBe(false);
  expect(Array.from(operator.positionsOf(some))).toEqual([3, 4, 300, 599]);
  expect(subset.count).toBe(4);
  const ones = sharedFloat64(subset.columnStride).fill(1, 0, SAMPLES);
  const sums = sharedFloat64(4);
  await subset.transposeTimes(ones, 1, sums);
  for (const sum of sums) expect(Math.abs(sum)).toBeLessThan(1e-9);
  expect(subset.table.scale).toEqual(sharedFloat64(4).fill(1));
  expect(() => operator.positionsOf(Int32Array.of(600))).toThrow('not one of');
});

it('does not depend on the number of threads, bit for bit', async () => {
  const results = [1, 3].map(async (threads) => {
    const pool = new KernelPool(loadKernels(), threads);
    const { operator, stride, columns32, weights } = await open(pool, false);
    const products = sharedFloat64(VARIANTS * COLUMNS);
    await operator.transposeTimes(columns32, COLUMNS, products);
    const scores = sharedFloat64(COLUMNS * stride);
    await operator.times(weights, COLUMNS, scores);
    await pool.close();
    return [Float64Array.from(products), Float64Array.from(scores)];
  });
  const [one, three] = await Promise.all(results);
  expect(three).toEqual(one);
});
