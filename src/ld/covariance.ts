import type { GenotypeOperator } from '../genotypes/operator.js';
import type { SampleMask } from '../genotypes/sample-mask.js';
import { packedStride } from '../kernels/kernels.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { TILE, type TiledLower, TiledWorkspace } from '../linalg/tiled-lower.js';
import { type RunContext, silentRun } from '../run.js';
import { type LoadedRows, projectedGram, rowsWithLoadings } from './projected-gram.js';

/** How many standardised genotype pairs one thread multiplies in a millisecond, for deciding on threads. */
const PAIRS_PER_MS = 3e8;

/** One tile: (X_a' X_b - U_a U_b') / n into `out`. */
const covarianceTile = defineTask(
  'covarianceTile',
  (
    kernels,
    a: LoadedRows,
    b: LoadedRows,
    stride: number,
    samples: number,
    columns: number,
    n: number,
    out: Float64Array,
    ldo: number,
  ): void => {
    const { values, width } = projectedGram(kernels, a, b, stride, samples, columns);
    for (let i = 0; i < a.variants; i++) {
      for (let j = 0; j < width; j++) out[i * ldo + j] = values[i * width + j] / n;
    }
  },
);

/**
 * In-sample LD of variants, V = X'M X / n with M the projection off the covariates, exact from integer counts (METHODS 1.2,
 * 1.9), among the people of a group.
 *
 * @param genotypes in memory.
 * @param basis orthonormal columns over samples that M projects off; the intercept makes up for means taken over others.
 * @param n divisor: people less columns projected out. @param workspace where the matrix goes.
 */
export async function covarianceMatrix(
  genotypes: GenotypeOperator,
  people: SampleMask,
  basis: readonly Float64Array[],
  n: number,
  workspace: TiledWorkspace = new TiledWorkspace(),
  run: RunContext = silentRun,
): Promise<TiledLower> {
  const rows = await rowsWithLoadings(genotypes, people, basis, TILE);
  const matrix = workspace.matrix(genotypes.count);
  await fillCovariance(
    genotypes.pool,
    matrix,
    rows,
    0,
    { samples: people.count, columns: basis.length, n },
    run,
  );
  return matrix;
}

/** Numbers of a group that a covariance needs: people, columns of the basis that is projected off, and the divisor. */
export interface CovarianceShape {
  readonly samples: number;
  readonly columns: number;
  readonly n: number;
}

/**
 * Fills a matrix with the covariances of consecutive variants.
 * @param rows the variants in pieces that do not straddle panels of the matrix; @param origin position of its first variant.
 */
export async function fillCovariance(
  pool: KernelPool,
  matrix: TiledLower,
  rows: readonly LoadedRows[],
  origin: number,
  { samples, columns, n }: CovarianceShape,
  run: RunContext = silentRun,
): Promise<void> {
  const stride = packedStride(samples);
  const calls = rows.flatMap((a, i) =>
    rows.slice(0, i + 1).map((b) => {
      const row = a.first - origin;
      const { values, width } = matrix.panels[Math.floor(row / TILE)];
      const out = values.subarray((row % TILE) * width + b.first - origin);
      return [a, b, stride, samples, columns, n, out, width] as const;
    }),
  );
  const phase = run.progress.phase('LD matrix', { total: calls.length });
  await pool.run(covarianceTile, calls, {
    milliseconds: (matrix.order ** 2 * samples) / 2 / PAIRS_PER_MS,
    onProgress: () => phase.advance(),
  });
  phase.end();
}
