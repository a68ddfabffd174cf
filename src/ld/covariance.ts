import type { GenotypeTable } from '../genotypes/standardise.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { TILE, type TiledLower, TiledWorkspace } from '../linalg/tiled-lower.js';
import { type GramSide, standardisedGram } from './gram.js';

/** Consecutive variants of a block with their packed rows: one side of a tile of the LD matrix. */
export interface PackedRows {
  readonly first: number;
  readonly variants: number;
  readonly packed: Uint8Array;
}

/** Projections of the standardised variants on an orthonormal covariate basis: variants x columns, row-major, shared. */
export interface CovariateLoadings {
  readonly values: Float64Array;
  readonly columns: number;
}

/** How many standardised genotype pairs one thread multiplies in a millisecond, for deciding on threads. */
const PAIRS_PER_MS = 3e8;

/** One tile: (X_a' X_b - U_a U_b') / n into `out`. */
const covarianceTile = defineTask(
  'covarianceTile',
  (
    kernels,
    a: GramSide,
    b: GramSide,
    stride: number,
    samples: number,
    loadingsA: Float64Array,
    loadingsB: Float64Array,
    columns: number,
    n: number,
    out: Float64Array,
    ldo: number,
  ): void => {
    // In memory of its own: WebAssembly copies what it writes back whole, and neighbouring tiles share the rows of `out`.
    const height = a.variants;
    const width = b.variants;
    const tile = new Float64Array(height * width);
    standardisedGram(kernels, a, b, stride, samples, tile, width);
    kernels.multiplyTransposed(
      loadingsA,
      columns,
      loadingsB,
      columns,
      tile,
      width,
      height,
      width,
      columns,
      -1,
    );
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) out[i * ldo + j] = tile[i * width + j]! / n;
    }
  },
);

/**
 * In-sample LD of a block, V = X'M X / n with X the table's genotypes and M the projection off the covariates, exact from
 * integer counts (METHODS 1.2, 1.9).
 *
 * @param rows packed rows of the people, {@link TILE} variants each (the last one may have fewer).
 * @param loadings X'Q of the same people; its intercept column makes up for means taken over other people.
 * @param n divisor: people less columns projected out. @param workspace where the matrix goes.
 */
export async function covarianceMatrix(
  pool: KernelPool,
  rows: readonly PackedRows[],
  table: GenotypeTable,
  stride: number,
  samples: number,
  loadings: CovariateLoadings,
  n: number,
  workspace: TiledWorkspace = new TiledWorkspace(),
  onProgress?: (done: number, total: number) => void,
): Promise<TiledLower> {
  const order = rows.reduce((sum, { variants }) => sum + variants, 0);
  const matrix = workspace.matrix(order);
  const side = (r: PackedRows): GramSide => ({
    packed: r.packed,
    variants: r.variants,
    mean: table.mean.subarray(r.first, r.first + r.variants),
    scale: table.scale.subarray(r.first, r.first + r.variants),
  });
  const loadingsOf = (r: PackedRows) =>
    loadings.values.subarray(r.first * loadings.columns, (r.first + r.variants) * loadings.columns);
  const calls = rows.flatMap((a, i) =>
    rows.slice(0, i + 1).map((b, j) => {
      const { values, width } = matrix.panels[i]!;
      return [
        side(a),
        side(b),
        stride,
        samples,
        loadingsOf(a),
        loadingsOf(b),
        loadings.columns,
        n,
        values.subarray(j * TILE),
        width,
      ] as const;
    }),
  );
  await pool.run(covarianceTile, calls, {
    milliseconds: (calls.length * TILE * TILE * samples) / PAIRS_PER_MS,
    ...(onProgress && { onProgress: (done: number) => onProgress(done, calls.length) }),
  });
  return matrix;
}
