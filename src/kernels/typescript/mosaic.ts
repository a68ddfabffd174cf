import { HET, HOM_ALLELE1, HOM_ALLELE2, type Kernels } from '../kernels.js';
import { naturalLog, philoxBlock, toUniform } from './random.js';

const CODE_OF_COPIES = [HOM_ALLELE2, HET, HOM_ALLELE1] as const;

export const mosaicKernels = {
  mosaic(
    founders,
    founderStride,
    founderCount,
    map,
    meanLength,
    first,
    variants,
    seed,
    stream,
    samples,
    segments,
    copied,
    ends,
    packed,
    stride,
  ) {
    /** Allele of haplotype h at a variant, which is at or after the one asked for before. */
    const allele = (h: number, variant: number): number => {
      while (map[variant] >= ends[h]) {
        const words = philoxBlock(seed, stream + h, segments[h]);
        segments[h]++;
        copied[h] = Math.floor((words[2] * founderCount) / 2 ** 32);
        ends[h] -= meanLength * naturalLog(toUniform(words[0], words[1]));
      }
      return (founders[copied[h] * founderStride + (variant >> 3)] >> (variant & 7)) & 1;
    };
    packed.fill(0x55, 0, variants * stride);
    for (let v = 0; v < variants; v++) {
      for (let i = 0; i < samples; i++) {
        const copies = allele(2 * i, first + v) + allele(2 * i + 1, first + v);
        const shift = 2 * (i & 3);
        const byte = v * stride + (i >> 2);
        packed[byte] = (packed[byte] & ~(3 << shift)) | (CODE_OF_COPIES[copies] << shift);
      }
    }
  },
} satisfies Pick<Kernels, 'mosaic'>;
