import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, standardisedGramBand } from '../genotypes/gram.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { weakestCuts } from './weakest-cuts.js';

/** The Cholesky factor of the LD of a run of neighbouring variants, less the collinear ones. */
export interface RunFactor extends VariantRange {
  /** Variants kept, as positions in the block, in pivot order. */
  readonly kept: Int32Array;
  /** Lower factor of the kept variants' LD, row-major with leading dimension `variants`, in shared memory. */
  readonly factor: Float64Array;
}

const factorRun = defineTask(
  'factorRun',
  (
    kernels,
    rows: GramSide,
    stride: number,
    samples: number,
    tolerance: number,
    factor: Float64Array,
    pivots: Int32Array,
    rank: Int32Array,
  ): void => {
    const { variants } = rows;
    standardisedGramBand(kernels, rows, stride, samples, variants, factor, variants);
    for (let cell = 0; cell < factor.length; cell++) factor[cell] /= samples;
    rank[0] = kernels.choleskyPivoted(factor, variants, variants, tolerance, pivots);
  },
);

/**
 * Cuts a block into runs of about `size` variants, each cut where LD across it is weakest within a quarter of a run of
 * its place, and never across `breaks` (starts of chromosomes), and factors each run's LD (METHODS 1.9).
 *
 * @param tolerance pivots (of 1) not above it mark a variant as collinear with others of its run.
 */
export async function factorLocalRuns(
  genotypes: GenotypeOperator,
  breaks: readonly number[],
  size: number,
  tolerance: number,
): Promise<RunFactor[]> {
  const { pool, samples, rowStride } = genotypes;
  const starts = await weakestCuts(genotypes, breaks, size);
  const runs = starts.map((first, k) => ({
    first,
    variants: (starts[k + 1] ?? genotypes.count) - first,
  }));
  const factors: RunFactor[] = [];
  for await (const batch of genotypes.ranges(runs)) {
    const results = batch.map(({ range }) => ({
      range,
      factor: sharedFloat64(range.variants ** 2),
      pivots: sharedInt32(range.variants),
      rank: sharedInt32(1),
    }));
    const calls = batch.map(
      ({ rows }, k) =>
        [rows, rowStride, samples, tolerance, results[k].factor, results[k].pivots, results[k].rank] as const,
    );
    await pool.run(factorRun, calls, {
      milliseconds: (calls.length * size * size * (samples + size)) / 3e8,
    });
    for (const { range, factor, pivots, rank } of results) {
      factors.push({ ...range, factor, kept: pivots.slice(0, rank[0]).map((pivot) => range.first + pivot) });
    }
  }
  return factors;
}
