import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, standardisedGramBand } from '../genotypes/gram.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';

/** Variants to each side of a cut, at most, that are looked at. */
const SIDE = 128;
const PIVOT = 1e-6;

const space = { gram: scratchFloat64(), across: scratchFloat64() };
const sums = new Float64Array(2);

const cutSharing = defineTask(
  'cutSharing',
  (kernels, rows: GramSide, stride: number, samples: number, cut: number, out: Float64Array): void => {
    const { variants } = rows;
    const right = variants - cut;
    const ld = variants + 8; // rows that are a power of two apart would meet in one set of the cache
    const gram = space.gram.of(variants * ld);
    standardisedGramBand(kernels, rows, stride, samples, variants, gram, ld); // samples times the LD
    const lower = gram.subarray(cut * ld); // right x left, and behind it right x right
    const across = space.across.of(right * cut);
    for (let j = 0; j < right; j++) across.set(lower.subarray(j * ld, j * ld + cut), j * cut);
    const again = across.slice();
    // V_rl L_l'^-1 of the left side, and L_r^-1 V_rl of the right one
    const ofLeft = kernels.cholesky(gram, cut, ld, PIVOT * samples);
    kernels.solveLowerRight(gram, cut, ld, across, right, cut);
    const ofRight = kernels.cholesky(lower.subarray(cut), right, ld, PIVOT * samples);
    kernels.solveLower(lower.subarray(cut), right, ld, again, cut, cut);
    kernels.sumOfSquares(across, across.length, sums);
    kernels.sumOfSquares(again, again.length, sums.subarray(1));
    out[0] = (Math.max(0, sums[0] - ofLeft * right) + Math.max(0, sums[1] - ofRight * cut)) / samples;
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
