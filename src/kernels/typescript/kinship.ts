import { HET, HOM_ALLELE1, HOM_ALLELE2, type Kernels, MISSING } from '../kernels.js';
import { codeAt } from './genotypes.js';

export const kinshipKernels: Pick<
  Kernels,
  'kinshipCounts' | 'kinshipCountsWithMissing' | 'transposeGenotypes'
> = {
  kinshipCounts(a, rowsA, b, rowsB, stride, hetHet, opposed) {
    eachPair(a, rowsA, b, rowsB, stride, (pair, count) => {
      hetHet[pair] = count(HET, HET);
      opposed[pair] = count(HOM_ALLELE1, HOM_ALLELE2) + count(HOM_ALLELE2, HOM_ALLELE1);
    });
  },

  kinshipCountsWithMissing(a, rowsA, b, rowsB, stride, hetHet, opposed, hetA, hetB, present) {
    kinshipKernels.kinshipCounts(a, rowsA, b, rowsB, stride, hetHet, opposed);
    const there = [HOM_ALLELE1, HET, HOM_ALLELE2];
    eachPair(a, rowsA, b, rowsB, stride, (pair, count) => {
      const sum = (codesA: readonly number[], codesB: readonly number[]) =>
        codesA.reduce((all, x) => all + codesB.reduce((part, y) => part + count(x, y), 0), 0);
      hetA[pair] = sum([HET], there);
      hetB[pair] = sum(there, [HET]);
      present[pair] = sum(there, there);
    });
  },

  transposeGenotypes(packed, stride, variants, firstSample, samples, target, targetStride, firstVariant) {
    const places = 8 * Math.ceil(variants / 8);
    for (let k = 0; k < samples; k++) {
      const row = k * targetStride + firstVariant / 4;
      target.fill(0, row, row + places / 4);
      for (let v = 0; v < places; v++) {
        const code = v < variants ? codeAt(packed, v * stride, firstSample + k) : MISSING;
        target[row + (v >> 2)] |= code << (2 * (v & 3));
      }
    }
  },
};

/** Calls `give` for each pair of rows with the number of places that have a code in the one and a code in the other. */
function eachPair(
  a: Uint8Array,
  rowsA: number,
  b: Uint8Array,
  rowsB: number,
  stride: number,
  give: (pair: number, count: (codeA: number, codeB: number) => number) => void,
): void {
  const counts = new Int32Array(16);
  for (let i = 0; i < rowsA; i++) {
    for (let j = 0; j < rowsB; j++) {
      counts.fill(0);
      for (let v = 0; v < 4 * stride; v++) counts[4 * codeAt(a, i * stride, v) + codeAt(b, j * stride, v)]++;
      give(i * rowsB + j, (codeA, codeB) => counts[4 * codeA + codeB]);
    }
  }
}
