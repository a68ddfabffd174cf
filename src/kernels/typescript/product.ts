import type { Kernels } from '../kernels.js';
import { codeAt } from './genotypes.js';

export const productKernels: Pick<
  Kernels,
  'transposeProduct' | 'transposeProduct64' | 'product' | 'sampleGram'
> = {
  transposeProduct,
  transposeProduct64: transposeProduct,

  product(packed, stride, variants, firstByte, bytes, table, b, columns, out, outStride) {
    for (let v = 0; v < variants; v++) {
      for (let i = 4 * firstByte; i < 4 * (firstByte + bytes); i++) {
        const x = table[4 * v + codeAt(packed, v * stride, i)];
        if (x === 0) continue;
        for (let c = 0; c < columns; c++) out[c * outStride + i] += x * b[v * columns + c];
      }
    }
  },

  sampleGram(packed, stride, variants, table, firstRow, rows, columns, out, ldo) {
    for (let v = 0; v < variants; v++) {
      const x = (i: number) => table[4 * v + codeAt(packed, v * stride, i)];
      for (let i = 0; i < rows; i++) {
        const own = x(firstRow + i);
        for (let k = 0; k < columns && k <= firstRow + i; k++) out[i * ldo + k] += own * x(k);
      }
    }
  },
};

function transposeProduct(
  packed: Uint8Array,
  stride: number,
  variants: number,
  table: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  yStride: number,
  columns: number,
  out: Float64Array,
): void {
  out.fill(0, 0, variants * columns);
  for (let v = 0; v < variants; v++) {
    for (let i = 0; i < 4 * stride; i++) {
      const x = table[4 * v + codeAt(packed, v * stride, i)];
      if (x === 0) continue;
      for (let c = 0; c < columns; c++) out[v * columns + c] += x * y[c * yStride + i];
    }
  }
}
