import type { GenotypeOperator } from '../genotypes/operator.js';
import type { SampleMask } from '../genotypes/sample-mask.js';
import { packedStride } from '../kernels/kernels.js';
import { defineTask } from '../kernels/pool.js';
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
  const stride = packedStride(people.count);
  const calls = rows.flatMap((a, i) =>
    rows.slice(0, i + 1).map((b, j) => {
      const { values, width } = matrix.panels[i];
      return [a, b, stride, people.count, basis.length, n, values.subarray(j * TILE), width] as const;
    }),
  );
  const phase = run.progress.phase('LD matrix', { total: calls.length });
  await genotypes.pool.run(covarianceTile, calls, {
    milliseconds: (calls.length * TILE * TILE * people.count) / PAIRS_PER_MS,
    onProgress: () => phase.advance(),
  });
  phase.end();
  return matrix;
}
