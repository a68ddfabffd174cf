import { expect } from 'vitest';
import { MISSING, packedStride } from '../../src/kernels/kernels.js';

/** Packs rows of PLINK codes as kernels take them: padded with the missing code. */
export function pack(rows: readonly ArrayLike<number>[], samples: number): Uint8Array {
  const stride = packedStride(samples);
  const packed = new Uint8Array(rows.length * stride).fill(0x55);
  rows.forEach((codes, v) => {
    for (let i = 0; i < samples; i++) {
      packed[v * stride + (i >> 2)] ^= (MISSING ^ codes[i]) << (2 * (i & 3));
    }
  });
  return packed;
}

/** A small deterministic generator of test data (Mulberry32), in [0, 1). */
export function randomSource(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows of random codes with the given share of missing genotypes. */
export function randomCodes(
  variants: number,
  samples: number,
  missingRate: number,
  seed: number,
): Uint8Array[] {
  const random = randomSource(seed);
  return Array.from({ length: variants }, () => {
    const frequency = 0.05 + 0.9 * random();
    return Uint8Array.from({ length: samples }, () => {
      if (random() < missingRate) return MISSING;
      const copies = Number(random() < frequency) + Number(random() < frequency);
      return [3, 2, 0][copies];
    });
  });
}

/** A copy of an array that starts `offset` elements into its buffer: kernels may not assume alignment. */
export function displaced<T extends Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array>(
  array: T,
  offset: number,
): T {
  const Type = array.constructor as new (length: number) => T;
  const copy = new Type(array.length + offset).subarray(offset) as T;
  copy.set(array);
  return copy;
}

type Numbers = Int8Array | Int32Array | Float64Array;

/** The same numbers, exactly; compares bytes first, which is much faster on long arrays than a deep comparison. */
export function expectSame(found: Numbers, expected: Numbers): void {
  const bytes = (array: Numbers) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (!bytes(found).equals(bytes(expected))) expect(found).toEqual(expected);
}
