import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, standardisedGramBand } from '../genotypes/gram.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';

/** Variants to each side of a cut, at most, that are looked at. */
const SIDE = 128;
const PIVOT = 1e-6;

const space = { gram: scratchFloat64(), w: scratchFloat64(), factor: scratchFloat64() };

const cutSharing = defineTask(
  'cutSharing',
  (kernels, rows: GramSide, stride: number, samples: number, cut: number, out: Float64Array): void => {
    const { variants } = rows;
    const gram = space.gram.of(variants * variants);
    standardisedGramBand(kernels, rows, stride, samples, variants, gram, variants); // samples times the LD
    const right = variants - cut;
    let shared = 0;
    for (const [first, size, other] of [
      [0, cut, right],
      [cut, right, cut],
    ] as const) {
      // W = L^-1 V of one side with the other
      const w = space.w.of(size * other);
      for (let i = 0; i < size; i++)
        for (let j = 0; j < other; j++)
          w[i * other + j] = first === 0 ? gram[(cut + j) * variants + i] : gram[(cut + i) * variants + j];
      const factor = space.factor.of(size * size);
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++) factor[i * size + j] = gram[(first + i) * variants + first + j];
      const rank = kernels.cholesky(factor, size, size, PIVOT * samples);
      kernels.solveLower(factor, size, size, w, other, other);
      let squares = 0;
      for (let cell = 0; cell < w.length; cell++) squares += w[cell] * w[cell];
      shared += Math.max(0, squares - rank * other) / samples;
    }
    out[0] = shared;
  },
);

/**
 * How much variance the variants on either side of each cut explain of those on the other, in units of a variant's variance, beyond
 * chance.
 * @param starts positions at which stretches start, ascending, from 0. @param breaks those at which a chromosome starts: nothing is
 *   shared across them.
 * @returns one number a cut inside a chromosome.
 */
export async function sharedAcrossCuts(
  genotypes: GenotypeOperator,
  starts: readonly number[],
  breaks: readonly number[],
): Promise<Float64Array> {
  const edges = [0, ...breaks, genotypes.count].sort((a, b) => a - b);
  const ranges: (VariantRange & { readonly cut: number })[] = [];
  for (const start of starts) {
    if (edges.includes(start)) continue;
    const low = edges.findLast((edge) => edge < start)!;
    const high = edges.find((edge) => edge > start)!;
    const first = Math.max(low, start - SIDE);
    ranges.push({ first, variants: Math.min(high, start + SIDE) - first, cut: start - first });
  }
  const shared = sharedFloat64(ranges.length);
  let done = 0;
  for await (const batch of genotypes.ranges(ranges)) {
    const calls = batch.map(
      ({ range, rows }, k) =>
        [
          rows,
          genotypes.rowStride,
          genotypes.samples,
          range.cut,
          shared.subarray(done + k, done + k + 1),
        ] as const,
    );
    await genotypes.pool.run(cutSharing, calls, {
      milliseconds: (calls.length * 2 * SIDE ** 2 * genotypes.samples) / 3e8,
    });
    done += batch.length;
  }
  return shared;
}
