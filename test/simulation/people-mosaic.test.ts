import { describe, expect, it } from 'vitest';
import { GenotypeOperator } from '../../src/genotypes/operator.js';
import { createMask } from '../../src/genotypes/sample-mask.js';
import { GenotypeStore } from '../../src/genotypes/store.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { MemoryGenotypes } from '../../src/simulation/memory-genotypes.js';
import {
  chromosomeStretches,
  mosaicOfPeople,
  type PeopleMosaic,
} from '../../src/simulation/people-mosaic.js';
import { copiesOf, simulate, statisticsOf } from './simulated.js';

const VARIANTS = [500, 300];
const source = await simulate({
  seed: 8,
  samples: 301,
  variants: VARIANTS,
  minFrequency: 0.1,
  missingRate: 0.01,
});
const table = {
  chromosome: Array.from(source.variants.chromosome, String),
  position: source.variants.position,
  centimorgan: source.variants.centimorgan,
};
const all = Int32Array.from({ length: 800 }, (_, v) => v);

async function mosaic(options: PeopleMosaic, pool = new KernelPool(loadKernels(), 1), tileBytes?: number) {
  const mask = createMask(301, () => true);
  const store = new GenotypeStore(source.genotypes, mask, pool, tileBytes);
  const old = await GenotypeOperator.open(store, all, { memory: 0 });
  const made = new MemoryGenotypes(options.samples, 800);
  await mosaicOfPeople(old, chromosomeStretches(table, all), options, made);
  return made;
}

/** Correlation of two variants over the samples that have both. */
function correlation(genotypes: MemoryGenotypes, a: number, b: number): number {
  const [x, y] = [copiesOf(genotypes, a), copiesOf(genotypes, b)];
  let [n, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (const [i, g] of x.entries()) {
    const h = y[i];
    if (g < 0 || h < 0) continue;
    n++;
    sx += g;
    sy += h;
    sxx += g * g;
    syy += h * h;
    sxy += g * h;
  }
  return (n * sxy - sx * sy) / Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

describe('mosaicOfPeople', () => {
  it('keeps frequencies, and correlations but for segments that end in between', async () => {
    const segmentLength = 0.5;
    const made = await mosaic({ seed: 1, samples: 8000, segmentLength });
    const [old, now] = [statisticsOf(source.genotypes), statisticsOf(made)];
    let products = 0;
    let squares = 0;
    let worst = 0;
    for (let v = 0; v < 800; v++) {
      const f = old.allele1Frequency(v);
      expect(Math.abs(now.allele1Frequency(v) - f)).toBeLessThan(4.5 * Math.sqrt(old.variance(v) / 4 / 8000));
      expect(Math.abs(now.missingRate(v) - old.missingRate(v))).toBeLessThan(0.01);
      if (v % 10 > 0 || v + 30 >= 500) continue;
      for (const w of [v + 1, v + 10, v + 30]) {
        const distance = table.centimorgan[w] - table.centimorgan[v];
        const expected = correlation(source.genotypes, v, w) * Math.exp(-distance / segmentLength);
        const found = correlation(made, v, w);
        products += expected * found;
        squares += expected ** 2;
        worst = Math.max(worst, Math.abs(found - expected));
      }
    }
    expect(products / squares).toBeCloseTo(1, 1.5);
    expect(worst).toBeLessThan(0.07);
    // chromosomes are independent, though the old people's chance correlations are not 0
    expect(Math.abs(correlation(made, 0, 600))).toBeLessThan(0.05);
  });

  it('where mates are alike, effects of different chromosomes go together, and frequencies stay', async () => {
    // every allele adds its own part; each chromosome's sum, and both
    const effects = Float64Array.from(all, (v) => Math.sin(v + 1));
    const sums = (genotypes: MemoryGenotypes) => {
      const [one, two] = [0, 1].map(() => new Float64Array(genotypes.samples));
      for (const v of all)
        copiesOf(genotypes, v).forEach((copies, i) => {
          (v < VARIANTS[0] ? one : two)[i] += effects[v] * Math.max(0, copies);
        });
      return { one, two, both: one.map((value, i) => value + two[i]) };
    };
    const covariance = (a: Float64Array, b: Float64Array) => {
      const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
      const [ma, mb] = [mean(a), mean(b)];
      return a.reduce((sum, value, i) => sum + (value - ma) * (b[i] - mb), 0) / a.length;
    };
    const old = sums(source.genotypes);
    const made = await mosaic({
      seed: 4,
      samples: 8000,
      segmentLength: 0.2,
      assortative: { values: old.both, correlation: 0.4 },
    });
    const now = sums(made);
    const total = covariance(old.both, old.both);
    const rho = 0.4 / 0.6;
    const expected = (rho * covariance(old.one, old.both) * covariance(old.two, old.both)) / total;
    const se = Math.sqrt((covariance(now.one, now.one) * covariance(now.two, now.two)) / 8000);
    expect(expected / se).toBeGreaterThan(10);
    expect(Math.abs(covariance(now.one, now.two) - expected)).toBeLessThan(5 * se);
    const [before, after] = [statisticsOf(source.genotypes), statisticsOf(made)];
    for (let v = 0; v < 800; v += 10)
      expect(Math.abs(after.allele1Frequency(v) - before.allele1Frequency(v))).toBeLessThan(0.02);
  });

  it('refuses mates who are more alike than an equilibrium has', async () => {
    const values = Float64Array.from({ length: 301 }, (_, i) => i);
    const assortative = { values, correlation: 0.6 };
    await expect(mosaic({ seed: 4, samples: 10, assortative })).rejects.toThrow('mates cannot be so alike');
  });

  it('copies whole people where segments are long', async () => {
    const made = await mosaic({ seed: 2, samples: 10, segmentLength: 1e9 });
    const people = (genotypes: MemoryGenotypes) => {
      const columns = Array.from({ length: 500 }, (_, v) => copiesOf(genotypes, v));
      return Array.from({ length: genotypes.samples }, (_, i) => columns.map((column) => column[i]).join());
    };
    const old = new Set(people(source.genotypes));
    for (const person of people(made)) expect(old.has(person)).toBe(true);
  });

  it('gives the same bits on every backend, number of threads and size of tiles', async () => {
    const values = Float64Array.from({ length: 301 }, (_, i) => (i * 37) % 301);
    const options = { seed: 3, samples: 4500, missingRate: 0.02, assortative: { values, correlation: 0.2 } };
    const reference = await mosaic(options);
    const threads = new KernelPool(loadKernels(), 3);
    expect(Buffer.compare((await mosaic(options, threads)).packed, reference.packed)).toBe(0);
    await threads.close();
    const plain = new KernelPool(typescriptKernels, 1);
    expect(Buffer.compare((await mosaic(options, plain)).packed, reference.packed)).toBe(0);
    expect(
      Buffer.compare(
        (await mosaic(options, new KernelPool(loadKernels(), 1), 256 * 128)).packed,
        reference.packed,
      ),
    ).toBe(0);
  });

  it('takes a centimorgan a megabase where there is no map, and says when there are no positions', () => {
    const plain = { ...table, centimorgan: new Float64Array(800) };
    const [first, second] = chromosomeStretches(plain, all.subarray(200));
    expect([first.variants, second.variants, second.first]).toEqual([300, 300, 300]);
    expect(first.map[299]).toBeCloseTo((table.position[499] - table.position[200]) / 1e6, 10);
    expect(() => chromosomeStretches({ ...plain, position: new Int32Array(800) }, all)).toThrow(
      /all variants of chromosome 1 are at one place/,
    );
  });
});
