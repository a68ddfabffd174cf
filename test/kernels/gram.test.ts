import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, expectSame, pack, randomCodes } from './packed.js';

interface PackedRows {
  readonly packed: Uint8Array;
  readonly variants: number;
}

interface Sums {
  readonly dots: Int32Array;
  readonly sumsA: Int32Array;
  readonly sumsB: Int32Array;
  readonly present: Int32Array;
}

function gramOf(kernels: Kernels, a: PackedRows, b: PackedRows, stride: number): Int32Array {
  const dots = new Int32Array(a.variants * b.variants).fill(-7);
  kernels.gram(a.packed, a.variants, b.packed, b.variants, stride, dots);
  return dots;
}

function sumsOf(kernels: Kernels, a: PackedRows, b: PackedRows, stride: number): Sums {
  const empty = () => new Int32Array(a.variants * b.variants).fill(-7);
  const sums = { dots: empty(), sumsA: empty(), sumsB: empty(), present: empty() };
  kernels.gramWithMissing(
    a.packed,
    a.variants,
    b.packed,
    b.variants,
    stride,
    sums.dots,
    sums.sumsA,
    sums.sumsB,
    sums.present,
  );
  return sums;
}

function expectSameSums(found: Sums, expected: Sums): void {
  for (const name of ['dots', 'sumsA', 'sumsB', 'present'] as const) expectSame(found[name], expected[name]);
}

const rowsOf = (codes: Uint8Array[], samples: number): PackedRows => ({
  packed: pack(codes, samples),
  variants: codes.length,
});

/** Larger than a chunk of samples and than a tile of variants; missing genotypes in some chunks and variants only. */
function largeCase() {
  const samples = 17_001;
  const codes = randomCodes(70, samples, 0, 5);
  for (let v = 0; v < 70; v += 3) for (let k = 0; k < v; k++) codes[v][(k * 977) % 16_000] = 1;
  codes[69].fill(1);
  codes[68].fill(0);
  const stride = packedStride(samples);
  const a = rowsOf(codes.slice(0, 33), samples);
  const b = rowsOf(codes.slice(30), samples);
  return { stride, a, b, expected: sumsOf(oracle, a, b, stride) };
}

const large = largeCase();

describeBackends((kernels) => {
  describe('gram', () => {
    it('sums products of centred codes', () => {
      const samples = 6; // centred: 1 0 0 -1 1 -1 and -1 1 0 -1 0 0
      const a = rowsOf([Uint8Array.of(0, 2, 1, 3, 0, 3)], samples);
      const b = rowsOf([Uint8Array.of(3, 0, 2, 3, 1, 2), Uint8Array.of(1, 1, 1, 1, 1, 1)], samples);
      expect([...gramOf(kernels, a, b, 64)]).toEqual([0, 0]);
      expect([...gramOf(kernels, a, a, 64)]).toEqual([4]);
      expect([...gramOf(kernels, b, b, 64)]).toEqual([3, 0, 0, 0]);
    });

    it('agrees with the oracle exactly', () => {
      fc.assert(
        fc.property(shapes, fc.nat(), ({ samples, variantsA, variantsB, missing, offset }, seed) => {
          const stride = packedStride(samples);
          const a = rowsOf(randomCodes(variantsA, samples, missing, seed), samples);
          const b = rowsOf(randomCodes(variantsB, samples, missing, seed + 1), samples);
          const moved = { ...a, packed: displaced(a.packed, offset) };
          expectSame(gramOf(kernels, moved, b, stride), gramOf(oracle, a, b, stride));
          expectSame(gramOf(kernels, a, a, stride), gramOf(oracle, a, a, stride));
        }),
        { numRuns: 30 },
      );
    });

    it('agrees on more samples than a chunk and more variants than a tile', () => {
      expectSame(gramOf(kernels, large.a, large.b, large.stride), large.expected.dots);
    });

    it('leaves the rest of a longer result alone', () => {
      const dots = new Int32Array(5).fill(-7);
      kernels.gram(new Uint8Array(128), 2, new Uint8Array(64), 1, 64, dots);
      expect([...dots]).toEqual([256, 256, -7, -7, -7]);
    });

    it('gives zeros without samples and nothing without variants', () => {
      const none = { packed: new Uint8Array(0), variants: 2 };
      expect([...gramOf(kernels, none, none, 0)]).toEqual([0, 0, 0, 0]);
      expect([...gramOf(kernels, { ...none, variants: 0 }, none, 0)]).toEqual([]);
    });
  });

  describe('standardiseGram', () => {
    it('takes means off and scales, with the same bits as the oracle', () => {
      const [variantsA, variantsB] = [5, 19];
      const dots = Int32Array.from({ length: variantsA * variantsB }, (_, k) => ((k * 7919) % 2001) - 1000);
      const column = (length: number, step: number) =>
        Float64Array.from({ length }, (_, k) => Math.sin(step * (k + 1)));
      const inputs = [
        ...[column(variantsA, 0.3), column(variantsA, 0.7), column(variantsA, 11)],
        ...[column(variantsB, 0.2), column(variantsB, 0.9)],
        Float64Array.from({ length: variantsB }, (_, k) => 31 * k - 200),
      ] as const;
      const [meanA, scaleA, excessA, meanB, scaleB, sumsB] = inputs;
      const of = ({ standardiseGram }: Kernels) => {
        const out = new Float64Array(variantsA * variantsB + 1).fill(-7);
        standardiseGram(dots, variantsA, variantsB, meanA, scaleA, excessA, meanB, scaleB, sumsB, out);
        return out;
      };
      const found = of(kernels);
      expect(found).toEqual(of(oracle));
      const [i, j] = [3, 17];
      expect(found[i * variantsB + j]).toBe(
        scaleA[i] * scaleB[j] * (dots[i * variantsB + j] - meanA[i] * sumsB[j] - meanB[j] * excessA[i]),
      );
      expect(found.at(-1)).toBe(-7);
    });
  });

  describe('gramWithMissing', () => {
    it('sums over the samples that both variants have', () => {
      const samples = 5; // d: 1 0 . -1 1 and . 1 -1 -1 0
      const a = rowsOf([Uint8Array.of(0, 2, 1, 3, 0)], samples);
      const b = rowsOf([Uint8Array.of(1, 0, 3, 3, 2)], samples);
      const { dots, sumsA, sumsB, present } = sumsOf(kernels, a, b, 64);
      expect([dots[0], sumsA[0], sumsB[0], present[0]]).toEqual([1, 0, 0, 3]);
    });

    it('agrees with the oracle exactly', () => {
      fc.assert(
        fc.property(shapes, fc.nat(), ({ samples, variantsA, variantsB, missing, offset }, seed) => {
          const stride = packedStride(samples);
          const a = rowsOf(randomCodes(variantsA, samples, missing, seed), samples);
          const b = rowsOf(randomCodes(variantsB, samples, missing * (seed % 3), seed + 1), samples);
          const moved = { ...b, packed: displaced(b.packed, offset) };
          expectSameSums(sumsOf(kernels, a, moved, stride), sumsOf(oracle, a, b, stride));
          expectSameSums(sumsOf(kernels, b, b, stride), sumsOf(oracle, b, b, stride));
        }),
        { numRuns: 30 },
      );
    });

    it('agrees on more samples than a chunk and more variants than a tile', () => {
      expectSameSums(sumsOf(kernels, large.a, large.b, large.stride), large.expected);
    });

    it('is the same for a set of variants with itself as with its copy, over several tiles', () => {
      const samples = 500;
      const rows = rowsOf(randomCodes(70, samples, 0.01, 9), samples);
      const copy = { ...rows, packed: rows.packed.slice() };
      const stride = packedStride(samples);
      expectSameSums(sumsOf(kernels, rows, rows, stride), sumsOf(kernels, rows, copy, stride));
      expectSame(gramOf(kernels, rows, rows, stride), gramOf(kernels, rows, copy, stride));
    });
  });
});

const shapes = fc.record({
  samples: fc.oneof(fc.constantFrom(1, 4, 255, 256, 257, 512), fc.integer({ min: 1, max: 1500 })),
  variantsA: fc.integer({ min: 0, max: 11 }),
  variantsB: fc.integer({ min: 0, max: 11 }),
  missing: fc.constantFrom(0, 0.002, 0.1, 0.5),
  offset: fc.integer({ min: 0, max: 5 }),
});
