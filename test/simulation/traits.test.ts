import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenotypeOperator } from '../../src/genotypes/operator.js';
import { createMask } from '../../src/genotypes/sample-mask.js';
import { GenotypeStore } from '../../src/genotypes/store.js';
import { loadKernels } from '../../src/kernels/load.js';
import { sharedFloat64 } from '../../src/kernels/memory.js';
import { KernelPool } from '../../src/kernels/pool.js';
import { simulateGenotypes } from '../../src/simulation/genotypes.js';
import { MemoryGenotypes } from '../../src/simulation/memory-genotypes.js';
import { type SimulatedTrait, simulateTraits } from '../../src/simulation/traits.js';

const SAMPLES = 1000;
const CHROMOSOMES = [300, 200];
const VARIANTS = 500;
const pool = new KernelPool(loadKernels(), 1);
afterAll(() => pool.close());

const source = new MemoryGenotypes(SAMPLES, VARIANTS);
let genotypes: GenotypeOperator;

async function openOn(kernelPool: KernelPool, tileBytes?: number): Promise<GenotypeOperator> {
  const mask = createMask(SAMPLES, () => true);
  const store = new GenotypeStore(source, mask, kernelPool, tileBytes);
  const variants = Int32Array.from({ length: VARIANTS }, (_, v) => v);
  const memory = tileBytes === undefined ? Number.POSITIVE_INFINITY : 0;
  return GenotypeOperator.open(store, variants, { memory, statistics: await store.count(variants) });
}

beforeAll(async () => {
  await simulateGenotypes(
    pool,
    { seed: 1, samples: SAMPLES, variants: CHROMOSOMES, minFrequency: 0.05, missingRate: 0.01 },
    source,
  );
  genotypes = await openOn(pool);
});

const sumOfSquares = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
function variance(x: Float64Array): number {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return sumOfSquares(x.map((value) => value - mean)) / x.length;
}

/** Effects of all variants per standard deviation. */
function dense({ effects }: SimulatedTrait): Float64Array {
  const all = new Float64Array(VARIANTS);
  for (const [k, v] of effects.variants.entries()) all[v] = effects.standardised(k);
  return all;
}

/** What an effect of so many steps adds to each sample, in steps, from the packed rows. */
async function contribution(v: number, steps: number): Promise<Float64Array> {
  const { statistics, rowStride } = genotypes;
  for await (const part of genotypes.parts()) {
    const row = part.packed.subarray((v - part.first) * rowStride);
    return Float64Array.from({ length: SAMPLES }, (_, i) => {
      const copies = [2, undefined, 1, 0][(row[i >> 2] >> (2 * (i & 3))) & 3];
      const mean = 1 + statistics.centredMean(v);
      // a missing genotype is the mean, to the nearest step
      return copies === undefined
        ? Math.round(steps * (mean - 1)) - steps * (mean - 1)
        : steps * (copies - mean);
    });
  }
  throw new Error('no tile');
}

describe('simulateTraits', () => {
  it('adds up standardised genotypes times effects', async () => {
    const [trait] = await simulateTraits(genotypes, [{ h2: 1, causal: 10 }], { seed: 2 });
    const expected = new Float64Array(SAMPLES);
    for (const [k, v] of trait.effects.variants.entries()) {
      const added = await contribution(v, trait.effects.steps[k]);
      for (let i = 0; i < SAMPLES; i++) expected[i] += added[i] * trait.effects.unit;
    }
    expect(trait.effects.variants).toHaveLength(10);
    for (let i = 0; i < SAMPLES; i++) expect(trait.values[i]).toBeCloseTo(expected[i], 12);
    expect(trait.realisedH2).toBe(1);
  });

  it('draws effects whose variances sum to h2, and noise of variance 1 - h2', async () => {
    const replicates = Array.from({ length: 60 }, () => ({ h2: 0.4 }));
    const traits = await simulateTraits(genotypes, replicates, { seed: 3 });
    const sums = traits.map((trait) => sumOfSquares(dense(trait)));
    const mean = sums.reduce((a, b) => a + b) / sums.length;
    // the sum of 500 squared normal effects has standard deviation h2 sqrt(2 / 500)
    expect(Math.abs(mean - 0.4)).toBeLessThan((4 * 0.4 * Math.sqrt(2 / VARIANTS)) / Math.sqrt(60));
    const nothing = await simulateTraits(genotypes, [{ h2: 0 }], { seed: 3 });
    expect(Math.abs(variance(nothing[0].values) - 1)).toBeLessThan(4 * Math.sqrt(2 / SAMPLES));
    expect(nothing[0].realisedH2).toBe(0);
  });

  it('makes sample variances exact when asked to', async () => {
    const exact = { seed: 4, scaling: 'exact' } as const;
    const [trait] = await simulateTraits(genotypes, [{ h2: 0.3 }], exact);
    const [genetic] = await simulateTraits(genotypes, [{ h2: 1 }], exact);
    // the same draws: h2 = 1 shows the genetic values alone
    const g = genetic.values.map((x) => x * Math.sqrt(0.3));
    const noise = trait.values.map((y, i) => y - g[i]);
    expect(variance(genetic.values)).toBeCloseTo(1, 10);
    expect(variance(noise)).toBeCloseTo(0.7, 6);
    expect(trait.realisedH2 * variance(trait.values)).toBeCloseTo(0.3, 10);
  });

  it('gives effect variances in proportion to w^gamma [f (1 - f)]^(1 + alpha)', async () => {
    const weights = new Float64Array(VARIANTS).fill(1).fill(9, 300);
    const seed = 5;
    const [plain] = await simulateTraits(genotypes, [{ h2: 0.5 }], { seed });
    const [shaped] = await simulateTraits(genotypes, [{ h2: 0.5, alpha: -0.25, gamma: 0.5 }], {
      seed,
      weights,
    });
    const frequency = (v: number) => genotypes.statistics.allele1Frequency(v);
    const relative = Float64Array.from(
      { length: VARIANTS },
      (_, v) => (frequency(v) * (1 - frequency(v))) ** 0.75 * Math.sqrt(weights[v]),
    );
    const total = relative.reduce((a, b) => a + b);
    for (let v = 0; v < VARIANTS; v++) {
      const wanted = plain.effects.standardised(v) * Math.sqrt((relative[v] * VARIANTS) / total);
      const sd = shaped.effects.standardised(v) / shaped.effects.perAllele(v);
      const halfSteps =
        (shaped.effects.unit + plain.effects.unit * Math.abs(wanted / plain.effects.standardised(v))) / 2;
      expect(Math.abs(shaped.effects.standardised(v) - wanted)).toBeLessThanOrEqual(
        halfSteps * sd * (1 + 1e-9),
      );
    }
  });

  it('takes causal variants within the frequencies asked for', async () => {
    const [trait] = await simulateTraits(genotypes, [{ h2: 0.5, causal: 20, causalFrequency: [0.05, 0.1] }], {
      seed: 6,
    });
    const minor = Array.from(trait.effects.variants).map((v) => genotypes.statistics.minorAlleleFrequency(v));
    expect(minor).toHaveLength(20);
    for (const f of minor) {
      expect(f).toBeGreaterThanOrEqual(0.05);
      expect(f).toBeLessThanOrEqual(0.1);
    }
  });

  it('does not depend on how the genotypes are read, nor on the other traits', async () => {
    const streamed = await openOn(pool, 1);
    const architectures = [{ h2: 0.2 }, { h2: 0.5, causal: 7 }];
    const both = await simulateTraits(streamed, architectures, { seed: 7 });
    const together = await simulateTraits(genotypes, architectures, { seed: 7 });
    const [alone] = await simulateTraits(genotypes, architectures.slice(0, 1), { seed: 7 });
    expect(together.map(dense)).toEqual(both.map(dense));
    for (let i = 0; i < SAMPLES; i++) {
      expect(both[1].values[i]).toBeCloseTo(together[1].values[i], 12);
      expect(alone.values[i]).toBe(together[0].values[i]);
    }
  });

  it('gives the same bits on every backend and number of threads', async () => {
    const architectures = [{ h2: 0.2 }, { h2: 0.5, causal: 7, alpha: -0.25 }, { h2: 0.8 }];
    const reference = await simulateTraits(genotypes, architectures, { seed: 9, scaling: 'exact' });
    for (const backend of ['native', 'wasm', 'typescript'] as const) {
      for (const threads of [1, 3]) {
        const other = new KernelPool(loadKernels(backend), threads);
        const traits = await simulateTraits(await openOn(other), architectures, {
          seed: 9,
          scaling: 'exact',
        });
        await other.close();
        expect(traits.map(({ values }) => values)).toEqual(reference.map(({ values }) => values));
      }
    }
  });

  it('draws the same traits in several calls as in one, into the room it is given', async () => {
    const all = await simulateTraits(genotypes, [{ h2: 0.2 }, { h2: 0.5 }], { seed: 10 });
    const room = sharedFloat64(genotypes.columnStride).fill(7);
    const [second] = await simulateTraits(genotypes, [{ h2: 0.5 }], { seed: 10, first: 1, out: room });
    expect(second.values).toEqual(all[1].values);
    expect(room.subarray(0, SAMPLES)).toEqual(second.values);
    expect(room.subarray(SAMPLES).every((x) => x === 0)).toBe(true);
  });

  it('adds covariates that explain their shares', async () => {
    const group = Float64Array.from({ length: SAMPLES }, (_, i) => (i < 300 ? 1 : 5));
    const covariates = [{ values: group, share: 0.2 }];
    const scaling = 'exact';
    const [plain] = await simulateTraits(genotypes, [{ h2: 0.5 }], { seed: 11, scaling });
    const [trait] = await simulateTraits(genotypes, [{ h2: 0.5 }], { seed: 11, scaling, covariates });
    expect(trait.geneticVariance).toBeCloseTo(0.5, 10);
    expect(trait.noiseVariance).toBeCloseTo(0.3, 10);
    // genetic values are the same, noise is smaller
    const [genetic] = await simulateTraits(genotypes, [{ h2: 1 }], { seed: 11, scaling });
    const g = genetic.values.map((x) => x * Math.sqrt(0.5));
    const smaller = Math.sqrt(0.3 / 0.5);
    const added = trait.values.map((y, i) => y - g[i] - smaller * (plain.values[i] - g[i]));
    expect(variance(added)).toBeCloseTo(0.2, 10);
    expect(new Set(added.map((x) => Number(x.toFixed(9)))).size).toBe(2);
    await expect(simulateTraits(genotypes, [{ h2: 0.9 }], { seed: 11, covariates })).rejects.toThrow(
      /explain more than all variance/,
    );
  });

  it('refuses more causal variants than there are', async () => {
    await expect(simulateTraits(genotypes, [{ h2: 0.5, causal: 501 }], { seed: 8 })).rejects.toThrow(
      /found 500, expected at least 501/,
    );
  });
});
