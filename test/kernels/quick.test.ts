import { expect, it } from 'vitest';
import { packedStride } from '../../src/kernels/kernels.js';
import { typescriptKernels as oracle } from '../../src/kernels/typescript.js';
import { describeBackends } from './backends.js';
import { pack, randomCodes, randomSource } from './packed.js';

describeBackends((k) => {
  it('all', () => {
    for (const [samples, m, miss] of [[1, 1, 0], [257, 7, 0.1], [1000, 40, 0.01], [17000, 5, 0], [40001, 7, 0.0005]] as const) {
      const stride = packedStride(samples);
      const a = pack(randomCodes(m, samples, miss, 1), samples);
      const b = pack(randomCodes(m + 3, samples, miss, 2), samples);
      const n = m * (m + 3);
      const run = (kk: typeof oracle) => {
        const r = Array.from({ length: 5 }, () => new Int32Array(n));
        kk.gram(a, m, b, m + 3, stride, r[0]!);
        kk.gramWithMissing(a, m, b, m + 3, stride, r[1]!, r[2]!, r[3]!, r[4]!);
        const c = new Int32Array(4 * m);
        kk.countGenotypes(a, stride, m, samples, c);
        const rnd = randomSource(3);
        const mask = Uint8Array.from({ length: (samples + 7) >> 3 }, () => 256 * rnd());
        const t = new Uint8Array(m * stride);
        kk.repack(a, stride, m, samples, mask, t, stride);
        return [...r, c, t];
      };
      expect(run(k)).toEqual(run(oracle));
      for (const columns of [1, 2, 3, 5, 6, 13, 27]) {
        const rnd = randomSource(3);
        const y = new Float64Array(columns * 4 * stride).map((_, i) => (i % (4 * stride) < samples ? rnd() - 0.5 : 0));
        const table = new Float64Array(4 * m).map((_, i) => (i % 4 === 1 ? 0 : rnd() - 0.5));
        const B = new Float32Array(m * columns).map(() => rnd() - 0.5);
        const prod = (kk: typeof oracle) => {
          const o = [new Float64Array(m * columns), new Float64Array(m * columns), new Float64Array(columns * 4 * stride).fill(1)];
          kk.transposeProduct(a, stride, m, Float32Array.from(table), Float32Array.from(y), 4 * stride, columns, o[0]!);
          kk.transposeProduct64(a, stride, m, table, y, 4 * stride, columns, o[1]!);
          kk.product(a, stride, m, 0, stride, Float32Array.from(table), B, columns, o[2]!, 4 * stride);
          return o;
        };
        const got = prod(k), want = prod(oracle);
        got.forEach((g, i) => g.forEach((x, j) => { if (!(Math.abs(x - want[i]![j]!) < 1e-3)) throw new Error(`${samples} ${m} ${columns} ${i} ${j} ${x} ${want[i]![j]}`); }));
      }
    }
  });
});
