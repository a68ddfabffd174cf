import { isHeredityError } from '../../errors.js';
import type { LdscTrait } from '../../estimators/ldsc/h2.js';
import type { Evaluation } from '../estimator.js';

/** χ² = n b² of one column of marginal effects (variants x columns, row-major). */
export function chiSquares(b: Float64Array, columns: number, column: number, n: number): LdscTrait {
  const count = b.length / columns;
  const chi2 = Float64Array.from({ length: count }, (_, v) => n * b[v * columns + column]! ** 2);
  return { chi2, n: new Float64Array(count).fill(n) };
}

/**
 * Writes h² and standard error, NaN where there is none. A trait on which the estimate does not exist is no failure of the
 * study: it is counted.
 */
export function put(out: Float64Array, estimate: () => Evaluation): void {
  const { h2, se } = evaluationOf(estimate);
  out[0] = h2 ?? Number.NaN;
  out[1] = se ?? Number.NaN;
}

/**
 * What {@link put} wrote, column by column. Numbers come back from threads, words do not: the first column without an
 * estimate is estimated once more, here, for its reason.
 * @param again the estimate of a column
 */
export function taken(outs: readonly Float64Array[], again: (column: number) => Evaluation): Evaluation[] {
  const first = outs.findIndex(([h2]) => Number.isNaN(h2));
  return outs.map(([h2, se], column) =>
    column === first ? evaluationOf(() => again(column)) : { h2: h2!, se: se! },
  );
}

function evaluationOf(estimate: () => Evaluation): Evaluation {
  try {
    return estimate();
  } catch (error) {
    if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
    return { h2: null, se: null, reason: error.message };
  }
}
