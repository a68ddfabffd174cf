import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packedStride } from '../../src/kernels/kernels.js';
import { joinChunks, newChunk } from '../../src/simulation/sample-chunks.js';

it('puts chunks of any sizes side by side, and pads with missing genotypes', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer(), (list, seed) => {
      const samples = list.reduce((a, b) => a + b);
      const stride = packedStride(samples);
      const code = (v: number, i: number) => (Math.imul(seed + 7 * i + v, 0x9e3779b1) >>> 7) & 3;
      let first = 0;
      const chunks = list.map((size) => {
        const chunk = newChunk(first, size, 2);
        chunk.packed.fill(0x55);
        for (let v = 0; v < 2; v++) {
          for (let i = 0; i < size; i++) {
            const at = v * packedStride(size) + (i >> 2);
            const shift = 2 * (i & 3);
            chunk.packed[at] = (chunk.packed[at] & ~(3 << shift)) | (code(v, first + i) << shift);
          }
        }
        first += size;
        return chunk;
      });
      const rows = new Uint8Array(2 * stride).fill(0xff);
      joinChunks(chunks, 2, rows, stride);
      for (let v = 0; v < 2; v++) {
        for (let i = 0; i < 4 * stride; i++) {
          const found = (rows[v * stride + (i >> 2)] >> (2 * (i & 3))) & 3;
          expect(found).toBe(i < samples ? code(v, i) : 1);
        }
      }
    }),
  );
});
