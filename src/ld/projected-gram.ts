import { standardisedGram } from '../genotypes/gram.js';
import type { GenotypeOperator, GroupRows } from '../genotypes/operator.js';
import type { SampleMask } from '../genotypes/sample-mask.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat64 } from '../kernels/memory.js';
import { scratchFloat64 } from '../kernels/scratch.js';

/** Rows of variants among the people of a group, with their products with covariates: one side of a tile of X'M X. */
export interface LoadedRows extends GroupRows {
  /** Projections of the standardised variants on an orthonormal basis of the covariates: variants x columns, row-major. */
  readonly loadings: Float64Array;
}

/** All variants in rows of at most `size`, in one pass. @param basis orthonormal columns over samples, zero for other people. */
export async function rowsWithLoadings(
  genotypes: GenotypeOperator,
  people: SampleMask,
  basis: readonly Float64Array[],
  size: number,
): Promise<LoadedRows[]> {
  const columns = basis.length;
  const sides = sharedFloat64(columns * genotypes.columnStride);
  for (const [c, vector] of basis.entries()) sides.set(vector, c * genotypes.columnStride);
  const loadings = sharedFloat64(genotypes.count * columns);
  await genotypes.transposeTimes(sides, columns, loadings);
  const rows = await genotypes.rowsAmong(people, size);
  return rows.map((row) => ({
    ...row,
    loadings: loadings.subarray(row.first * columns, (row.first + row.variants) * columns),
  }));
}

const room = scratchFloat64();

/**
 * X_a'M X_b = X_a'X_b - U_a U_b' of two rows, U their loadings: variants of a x variants of b, row-major, exact from counts. The values are
 * good until this thread asks for others.
 */
export function projectedGram(
  kernels: Kernels,
  a: LoadedRows,
  b: LoadedRows,
  stride: number,
  samples: number,
  columns: number,
): { values: Float64Array; width: number } {
  // In memory of its own: WebAssembly copies what it writes back whole, and neighbouring tiles share the rows of the result.
  const [height, width] = [a.variants, b.variants];
  const values = room.of(height * width);
  standardisedGram(kernels, a, b, stride, samples, values, width);
  kernels.multiplyTransposed(
    a.loadings,
    columns,
    b.loadings,
    columns,
    values,
    width,
    height,
    width,
    columns,
    -1,
  );
  return { values, width };
}
