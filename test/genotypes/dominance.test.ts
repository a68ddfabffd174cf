import { expect, it } from 'vitest';
import { dividedSide, standardisedGram } from '../../src/genotypes/gram.js';
import { createMask } from '../../src/genotypes/sample-mask.js';
import { expectedStandardised } from '../../src/genotypes/standardise.js';
import { sharedFloat32, sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { operatorOf } from '../fixture.js';
import { randomGenotypes, randomNormals } from '../genotype-data.js';
import { describeBackends } from '../kernels/backends.js';
import { dot, ols } from '../regression.js';

const VARIANTS = 300; // two tiles
const SAMPLES = 141;
const genotypes = randomGenotypes(VARIANTS, SAMPLES, { seed: 21, missing: 0.04 });
genotypes[7] = genotypes[7].map((copies) => (copies === 2 ? 1 : copies)); // nobody has two copies
genotypes[8].fill(1);

/** What the number of copies leaves of being heterozygous, among those with a genotype; variance 1 over all, 0 where missing. */
function leftOver(row: Int8Array): Float64Array {
  const seen = [0, 1, 2].every((copies) => row.includes(copies));
  if (!seen) return new Float64Array(row.length);
  const present = Array.from(row.keys()).filter((i) => row[i] >= 0);
  const copies = present.map((i) => row[i]);
  const heterozygous = copies.map((value) => Number(value === 1));
  const { beta } = ols(heterozygous, [copies.map(() => 1), copies]);
  const values = new Float64Array(row.length);
  for (const [k, i] of present.entries()) values[i] = heterozygous[k] - beta[0] - beta[1] * copies[k];
  const sd = Math.sqrt(dot(values, values) / row.length);
  return values.map((value) => value / sd);
}

const dominance = genotypes.map(leftOver);

describeBackends((kernels) => {
  const pool = new KernelPool(kernels, 1);

  it.each([true, false])(
    'is what the copies leave of being heterozygous, in products (resident %s)',
    async (resident) => {
      const alleles = await operatorOf(genotypes, pool, { memory: resident ? 1e9 : 0, tileBytes: 1 });
      const operator = alleles.dominance();
      const both = alleles.withDominance();
      const [y, b] = [randomNormals(SAMPLES, 3), randomNormals(2 * VARIANTS, 4)];
      const column = sharedFloat64(operator.columnStride);
      column.set(y);
      const [own, joint] = [sharedFloat64(VARIANTS), sharedFloat64(2 * VARIANTS)];
      await operator.transposeTimes(column, 1, own);
      await both.transposeTimes(column, 1, joint);
      expect(Math.max(...dominance.map((d, v) => Math.abs(own[v] - dot(d, y))))).toBeLessThan(1e-10);
      expect(joint.subarray(VARIANTS)).toEqual(own);
      const x = sharedFloat64(VARIANTS);
      await alleles.transposeTimes(column, 1, x);
      expect(joint.subarray(0, VARIANTS)).toEqual(x);
      const weights = sharedFloat32(2 * VARIANTS);
      weights.set(b);
      const [sum, ofAlleles] = [0, 1].map(() => sharedFloat64(operator.columnStride));
      await both.times(weights, 1, sum);
      await alleles.times(weights.subarray(0, VARIANTS), 1, ofAlleles);
      for (let i = 0; i < SAMPLES; i++) {
        const expected = dominance.reduce((all, d, v) => all + d[i] * b[VARIANTS + v], ofAlleles[i]);
        expect(Math.abs(sum[i] - expected)).toBeLessThan(1e-4);
      }
      expect(both.digitsPay(16)).toBe(false);
    },
  );

  it.each([
    ['all', () => true],
    ['some', (i: number) => i % 3 !== 0],
  ])('has exact Gram matrices of %s people, with itself and with the alleles', async (_, isOne) => {
    const alleles = await operatorOf(genotypes, pool, { tileBytes: 1 });
    const people = createMask(SAMPLES, isOne);
    const [first] = await alleles.dominance().rowsAmong(people, 64);
    const [second] = await alleles.rowsAmong(people, 64);
    const stride = first.packed.length / first.variants;
    const among = (values: Float64Array) => values.filter((__, i) => isOne(i));
    const x = genotypes.map((row) => {
      const present = Array.from(row).filter((copies) => copies >= 0);
      const mean = present.reduce((sum, copies) => sum + copies, 0) / present.length;
      const values = Float64Array.from(row, (copies) => (copies < 0 ? 0 : copies - mean));
      const variance = dot(values, values) / row.length;
      return values.map((value) => (variance > 0 ? value / Math.sqrt(variance) : 0));
    });
    for (const [a, b, left, right] of [
      [first, first, dominance, dominance],
      [first, second, dominance, x],
      [second, first, x, dominance],
    ] as const) {
      const out = new Float64Array(64 * 64);
      const tenth = new Float64Array(64 * 64);
      standardisedGram(kernels, a, b, stride, people.count, out, 64);
      standardisedGram(kernels, a, dividedSide(b, 10), stride, people.count, tenth, 64);
      for (let i = 0; i < 64; i++)
        for (let j = 0; j < 64; j++) {
          expect(Math.abs(out[64 * i + j] - dot(among(left[i]), among(right[j])))).toBeLessThan(1e-9);
          expect(Math.abs(out[64 * i + j] - 10 * tenth[64 * i + j])).toBeLessThan(1e-9);
        }
    }
  });

  it('keeps what it stands for in subsets, and tells variants that cannot show it', async () => {
    const alleles = await operatorOf(genotypes, pool, { tileBytes: 1 });
    const some = await alleles.dominance().subset(Int32Array.of(7, 8, 20), 1e9);
    expect([0, 1, 2].map((v) => some.statistics.isConstant(v))).toEqual([true, true, false]);
    const counted = await some.statisticsAmong(createMask(SAMPLES, (i) => i % 2 === 0));
    expect([0, 1].map((v) => counted.isConstant(v))).toEqual([true, true]);
    expect(some.table.values.subarray(0, 8)).toEqual(new Float64Array(8));
  });

  it('codes genotypes as GCTA does where frequencies are those expected: 0, 2p, 4p - 2 less 2p², over 2pq', async () => {
    const alleles = await operatorOf(genotypes, pool, { tileBytes: 1, standardise: expectedStandardised });
    const { table, statistics } = alleles.dominance();
    for (const v of [0, 1, 7, 299]) {
      const p = statistics.allele1Frequency(v);
      const codes = [0, 2 * p, 4 * p - 2].map((code) => (code - 2 * p * p) / (2 * p * (1 - p)));
      const [two, , one, none] = table.values.subarray(4 * v, 4 * v + 4);
      for (const [k, value] of [none, one, two].entries()) expect(value).toBeCloseTo(codes[k], 12);
    }
  });
});
