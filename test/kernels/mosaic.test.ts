import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';

interface Chromosome {
  readonly founders: Uint8Array;
  readonly founderStride: number;
  readonly founderCount: number;
  readonly map: Float64Array;
}

function chromosome(
  variants: number,
  founderCount: number,
  frequency: number,
  gap: (v: number) => number,
): Chromosome {
  const founderStride = Math.ceil(variants / 512) * 64;
  const founders = new Uint8Array(founderCount * founderStride);
  const uniform = new Float64Array(variants);
  for (let h = 0; h < founderCount; h++) {
    oracle.uniform(99, h, 0, uniform);
    for (let v = 0; v < variants; v++) {
      if (uniform[v] < frequency) founders[h * founderStride + (v >> 3)] |= 1 << (v & 7);
    }
  }
  const map = new Float64Array(variants);
  for (let v = 1; v < variants; v++) map[v] = map[v - 1] + gap(v);
  return { founders, founderStride, founderCount, map };
}

/** Packed rows of all samples, made in the given pieces. */
function simulate(
  k: Kernels,
  c: Chromosome,
  meanLength: number,
  samples: number,
  variantsPerCall: number,
  samplesPerCall: number,
  seed = 5,
  stream = 1000,
): Uint8Array {
  const variants = c.map.length;
  const stride = packedStride(samples);
  const rows = new Uint8Array(variants * stride).fill(0x55);
  for (let sample = 0; sample < samples; sample += samplesPerCall) {
    const count = Math.min(samplesPerCall, samples - sample);
    const segments = new Int32Array(2 * count);
    const copied = new Int32Array(2 * count);
    const ends = new Float64Array(2 * count);
    const pieceStride = packedStride(count);
    for (let first = 0; first < variants; first += variantsPerCall) {
      const height = Math.min(variantsPerCall, variants - first);
      const packed = new Uint8Array(height * pieceStride);
      k.mosaic(
        c.founders,
        c.founderStride,
        c.founderCount,
        c.map,
        meanLength,
        first,
        height,
        seed,
        stream + 2 * sample,
        count,
        segments,
        copied,
        ends,
        packed,
        pieceStride,
      );
      for (let v = 0; v < height; v++) {
        const row = packed.subarray(v * pieceStride, (v + 1) * pieceStride);
        rows.set(
          row.subarray(0, Math.min(pieceStride, stride - sample / 4)),
          (first + v) * stride + sample / 4,
        );
      }
    }
  }
  return rows;
}

/** Copies of allele 1 of each sample at variant v. */
function copies(packed: Uint8Array, samples: number, v: number): number[] {
  const row = v * packedStride(samples);
  return Array.from(
    { length: samples },
    (_, i) => [2, Number.NaN, 1, 0][(packed[row + (i >> 2)] >> (2 * (i & 3))) & 3],
  );
}

describeBackends((kernels) => {
  it('gives the bits of the oracle: any sizes, segments longer than the chromosome and shorter than a gap', () => {
    const cases = fc.record({
      variants: fc.integer({ min: 1, max: 200 }),
      founders: fc.integer({ min: 1, max: 9 }),
      samples: fc.integer({ min: 1, max: 300 }),
      meanLength: fc.constantFrom(0.01, 0.3, 4, 1e6),
      seed: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(cases, ({ variants, founders, samples, meanLength, seed }) => {
        const c = chromosome(variants, founders, 0.5, (v) => [0, 0.1, 0.02][v % 3]);
        const ours = simulate(kernels, c, meanLength, samples, 64, 1024, seed);
        expect(Buffer.compare(ours, simulate(oracle, c, meanLength, samples, 64, 1024, seed))).toBe(0);
      }),
      { numRuns: 10 },
    );
  });

  it('gives the same rows however variants and samples are cut', () => {
    const c = chromosome(450, 20, 0.3, () => 0.05);
    const whole = simulate(kernels, c, 1, 700, 450, 700);
    for (const [variants, samples] of [
      [64, 256],
      [128, 512],
      [448, 256],
    ]) {
      expect(Buffer.compare(simulate(kernels, c, 1, 700, variants, samples), whole)).toBe(0);
    }
  });

  it('pads every row with the missing code', () => {
    const c = chromosome(3, 4, 0.5, () => 1);
    const packed = simulate(kernels, c, 1, 5, 64, 1024);
    for (let v = 0; v < 3; v++) {
      expect(packed[v * 64 + 1] & 0xfc).toBe(0x54);
      expect(packed.subarray(v * 64 + 2, (v + 1) * 64).every((byte) => byte === 0x55)).toBe(true);
    }
  });
});

// Every backend gives the same bits, so one stands for all.
describe('the copying process', () => {
  it('takes founders evenly, in Hardy-Weinberg proportions', () => {
    const samples = 20_000;
    const c = chromosome(1, 10, 0, () => 0);
    c.founders[3 * c.founderStride] = 1; // one founder of ten carries allele 1
    const counts = [0, 0, 0];
    for (const g of copies(simulate(oracle, c, 1, samples, 64, samples), samples, 0)) counts[g]++;
    const expected = [0.81, 0.18, 0.01].map((p) => p * samples);
    const chiSquare = counts.reduce((sum, n, g) => sum + (n - expected[g]) ** 2 / expected[g], 0);
    expect(chiSquare).toBeLessThan(18.4); // 2 degrees of freedom, P = 1e-4
  });

  it('loses correlation as exp(-distance / mean length)', () => {
    const samples = 20_000;
    // Two founders that differ everywhere: alleles of a haplotype agree unless it switched to the other one.
    const c = chromosome(41, 2, 0, () => 0.05);
    c.founders.fill(0xff, c.founderStride, 2 * c.founderStride);
    const packed = simulate(oracle, c, 0.5, samples, 64, samples);
    const start = copies(packed, samples, 0);
    for (const v of [4, 10, 20, 40]) {
      const other = copies(packed, samples, v);
      // variance of a genotype: 2 haplotypes of variance 1/4
      const correlation = start.reduce((sum, g, i) => sum + (g - 1) * (other[i] - 1), 0) / samples / 0.5;
      expect(Math.abs(correlation - Math.exp(-c.map[v] / 0.5))).toBeLessThan(4 / Math.sqrt(samples));
    }
  });
});
