// What is timed of the kernels on packed genotypes: one core, data in memory.

import { packedStride } from '../dist/kernels/kernels.js';
import { loadKernels } from '../dist/kernels/load.js';
import { sharedBytes } from '../dist/kernels/memory.js';
import { typescriptKernels as oracle } from '../dist/kernels/typescript.js';
import { processorSeconds } from './measure.mjs';

/** Bytes of four genotypes, none missing. */
const COMPLETE = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => (byte & ~(byte >> 1) & 0x55) === 0,
);

const MISSING = 0.001;

const uniform = (stream, length) => {
  const out = new Float64Array(length);
  loadKernels().uniform(1, stream, 0, out);
  return out;
};

/** Packed random genotypes, some missing in `withMissing`. */
function packedGenotypes(variants, samples, stride, stream, missing = 0) {
  const packed = sharedBytes(variants * stride).fill(0x55); // as runs hold them, in large pages
  const draws = uniform(stream, variants * (samples >> 2));
  for (let v = 0, k = 0; v < variants; v++) {
    for (let byte = 0; byte < samples >> 2; byte++)
      packed[v * stride + byte] = COMPLETE[Math.floor(draws[k++] * COMPLETE.length)];
  }
  for (const draw of uniform(stream + 1, Math.round(missing * variants * samples))) {
    const at = Math.floor(draw * variants * samples);
    const [v, i] = [Math.floor(at / samples), at % samples];
    const shift = 2 * (i & 3);
    packed[v * stride + (i >> 2)] = (packed[v * stride + (i >> 2)] & ~(3 << shift)) | (1 << shift);
  }
  return packed;
}

const centred = (stream, length) => Float32Array.from(uniform(stream, length), (x) => x - 0.5);

/**
 * Calls of every kernel on packed genotypes. `work(variants)` is what one call does, in the unit that its rate is given in
 * a second; `result()` is what the last call wrote,
 * or added to since `clear()`.
 * @param {{ samples: number, variants: number }} size samples a multiple of 4.
 * @param columns right-hand sides of the products.
 */
export function kernelJobs({ samples, variants }, columns) {
  const stride = packedStride(samples);
  const a = packedGenotypes(variants, samples, stride, 10);
  const b = packedGenotypes(variants, samples, stride, 20);
  const incomplete = packedGenotypes(variants, samples, stride, 30, MISSING);
  const widest = Math.max(...columns);
  const table = centred(1, 4 * variants).map((value, i) => (i % 4 === 1 ? 0 : value));
  const y = centred(2, widest * 4 * stride).map((value, i) => (i % (4 * stride) < samples ? value : 0));
  const effects = centred(3, variants * widest);
  const mask = Uint8Array.from(uniform(4, Math.ceil(samples / 8)), (x) => 256 * x);
  const [dots, ...sums] = Array.from({ length: 4 }, () => new Int32Array(variants * variants));
  const byVariant = new Float64Array(variants * widest);
  const bySample = new Float64Array(widest * 4 * stride);
  const counts = new Int32Array(4 * variants);
  const subset = new Uint8Array(variants * stride);
  const products = columns.flatMap((width) => [
    {
      name: `X'Y, ${width} ${width === 1 ? 'column' : 'columns'}`,
      columns: width,
      work: (m) => m * samples * width,
      run: (kernels, m) => kernels.transposeProduct(a, stride, m, table, y, 4 * stride, width, byVariant),
      result: () => byVariant,
    },
    {
      name: `X B, ${width} ${width === 1 ? 'column' : 'columns'}`,
      columns: width,
      work: (m) => m * samples * width,
      run: (kernels, m) =>
        kernels.product(a, stride, m, 0, stride, table, effects, width, bySample, 4 * stride),
      clear: () => bySample.fill(0),
      result: () => bySample,
    },
  ]);
  const lastRows = 256 * Math.floor(samples / 256 - 1);
  const related = new Float64Array(256 * 4 * stride);
  return {
    inputs: { packed: a, y, effects, variants },
    sampleGram: {
      name: "X X'",
      work: (m) => m * 256 * lastRows,
      run: (kernels, m) =>
        kernels.sampleGram(a, stride, m, table, lastRows, 256, lastRows, related, 4 * stride),
      clear: () => related.fill(0),
      result: () => related,
    },
    gram: {
      name: 'Gram',
      work: (m) => m * m * samples,
      run: (kernels, m) => kernels.gram(a, m, b, m, stride, dots),
      result: () => dots,
    },
    gramWithMissing: {
      name: 'Gram, 0.1 % missing',
      work: (m) => m * m * samples,
      run: (kernels, m) => kernels.gramWithMissing(a, m, incomplete, m, stride, dots, ...sums),
      result: () => sums[0],
    },
    products,
    counts: {
      name: 'genotype counts',
      work: (m) => m * samples,
      run: (kernels, m) => kernels.countGenotypes(a, stride, m, samples, counts),
      result: () => counts,
    },
    repack: {
      name: 'subset of samples',
      work: (m) => m * samples,
      run: (kernels, m) => kernels.repack(a, stride, m, samples, mask, subset, stride),
      result: () => subset,
    },
  };
}

/**
 * A benchmark of something wrong is worth nothing: a few variants beside the plain loops.
 * @throws where they differ.
 */
export function checkKernel(kernels, job) {
  job.clear?.();
  job.run(oracle, 3);
  const expected = job.result().slice();
  job.clear?.();
  job.run(kernels, 3);
  const wrong = expected.findIndex((value, i) => !(Math.abs(value - job.result()[i]) <= 1e-3));
  if (wrong !== -1) throw new Error(`${job.name} on ${kernels.level}: element ${wrong} is wrong`);
}

/** Work a second of one call, in 10^9 units. */
export function rateOf(kernels, job, variants) {
  job.run(kernels, variants); // a bound that another process measures leaves memory that is copied when it is next written to
  return job.work(variants) / processorSeconds(() => job.run(kernels, variants)) / 1e9;
}
