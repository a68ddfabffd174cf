import { expect, it } from 'vitest';
import { DosageStatistics } from '../../src/genotypes/dosages.js';
import { standardisedGram } from '../../src/genotypes/gram.js';
import { GenotypeOperator } from '../../src/genotypes/operator.js';
import { createMask, maskIndices } from '../../src/genotypes/sample-mask.js';
import { GenotypeStore, type VariantSource } from '../../src/genotypes/store.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { CODE_OF_DIGIT, DOSAGE_ROWS, LEVELS_OF_COPY, MISSING_LEVEL } from '../../src/kernels/variant-rows.js';
import { randomNormals, standardised } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { randomSource } from '../kernels/packed.js';
import { dot } from '../regression.js';

const VARIANTS = 300; // two tiles
const ALL = 151;
const COLUMNS = 3;
const mask = createMask(ALL, (i) => i % 7 !== 3);
const people = [...maskIndices(mask)];
const SAMPLES = people.length;

const random = randomSource(12);
const levels = Array.from({ length: VARIANTS }, () => {
  const frequency = random();
  return Uint8Array.from({ length: ALL }, () => {
    if (random() < 0.03) return MISSING_LEVEL;
    const copies = Number(random() < frequency) + Number(random() < frequency);
    return Math.round(Math.min(254, Math.max(0, 127 * (copies + 0.3 * (random() - 0.5)))));
  });
});

const source: VariantSource = {
  rows: DOSAGE_ROWS,
  async readVariants(first, count, target, stride) {
    target.fill(0, 0, count * DOSAGE_ROWS * stride);
    for (let v = 0; v < count; v++)
      for (const [i, level] of levels[first + v].entries())
        for (let k = 0; k < DOSAGE_ROWS; k++)
          target[(v * DOSAGE_ROWS + k) * stride + (i >> 2)] |=
            CODE_OF_DIGIT[(level >> (2 * k)) & 3] << (2 * (i & 3));
  },
};

/** Copies of the people kept, missing ones at the mean of the others, rounded to a level. */
const copies = levels.map((row) => {
  const own = people.map((i) => row[i]);
  const present = own.filter((level) => level !== MISSING_LEVEL);
  const mean = Math.round(present.reduce((sum, level) => sum + level, 0) / present.length);
  return own.map((level) => (level === MISSING_LEVEL ? mean : level) / LEVELS_OF_COPY);
});
const x = copies.map((row) => standardised(row));
const y = Array.from({ length: COLUMNS }, (_, c) => randomNormals(SAMPLES, 40 + c));

async function open(pool: KernelPool, resident: boolean) {
  const store = new GenotypeStore(source, mask, pool, 1); // tiles of 256 variants
  const variants = Int32Array.from({ length: VARIANTS }, (_, v) => v);
  const sums = await store.addUpDosages(variants);
  const statistics = new DosageStatistics(new Int32Array(4 * VARIANTS), sums, SAMPLES);
  const operator = await GenotypeOperator.open(store, variants, { memory: resident ? 1e9 : 0, statistics });
  const stride = operator.columnStride;
  const columns = sharedFloat64(COLUMNS * stride);
  for (const [c, column] of y.entries()) columns.set(column, c * stride);
  const columns32 = sharedFloat32(columns.length);
  columns32.set(columns);
  return { operator, stride, columns, columns32, statistics };
}

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  it('has mean and variance of dosages, missing ones at the mean', async () => {
    const { statistics, operator } = await open(pool, true);
    const some = operator.statistics.subset([7, 299]);
    expect(some).toBeInstanceOf(DosageStatistics);
    for (const [of, v, k] of [
      [statistics, 5, 5],
      [some, 0, 7],
      [some, 1, 299],
    ] as const) {
      const mean = copies[k].reduce((sum, value) => sum + value, 0) / SAMPLES;
      expect(of.centredMean(v)).toBeCloseTo(mean - 1, 12);
      expect(of.variance(v)).toBeCloseTo(
        copies[k].reduce((sum, value) => sum + (value - mean) ** 2, 0) / SAMPLES,
        12,
      );
      expect(of.missing(v)).toBe(people.filter((i) => levels[k][i] === MISSING_LEVEL).length);
      expect(of.isMonomorphic(v)).toBe(false);
    }
  });

  it.each([true, false])('multiplies dosages as dense numbers (resident %s)', async (resident) => {
    const { operator, stride, columns, columns32 } = await open(pool, resident);
    for (const [input, digits] of [
      [columns, 10],
      [columns32, 3],
    ] as const) {
      const out = sharedFloat64(VARIANTS * COLUMNS).fill(7);
      await operator.transposeTimes(input, COLUMNS, out);
      for (const [v, row] of x.entries())
        for (const [c, vector] of y.entries())
          expect(Math.abs(out[v * COLUMNS + c] - dot(row, vector))).toBeLessThan(10 ** -digits);
    }
    const b = sharedFloat32(VARIANTS * COLUMNS);
    for (let k = 0; k < b.length; k++) b[k] = Math.sin(k);
    const sums = sharedFloat64(COLUMNS * stride);
    await operator.times(b, COLUMNS, sums);
    for (let c = 0; c < COLUMNS; c++)
      for (let i = 0; i < stride; i++) {
        const expected = i < SAMPLES ? x.reduce((sum, row, v) => sum + row[i] * b[v * COLUMNS + c], 0) : 0;
        expect(Math.abs(sums[c * stride + i] - expected)).toBeLessThan(1e-3);
      }
  });

  it("gives X A X'V of weighted sets in one pass", async () => {
    const { operator, stride, columns32 } = await open(pool, false);
    const weights = sharedFloat64(VARIANTS);
    for (let v = 0; v < VARIANTS; v++) weights[v] = v % 3;
    const out = sharedFloat64(COLUMNS * stride);
    const factors = sharedFloat64(COLUMNS).fill(2);
    await operator.normalTimes(columns32, COLUMNS, { names: ['a'], weights }, factors, 3, out);
    for (const [c, vector] of y.entries()) {
      const scores = x.map((row, v) => 2 * weights[v] * dot(row, vector));
      for (let i = 0; i < SAMPLES; i += 9) {
        const expected = x.reduce((sum, row, v) => sum + row[i] * scores[v], 0);
        expect(Math.abs(out[c * stride + i] - expected)).toBeLessThan(0.05);
      }
    }
  });

  it('has exact Gram matrices and squares, among some people too', async () => {
    const { operator } = await open(pool, true);
    const some = createMask(SAMPLES, (i) => i % 4 !== 1);
    const kept = [...maskIndices(some)];
    for await (const [{ rows }] of operator.ranges([{ first: 250, variants: 20 }])) {
      const gram = new Float64Array(400);
      standardisedGram(kernels, rows, rows, operator.rowStride, SAMPLES, gram, 20);
      for (let i = 0; i < 20; i++)
        for (let j = 0; j < 20; j++) expect(gram[20 * i + j]).toBeCloseTo(dot(x[250 + i], x[250 + j]), 9);
    }
    for await (const part of operator.parts(100)) {
      const squares = await part.squaresAmong(some);
      for (const [k, square] of squares.entries())
        expect(square).toBeCloseTo(
          kept.reduce((sum, i) => sum + x[part.first + k][i] ** 2, 0),
          9,
        );
    }
    const [rows] = await operator.rowsAmong(some, 50);
    const gram = new Float64Array(4);
    const two = { ...rows, packed: rows.packed, variants: 2 };
    standardisedGram(
      kernels,
      two,
      two,
      rows.packed.length / rows.variants / DOSAGE_ROWS,
      kept.length,
      gram,
      2,
    );
    expect(gram[1]).toBeCloseTo(
      kept.reduce((sum, i) => sum + x[0][i] * x[1][i], 0),
      9,
    );
  });
});
