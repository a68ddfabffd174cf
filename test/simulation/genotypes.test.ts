import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VariantStatistics } from '../../src/genotypes/statistics.js';
import { loadKernels } from '../../src/kernels/load.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { typescriptKernels } from '../../src/kernels/typescript.js';
import { loadWasm } from '../../src/kernels/wasm.js';
import {
  type GenotypeSimulation,
  type SimulatedVariants,
  simulateGenotypes,
} from '../../src/simulation/genotypes.js';
import { MemoryGenotypes } from '../../src/simulation/memory-genotypes.js';

const kernels = loadKernels();
const pools: KernelPool[] = [];
function poolOf(backend = kernels, threads = 1): KernelPool {
  pools.push(new KernelPool(backend, threads));
  return pools.at(-1)!;
}
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

async function simulate(options: GenotypeSimulation, pool = poolOf()) {
  const genotypes = new MemoryGenotypes(
    options.samples,
    options.variants.reduce((a, b) => a + b),
  );
  const variants = await simulateGenotypes(pool, options, genotypes);
  const counts = new Int32Array(4 * variants.count);
  kernels.countGenotypes(genotypes.packed, genotypes.stride, variants.count, options.samples, counts);
  return { genotypes, variants, statistics: new VariantStatistics(counts) };
}

type Simulated = Awaited<ReturnType<typeof simulate>>;

const same = (a: Simulated, b: Simulated) => Buffer.compare(a.genotypes.packed, b.genotypes.packed) === 0;

/** r² of variants i and j, without the 1 / n that chance adds. */
function linkage({ genotypes, variants, statistics }: Simulated): (i: number, j: number) => number {
  const { count } = variants;
  const dots = new Int32Array(count * count);
  kernels.gram(genotypes.packed, count, genotypes.packed, count, genotypes.stride, dots);
  const n = genotypes.samples;
  return (i, j) => {
    const covariance = dots[i * count + j] / n - statistics.centredMean(i) * statistics.centredMean(j);
    const r2 = covariance ** 2 / (statistics.variance(i) * statistics.variance(j));
    return r2 - (1 - r2) / (n - 2);
  };
}

function meanByDistance(
  r2: (i: number, j: number) => number,
  { count, position }: SimulatedVariants,
  from: number,
  to: number,
): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = position[j] - position[i];
      if (distance < from || distance >= to) continue;
      sum += r2(i, j);
      pairs++;
    }
  }
  return sum / pairs;
}

describe('simulateGenotypes', () => {
  describe('LD, beside 503 Europeans of 1000 Genomes at HapMap 3 SNPs of chromosome 22', () => {
    let simulated: Simulated;
    let r2: (i: number, j: number) => number;
    beforeAll(async () => {
      simulated = await simulate({ seed: 3, samples: 3000, variants: [3000] });
      r2 = linkage(simulated);
    });

    // Mean r² by distance in base pairs; the real ones are those of all SNPs and of SNPs 8 kb apart.
    it.each([
      { from: 5000, to: 10_000, real: [0.21, 0.27], range: [0.15, 0.3] },
      { from: 10_000, to: 20_000, real: [0.16, 0.2], range: [0.12, 0.24] },
      { from: 20_000, to: 50_000, real: [0.094, 0.129], range: [0.08, 0.17] },
      { from: 50_000, to: 100_000, real: [0.046, 0.076], range: [0.035, 0.1] },
      { from: 100_000, to: 200_000, real: [0.021, 0.037], range: [0.015, 0.06] },
      { from: 500_000, to: 1_000_000, real: [0.0013, 0.0027], range: [0.0005, 0.008] },
    ])('has mean r² $range from $from to $to bp (real: $real)', ({ from, to, range }) => {
      const mean = meanByDistance(r2, simulated.variants, from, to);
      expect(mean).toBeGreaterThan(range[0]);
      expect(mean).toBeLessThan(range[1]);
    });

    it('has LD scores of 5 to 20 within 1 Mb, spread widely (real: 6.4 at 8 kb, 17.4 at 2 kb)', () => {
      const { count, position } = simulated.variants;
      const scores = Array.from({ length: count }, (_, i) => {
        let score = 0;
        for (let j = 0; j < count; j++)
          if (Math.abs(position[j] - position[i]) <= 1e6) score += i === j ? 1 : r2(i, j);
        return score;
      });
      const mean = scores.reduce((a, b) => a + b) / count;
      const sd = Math.sqrt(scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / count);
      expect(mean).toBeGreaterThan(5);
      expect(mean).toBeLessThan(20);
      expect(sd / mean).toBeGreaterThan(0.3);
    });

    it('has genotypes in Hardy-Weinberg proportions', () => {
      const { statistics } = simulated;
      const p = Array.from({ length: statistics.variants }, (_, v) => statistics.hardyWeinbergP(v));
      expect(p.filter((x) => x < 0.05).length / p.length).toBeLessThan(0.075);
      expect(Math.min(...p)).toBeGreaterThan(1e-6);
    });
  });

  it('has minor allele frequencies spread evenly above the smallest', async () => {
    const { statistics } = await simulate({
      seed: 4,
      samples: 2000,
      variants: [1500, 1500],
      minFrequency: 0.05,
    });
    const sorted = Array.from({ length: 3000 }, (_, v) => statistics.minorAlleleFrequency(v)).sort(
      (a, b) => a - b,
    );
    for (const p of [0.1, 0.25, 0.5, 0.75, 0.9])
      expect(Math.abs(sorted[3000 * p] - (0.05 + 0.45 * p))).toBeLessThan(0.05);
  });

  it('makes chromosomes independent and people unrelated', async () => {
    const { genotypes, statistics, variants } = await simulate({
      seed: 5,
      samples: 2000,
      variants: [150, 150],
    });
    const r2 = linkage({ genotypes, statistics, variants });
    let between = 0;
    for (let i = 0; i < 150; i++) for (let j = 150; j < 300; j++) between += r2(i, j) / 150 ** 2;
    expect(Math.abs(between)).toBeLessThan(2e-4);
    expect([...variants.chromosome.subarray(149, 151)]).toEqual([1, 2]);
    expect(variants.centimorgan[150]).toBe(0);
  });

  it('gives the same bits on every backend, for any number of threads, at any size of the cohort', async () => {
    const options = {
      seed: 6,
      samples: 5000,
      variants: [130, 70],
      founders: 100,
      minFrequency: 0.05,
      missingRate: 0.02,
    };
    const { genotypes } = await simulate(options);
    const { genotypes: byWasm } = await simulate(options, poolOf(loadWasm()));
    expect(Buffer.compare(byWasm.packed, genotypes.packed)).toBe(0);
    const few = { ...options, samples: 300 };
    const small = await simulate(few);
    expect(same(await simulate(few, poolOf(typescriptKernels)), small)).toBe(true);
    const complete = { missingRate: 0 };
    const first = await simulate({ ...few, ...complete });
    const all = await simulate({ ...options, ...complete });
    for (let v = 0; v < 200; v++) {
      const bytes = 300 / 4;
      const row = (s: Simulated) =>
        s.genotypes.packed.subarray(v * s.genotypes.stride, v * s.genotypes.stride + bytes);
      expect(Buffer.compare(row(first), row(all))).toBe(0);
    }
  });

  it('makes the asked fraction of genotypes missing, independently', async () => {
    const samples = 5000;
    const { statistics, genotypes } = await simulate({
      seed: 7,
      samples,
      variants: [200],
      founders: 100,
      missingRate: 0.03,
    });
    const missing = Array.from({ length: 200 }, (_, v) => statistics.missing(v));
    const total = missing.reduce((a, b) => a + b);
    expect(Math.abs(total - 0.03 * samples * 200)).toBeLessThan(4 * Math.sqrt(0.03 * 0.97 * samples * 200));
    const variance = missing.reduce((sum, m) => sum + (m - total / 200) ** 2, 0) / 200;
    expect(variance / (0.03 * 0.97 * samples)).toBeGreaterThan(0.65);
    expect(variance / (0.03 * 0.97 * samples)).toBeLessThan(1.45);
    // padding stays missing, and nobody is missing in its place
    expect(genotypes.packed[genotypes.stride - 1]).toBe(0x55);
  });

  it('makes all genotypes from one seed and other genotypes from another', async () => {
    const options = { samples: 100, variants: [100], founders: 50, minFrequency: 0.05 };
    const one = await simulate({ ...options, seed: 1 });
    expect(same(await simulate({ ...options, seed: 1 }), one)).toBe(true);
    expect(same(await simulate({ ...options, seed: 2 }), one)).toBe(false);
  });
});
