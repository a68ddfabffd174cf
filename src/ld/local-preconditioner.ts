import { sharedFloat64 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { Scratch } from '../kernels/scratch.js';
import type { RunFactor } from './local-runs.js';

const solveRun = defineTask(
  'solveRun',
  (kernels, factor: Float64Array, order: number, before: number, z: Float64Array, columns: number): void => {
    kernels.solveLower(factor, order, order, z, columns, columns);
    z.fill(0, 0, before * columns);
    kernels.solveLowerTransposed(factor, order, order, z, columns, columns);
  },
);

/** A run and where it is among the unknowns: the kept variants of all runs, in order. */
interface PlacedRun extends RunFactor {
  /** Unknowns that are in its factor: those before it, and its own. */
  readonly order: number;
  /** Its first unknown. */
  readonly start: number;
  /** Unknowns before it on which it is conditioned. */
  readonly given: Int32Array;
}

/**
 * M, close to the LD V of a block: what V would be if each variant, given its run and some variants before it, depended on no others
 * (Vecchia 1988, by runs). With L the factor of a run and of the variants before it (src/ld/local-runs.ts), S the rows of the run in L^-1, one
 * run below another: M^-1 = S'S. It is positive definite whatever was left out, and runs are solved side by side.
 * Vectors are unknowns x columns, row-major.
 */
export class LocalPreconditioner {
  readonly #pool: KernelPool;
  readonly #runs: readonly PlacedRun[];
  readonly #room = new Scratch(sharedFloat64);

  constructor(pool: KernelPool, runs: readonly RunFactor[]) {
    this.#pool = pool;
    let start = 0;
    let previous = 0;
    this.#runs = runs.map((run) => {
      const placed = {
        ...run,
        ...{
          start,
          order: run.before.length + run.kept.length,
          given: run.before.map((row) => previous + row),
        },
      };
      [previous, start] = [start, start + run.kept.length];
      return placed;
    });
  }

  /** M^-1 r. */
  async solve(r: Float64Array, columns: number): Promise<Float64Array> {
    const parts = this.#parts(columns);
    for (const [k, { start, given, kept }] of this.#runs.entries()) {
      for (const [row, unknown] of given.entries())
        parts[k].set(r.subarray(unknown * columns, (unknown + 1) * columns), row * columns);
      const own = r.subarray(start * columns, (start + kept.length) * columns);
      parts[k].set(own, given.length * columns);
    }
    const cells = this.#runs.reduce((sum, { order }) => sum + order * order, 0);
    await this.#pool.run(
      solveRun,
      this.#runs.map(
        ({ factor, order, given }, k) => [factor, order, given.length, parts[k], columns] as const,
      ),
      { milliseconds: (cells * columns) / 2e6 },
    );
    return this.#sum(parts, columns);
  }

  /** S'w of white noise w, whose covariance matrix then is M^-1. */
  colour(white: Float64Array, columns: number): Float64Array {
    const parts = this.#parts(columns);
    for (const [k, { start, given, kept, factor, order }] of this.#runs.entries()) {
      parts[k].fill(0, 0, given.length * columns);
      parts[k].set(white.subarray(start * columns, (start + kept.length) * columns), given.length * columns);
      this.#pool.kernels.solveLowerTransposed(factor, order, order, parts[k], columns, columns);
    }
    return this.#sum(parts, columns);
  }

  /** What {@link colour} makes into these vectors: inner products of it are those of the vectors in the norm of M. */
  whiten(vectors: Float64Array, columns: number): Float64Array {
    const { kernels } = this.#pool;
    const left = vectors.slice();
    const white = sharedFloat64(left.length);
    const parts = this.#parts(columns);
    // what a run after this one takes of it is known once that one is done
    for (const [k, { start, given, kept, factor, order }] of [...this.#runs.entries()].reverse()) {
      const rank = kept.length;
      const own = left.subarray(start * columns, (start + rank) * columns);
      const result = white.subarray(start * columns, (start + rank) * columns);
      const lower = factor.subarray(given.length * (order + 1));
      kernels.transposedMultiply(lower, order, own, columns, result, columns, rank, columns, rank, 1);
      parts[k].fill(0, 0, given.length * columns);
      parts[k].set(result, given.length * columns);
      kernels.solveLowerTransposed(factor, order, order, parts[k], columns, columns);
      for (const [row, unknown] of given.entries())
        for (let c = 0; c < columns; c++) left[unknown * columns + c] -= parts[k][row * columns + c];
    }
    return white;
  }

  /** Room for each run's unknowns and those before it. */
  #parts(columns: number): Float64Array[] {
    const total = this.#runs.reduce((sum, { order }) => sum + order, 0);
    const room = this.#room.of(total * columns);
    let at = 0;
    return this.#runs.map(({ order }) => room.subarray(at, (at += order * columns)));
  }

  /** Adds up what the runs have of each unknown. */
  #sum(parts: readonly Float64Array[], columns: number): Float64Array {
    const unknowns = this.#runs.reduce((sum, { kept }) => sum + kept.length, 0);
    const sum = new Float64Array(unknowns * columns);
    for (const [k, { start, given }] of this.#runs.entries())
      sum.set(parts[k].subarray(given.length * columns), start * columns);
    for (const [k, { given }] of this.#runs.entries())
      for (const [row, unknown] of given.entries())
        for (let c = 0; c < columns; c++) sum[unknown * columns + c] += parts[k][row * columns + c];
    return sum;
  }
}
