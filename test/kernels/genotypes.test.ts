import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { displaced, pack, randomCodes, randomSource } from './packed.js';

describeBackends((kernels) => {
  describe('countGenotypes', () => {
    const count = (rows: Uint8Array[], samples: number, offset = 0) => {
      const counts = displaced(new Int32Array(4 * rows.length).fill(-7), offset);
      const packed = displaced(pack(rows, samples), offset);
      kernels.countGenotypes(packed, packedStride(samples), rows.length, samples, counts);
      return [...counts];
    };

    it('counts each code, and the padding as nothing', () => {
      expect(count([Uint8Array.of(0, 0, 3, 1, 2), Uint8Array.of(3, 3, 3, 3, 3)], 5)).toEqual([
        2, 1, 1, 1, 0, 0, 0, 5,
      ]);
    });

    it('leaves the rest of a longer result alone', () => {
      const counts = new Int32Array(6).fill(-7);
      kernels.countGenotypes(new Uint8Array(64).fill(0x55), 64, 1, 0, counts);
      expect([...counts]).toEqual([0, 0, 0, 0, -7, -7]);
    });

    it('takes one sample, one variant, none', () => {
      for (let code = 0; code < 4; code++) {
        expect(count([Uint8Array.of(code)], 1)).toEqual([0, 1, 2, 3].map((c) => Number(c === code)));
      }
      expect(count([], 10)).toEqual([]);
      expect(count([new Uint8Array(0)], 0)).toEqual([0, 0, 0, 0]);
    });

    it('agrees with counting one by one', () => {
      fc.assert(
        fc.property(
          sizes,
          fc.nat(),
          fc.integer({ min: 0, max: 3 }),
          ({ samples, variants, missing }, seed, offset) => {
            const rows = randomCodes(variants, samples, missing, seed);
            const expected = rows.flatMap((row) =>
              [0, 1, 2, 3].map((code) => row.filter((c) => c === code).length),
            );
            expect(count(rows, samples, offset)).toEqual(expected);
          },
        ),
        { numRuns: 50 },
      );
    });
  });

  describe('repack', () => {
    it('keeps the samples of the mask in order and pads with missing', () => {
      const source = Uint8Array.of(0b11_10_01_00, 0b00_00_00_11); // codes 0 1 2 3 3
      const target = new Uint8Array(64);
      kernels.repack(source, 2, 1, 5, Uint8Array.of(0b11101), target, 64); // 0 2 3 3
      expect([...target]).toEqual([0b11_11_10_00, ...Array(63).fill(0x55)]);
      kernels.repack(source, 2, 1, 5, Uint8Array.of(0b11000), target, 64); // 3 3
      expect([...target]).toEqual([0b01_01_11_11, ...Array(63).fill(0x55)]);
    });

    it('reads no sample that is not there: what follows a row, or lies beyond its last sample, does not matter', () => {
      fc.assert(
        fc.property(
          sizes,
          fc.nat(),
          fc.constantFrom(0, 0.02, 0.5, 0.98, 1),
          ({ samples, variants, missing }, seed, keep) => {
            const random = randomSource(seed);
            const mask = Uint8Array.from({ length: Math.ceil(samples / 8) }, (_, byte) => {
              let bits = 0;
              for (let bit = 0; bit < 8; bit++) bits |= Number(random() < keep) << bit;
              return 8 * byte + 8 > samples ? bits | (0xff << (samples % 8)) : bits; // bits after the last sample are set
            });
            const rows = randomCodes(variants, samples, missing, seed);
            const stride = Math.ceil(samples / 4) + (seed % 3);
            const source = new Uint8Array(Math.max(0, (variants - 1) * stride + Math.ceil(samples / 4)));
            const garbage = source.map(() => 256 * random());
            const padded = pack(rows, samples);
            rows.forEach((codes, v) => {
              garbage.set(
                padded.subarray(v * packedStride(samples), v * packedStride(samples) + (samples >> 2)),
                v * stride,
              );
              for (let i = 4 * (samples >> 2); i < samples; i++) {
                const at = v * stride + (i >> 2);
                garbage[at] = (garbage[at] & ~(3 << (2 * (i & 3)))) | (codes[i] << (2 * (i & 3)));
              }
            });
            const kept = (codes: Uint8Array) => codes.filter((_, i) => (mask[i >> 3] >> (i & 7)) & 1);
            const keptSamples = kept(new Uint8Array(samples)).length;
            const expected = pack(rows.map(kept), keptSamples);
            const target = displaced(new Uint8Array(expected.length), seed % 4);
            kernels.repack(garbage, stride, variants, samples, mask, target, packedStride(keptSamples));
            expect(target).toEqual(expected);
          },
        ),
        { numRuns: 100 },
      );
    });

    it('moves more rows than go together, into a longer stride than needed', () => {
      const samples = 700;
      const source = pack(randomCodes(37, samples, 0.05, 1), samples);
      const random = randomSource(2);
      const mask = Uint8Array.from({ length: 88 }, () => 256 * random());
      const stride = 256;
      const [target, expected] = [new Uint8Array(37 * stride), new Uint8Array(37 * stride)];
      kernels.repack(source, packedStride(samples), 37, samples, mask, target, stride);
      oracle.repack(source, packedStride(samples), 37, samples, mask, expected, stride);
      expect(target).toEqual(expected);
    });
  });
});

const sizes = fc.record({
  samples: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 1200 })),
  variants: fc.integer({ min: 0, max: 20 }),
  missing: fc.constantFrom(0, 0.01, 0.3, 1),
});
