import { sharedBytes } from '../kernels/memory.js';

/** A set of samples as bits, bit i & 7 of byte i >> 3, in shared memory: what {@link Kernels.repack} takes. */
export interface SampleMask {
  readonly samples: number;
  readonly count: number;
  readonly bits: Uint8Array;
}

export function createMask(samples: number, includes: (sample: number) => boolean): SampleMask {
  const bits = sharedBytes(Math.ceil(samples / 8));
  let count = 0;
  for (let i = 0; i < samples; i++) {
    if (!includes(i)) continue;
    bits[i >> 3] |= 1 << (i & 7);
    count++;
  }
  return { samples, count, bits };
}

export const maskHas = (mask: SampleMask, sample: number): boolean =>
  ((mask.bits[sample >> 3] >> (sample & 7)) & 1) === 1;

/** Indices of the samples in the set, ascending. */
export function maskIndices(mask: SampleMask): Int32Array {
  const indices = new Int32Array(mask.count);
  for (let i = 0, k = 0; i < mask.samples; i++) if (maskHas(mask, i)) indices[k++] = i;
  return indices;
}
