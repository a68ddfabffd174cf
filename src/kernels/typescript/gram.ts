import type { Kernels } from '../kernels.js';
import { codeAt } from './genotypes.js';

/** Centred code d by PLINK code. */
const CENTRED = [1, 0, 0, -1];
/** p by PLINK code. */
const PRESENT = [1, 0, 1, 1];

export const gramKernels: Pick<Kernels, 'gram' | 'standardiseGram' | 'gramWithMissing'> = {
  gram(a, variantsA, b, variantsB, stride, dots) {
    for (let i = 0; i < variantsA; i++) {
      for (let j = 0; j < variantsB; j++) {
        dots[i * variantsB + j] = sumOfProducts(CENTRED, a, i * stride, CENTRED, b, j * stride, stride);
      }
    }
  },

  standardiseGram(dots, variantsA, variantsB, meanA, scaleA, excessA, meanB, scaleB, sumsB, out) {
    for (let i = 0, cell = 0; i < variantsA; i++)
      for (let j = 0; j < variantsB; j++, cell++)
        out[cell] = scaleA[i] * scaleB[j] * (dots[cell] - meanA[i] * sumsB[j] - meanB[j] * excessA[i]);
  },

  gramWithMissing(a, variantsA, b, variantsB, stride, dots, sumsA, sumsB, present) {
    for (let i = 0; i < variantsA; i++) {
      for (let j = 0; j < variantsB; j++) {
        const pair = i * variantsB + j;
        dots[pair] = sumOfProducts(CENTRED, a, i * stride, CENTRED, b, j * stride, stride);
        sumsA[pair] = sumOfProducts(CENTRED, a, i * stride, PRESENT, b, j * stride, stride);
        sumsB[pair] = sumOfProducts(PRESENT, a, i * stride, CENTRED, b, j * stride, stride);
        present[pair] = sumOfProducts(PRESENT, a, i * stride, PRESENT, b, j * stride, stride);
      }
    }
  },
};

/** Sum over samples of valuesA[code in a] valuesB[code in b]; both tables give 0 for the code of the padding. */
function sumOfProducts(
  valuesA: readonly number[],
  a: Uint8Array,
  rowA: number,
  valuesB: readonly number[],
  b: Uint8Array,
  rowB: number,
  stride: number,
): number {
  let sum = 0;
  for (let i = 0; i < 4 * stride; i++) sum += valuesA[codeAt(a, rowA, i)] * valuesB[codeAt(b, rowB, i)];
  return sum;
}
