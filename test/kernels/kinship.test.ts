import { describe, expect, it } from 'vitest';
import { type Kernels, packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, expectSame, pack, randomCodes } from './packed.js';

/** Counts of every pair by both kernels. */
function countsOf(
  kernels: Kernels,
  a: Uint8Array,
  rowsA: number,
  b: Uint8Array,
  rowsB: number,
  stride: number,
) {
  const empty = () => new Int32Array(rowsA * rowsB).fill(-7);
  const [hetHet, opposed] = [empty(), empty()];
  kernels.kinshipCounts(a, rowsA, b, rowsB, stride, hetHet, opposed);
  const all = [empty(), empty(), empty(), empty(), empty()] as const;
  kernels.kinshipCountsWithMissing(a, rowsA, b, rowsB, stride, ...all);
  return [hetHet, opposed, ...all];
}

it('counts as its definition says', () => {
  // codes: 0 and 3 homozygous, 1 missing, 2 heterozygous
  const rows = [
    [2, 2, 0, 3, 1, 0],
    [2, 0, 3, 0, 2, 1],
  ];
  const packed = pack(rows, 6);
  const stride = packedStride(6);
  const [hetHet, opposed, , , hetA, hetB, present] = countsOf(
    oracle,
    ...([packed, 1, packed.subarray(stride), 1, stride] as const),
  );
  expect([hetHet[0], opposed[0], hetA[0], hetB[0], present[0]]).toEqual([1, 2, 2, 1, 4]);
});

describeBackends((kernels) => {
  describe('kinship', () => {
    // more rows than a tile, more places than a chunk
    it.each([
      [70, 37, 300, 0],
      [70, 37, 300, 0.1],
      [5, 3, 17_001, 0.02],
      [3, 66, 16_384, 0],
    ])('of %d and %d rows of %d places, %d missing', (rowsA, rowsB, places, missing) => {
      const codes = randomCodes(rowsA + rowsB, places, missing, 3);
      const stride = packedStride(places);
      const packed = displaced(pack(codes, places), 1);
      const rest = packed.subarray(rowsA * stride);
      const found = countsOf(kernels, packed, rowsA, rest, rowsB, stride);
      const expected = countsOf(oracle, packed, rowsA, rest, rowsB, stride);
      for (const [k, counts] of found.entries()) expectSame(counts, expected[k]);
      const own = countsOf(kernels, packed, rowsA, packed, rowsA, stride);
      for (const [k, counts] of countsOf(oracle, packed, rowsA, packed, rowsA, stride).entries())
        expectSame(own[k], counts);
    });
  });

  it('turns rows of variants to rows of samples, a part after another', () => {
    const [variants, samples] = [85, 333];
    const codes = randomCodes(variants, samples, 0.1, 8);
    const packed = pack(codes, samples);
    const byPerson = Array.from({ length: samples }, (_, i) => codes.map((row) => row[i]));
    const [stride, targetStride] = [packedStride(samples), packedStride(variants)];
    const target = new Uint8Array(samples * targetStride).fill(0x55);
    for (const [first, count] of [
      [0, 40],
      [40, 45],
    ])
      for (const [sample, people] of [
        [0, 128],
        [128, 205],
      ])
        kernels.transposeGenotypes(
          packed.subarray(first * stride),
          stride,
          count,
          sample,
          people,
          target.subarray(sample * targetStride),
          targetStride,
          first,
        );
    expect(Buffer.from(target).equals(pack(byPerson, variants))).toBe(true);
  });
});
