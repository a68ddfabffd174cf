import type { Kernels } from './kernels.js';

/** The plain TypeScript kernels: one loop a kernel, nothing clever. Their answers define what the fast backends must give. */
export const typescriptKernels = {
  backend: 'typescript',
  level: 'plain',

  countGenotypes(packed, stride, variants, samples, counts) {
    counts.fill(0);
    for (let v = 0; v < variants; v++) {
      for (let i = 0; i < samples; i++) counts[4 * v + code(packed, v * stride, i)]!++;
    }
  },
} as unknown as Kernels;

/** PLINK code of sample i in the row that starts at byte `row`. */
function code(packed: Uint8Array, row: number, i: number): number {
  return (packed[row + (i >> 2)]! >> (2 * (i & 3))) & 3;
}
