import type { VariantRange } from '../genotypes/gather-ranges.js';
import { type GramSide, sliceSide, standardisedGram } from '../genotypes/gram.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64, sharedInt32, toSharedInt32 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { scratchFloat64 } from '../kernels/scratch.js';
import { weakestCuts } from './weakest-cuts.js';

/** The Cholesky factor of the LD of a run of neighbouring variants, less the collinear ones, given variants just before it. */
export interface RunFactor extends VariantRange {
  /** Variants kept, as positions in the block. */
  readonly kept: Int32Array;
  /** Variants before the run on which it is conditioned, as positions among those that the run before it keeps. */
  readonly before: Int32Array;
  /**
   * Lower factor of the LD of `before` and `kept` together, in this order, row-major in shared memory; zero above the diagonal. Its last rows and
   * columns are the factor of the LD that `before` leaves to the run.
   */
  readonly factor: Float64Array;
}

/** Variants of a run: METHODS 1.9 tried 250 to 2,000; 500 is within a step or two of the best. */
export const RUN_VARIANTS = 512;

/**
 * Variants before a run that are looked at: LD across a cut between runs is what conjugate gradients else take steps for. On a chromosome of
 * 51,314 variants of 337,205 people 22 traits take 6 steps, where they take 21 without.
 */
export const VARIANTS_BEFORE = 128;

/** Bytes of the factors of the runs of so many variants. */
export const localRunBytes = (variants: number): number =>
  (8 * variants * (RUN_VARIANTS + VARIANTS_BEFORE) ** 2) / RUN_VARIANTS;

/** Rows of a run's Gram matrix that a thread makes at a time. */
const GRAM_ROWS = 64;

/** Rows of the LD of a range from one on, up to the diagonal. */
const runRows = defineTask(
  'runRows',
  (kernels, rows: GramSide, stride: number, samples: number, first: number, ld: Float64Array): void => {
    const end = Math.min(rows.variants, first + GRAM_ROWS);
    const lda = rows.variants;
    const a = sliceSide(rows, stride, first, end);
    const out = ld.subarray(first * lda, end * lda);
    standardisedGram(kernels, a, sliceSide(rows, stride, 0, end), stride, samples, out, lda);
    for (let cell = 0; cell < out.length; cell++) out[cell] /= samples;
  },
);

const room = scratchFloat64();

/** Which variants of a run do not depend on others of it. `before` variants of the LD precede the run. */
const keepOfRun = defineTask(
  'keepOfRun',
  (
    kernels,
    ld: Float64Array,
    order: number,
    before: number,
    tolerance: number,
    pivots: Int32Array,
    rank: Int32Array,
  ): void => {
    const variants = order - before;
    const own = room.of(variants * variants);
    for (let i = 0; i < variants; i++) {
      const from = (before + i) * order + before;
      own.set(ld.subarray(from, from + i + 1), i * variants);
    }
    rank[0] = kernels.choleskyPivoted(own, variants, variants, tolerance, pivots);
  },
);

/** Puts the factor of some of its variants in place of the LD. `rank[0]` is that of the matrix. */
const factorRun = defineTask(
  'factorRun',
  (
    kernels,
    ld: Float64Array,
    order: number,
    chosen: Int32Array,
    tolerance: number,
    rank: Int32Array,
  ): void => {
    const count = chosen.length;
    const own = room.of(count * count).fill(0);
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++) {
        const [low, high] = [Math.min(chosen[i], chosen[j]), Math.max(chosen[i], chosen[j])];
        own[i * count + j] = ld[high * order + low];
      }
    rank[0] = kernels.cholesky(own, count, count, tolerance);
    if (rank[0] === count) ld.set(own);
  },
);

/**
 * Cuts a block into runs of about `size` variants, each cut where LD across it is weakest within a quarter of a run of
 * its place, and never across `breaks` (starts of chromosomes), and factors each run's LD, and what it has in common with
 * {@link VARIANTS_BEFORE} variants before it (METHODS 1.9).
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
  const isBreak = new Set(breaks);
  const runs = starts.map((start, k) => {
    const before = k === 0 || isBreak.has(start) ? 0 : Math.min(VARIANTS_BEFORE, start - starts[k - 1]);
    const end = starts[k + 1] ?? genotypes.count;
    const order = before + end - start;
    return {
      ...{ start, before, order, first: start - before, variants: order },
      ld: sharedFloat64(order * order),
      pivots: sharedInt32(end - start),
      rank: sharedInt32(1),
    };
  });
  for await (const batch of genotypes.ranges(runs)) {
    const calls = batch.flatMap(({ range, rows }) =>
      Array.from(
        { length: Math.ceil(range.order / GRAM_ROWS) },
        (_, k) => [rows, rowStride, samples, k * GRAM_ROWS, range.ld] as const,
      ),
    );
    const cells = batch.reduce((sum, { range }) => sum + range.order ** 2, 0);
    await pool.run(runRows, calls, { milliseconds: (cells * samples) / 3e8 });
  }
  const milliseconds = runs.reduce((sum, { order }) => sum + order ** 3 / 1e7, 0);
  await pool.run(
    keepOfRun,
    runs.map(({ ld, order, before, pivots, rank }) => [ld, order, before, tolerance, pivots, rank] as const),
    { milliseconds },
  );
  const kept = runs.map(({ start, pivots, rank }) => pivots.slice(0, rank[0]).map((pivot) => start + pivot));
  const befores = runs.map(({ first, start }, k) => {
    const earlier = kept[k - 1] ?? [];
    return Int32Array.from(
      [...earlier.keys()].filter((row) => earlier[row] >= first && earlier[row] < start),
    );
  });
  const chosen = (k: number) => {
    const given = [...befores[k]].map((row) => kept[k - 1][row]);
    return toSharedInt32([...given, ...kept[k]].map((variant) => variant - runs[k].first));
  };
  const factor = (which: readonly number[]) =>
    pool.run(
      factorRun,
      which.map((k) => [runs[k].ld, runs[k].order, chosen(k), tolerance, runs[k].rank] as const),
      { milliseconds },
    );
  const every = [...runs.keys()];
  await factor(every);
  // a variant that depends on those before its run: the run is taken by itself, and the solver counts what depends
  const alone = every.filter((k) => runs[k].rank[0] < befores[k].length + kept[k].length);
  for (const k of alone) befores[k] = new Int32Array(0);
  await factor(alone);
  return runs.map(({ start, order, before, ld }, k) => ({
    ...{ first: start, variants: order - before, kept: kept[k], before: befores[k] },
    factor: ld.subarray(0, (befores[k].length + kept[k].length) ** 2),
  }));
}
