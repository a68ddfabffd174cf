import type { Dataset } from '../../cohort/dataset.js';
import { formatCount } from '../../estimate/number.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { defineTask } from '../../kernels/pool.js';
import { type BandMatrix, reduceToBand } from '../../linalg/band-reduction.js';
import { meanDiagonal } from '../../linalg/symmetric-tiled.js';
import { type RelationshipModel, relationshipBytes, relationshipMatrix } from '../../relatedness/grm.js';
import type { RunContext } from '../../run.js';

/** Rows of Q' that one call multiplies. */
const ROWS = 64;
const MULTIPLY_ADDS_PER_MS = 1e7;

const rotateRows = defineTask(
  'rotateRows',
  (
    kernels,
    q: Float64Array,
    rows: number,
    order: number,
    y: Float64Array,
    columns: number,
    out: Float64Array,
  ): void => {
    out.fill(0);
    kernels.multiply(q, order, y, columns, out, columns, rows, columns, order, 1);
  },
);

/** The relationship matrix as Q B Q' with Q' in memory, so that any number of traits of everybody can come later. */
export interface RotatedGrm {
  readonly band: BandMatrix;
  /** Q', order x order, row-major. */
  readonly q: Float64Array;
  /** Mean of the matrix's diagonal. */
  readonly scale: number;
  /** What the matrix was divided by, on average over pairs. */
  readonly size: number;
}

/** @throws HeredityError `resource` where people by people does not fit into --memory. */
export async function rotate(data: Dataset, model: RelationshipModel, run: RunContext): Promise<RotatedGrm> {
  const { genotypes, pool, samples } = data;
  data.counted.requireMemory?.(
    `GREML of ${formatCount(samples)} people`,
    relationshipBytes(samples, false) + 8 * samples * samples,
  );
  const { matrix, total } = await relationshipMatrix(genotypes, model, run);
  const scale = meanDiagonal(matrix);
  const q = sharedFloat64(samples * samples);
  for (let i = 0; i < samples; i++) q[i * samples + i] = 1;
  const band = await reduceToBand(pool, matrix, q, samples, run);
  return { band, q, scale, size: total };
}

/** Q'C of columns given one after another: order x columns, row-major. */
export async function rotated(
  { pool }: Dataset,
  { q, band: { order } }: RotatedGrm,
  columns: readonly Float64Array[],
): Promise<Float64Array> {
  const count = columns.length;
  const y = sharedFloat64(order * count);
  for (const [c, values] of columns.entries()) for (let i = 0; i < order; i++) y[i * count + c] = values[i];
  const out = sharedFloat64(order * count);
  const calls = [];
  for (let first = 0; first < order; first += ROWS) {
    const rows = Math.min(ROWS, order - first);
    const own = q.subarray(first * order, (first + rows) * order);
    calls.push([own, rows, order, y, count, out.subarray(first * count, (first + rows) * count)] as const);
  }
  await pool.run(rotateRows, calls, { milliseconds: (order * order * count) / MULTIPLY_ADDS_PER_MS });
  return out;
}
