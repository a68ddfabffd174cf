import { type Kernels, MISSING } from '../kernels.js';

/** PLINK code of sample i in the row that starts at byte `row`. */
export function codeAt(packed: Uint8Array, row: number, i: number): number {
  return (packed[row + (i >> 2)] >> (2 * (i & 3))) & 3;
}

export const genotypeKernels: Pick<Kernels, 'countGenotypes' | 'repack'> = {
  countGenotypes(packed, stride, variants, samples, counts) {
    counts.fill(0, 0, 4 * variants);
    for (let v = 0; v < variants; v++) {
      for (let i = 0; i < samples; i++) counts[4 * v + codeAt(packed, v * stride, i)]++;
    }
  },

  repack(source, sourceStride, variants, samples, mask, target, targetStride) {
    target.fill(0, 0, variants * targetStride);
    for (let v = 0; v < variants; v++) {
      const row = v * targetStride;
      let kept = 0;
      const append = (code: number) => {
        target[row + (kept >> 2)] |= code << (2 * (kept & 3));
        kept++;
      };
      for (let i = 0; i < samples; i++) {
        if ((mask[i >> 3] >> (i & 7)) & 1) append(codeAt(source, v * sourceStride, i));
      }
      while (kept < 4 * targetStride) append(MISSING);
    }
  },
};
