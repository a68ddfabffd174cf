import type { Dataset } from '../cohort/dataset.js';
import { isHeredityError } from '../errors.js';
import { type Estimate, quantity, type SeKind } from '../estimate/estimate.js';
import { failedEstimate, type TraitFacts } from '../estimate/trait-facts.js';
import type { LdscTrait } from '../estimators/ldsc/h2.js';
import { estimandOf, type MethodName } from './facts.js';

/** Variants of a regression on statistics with its jackknife that one thread takes in a millisecond, for deciding on threads. */
export const VARIANTS_PER_MS = 4000;

/** What comes back from a thread of one column of many traits. */
export interface ColumnEstimate {
  readonly h2: number | null;
  readonly se: number | null;
  /** Why there is no estimate. */
  readonly reason?: string;
}

/** χ² = n b² of one column of marginal effects (variants x columns, row-major). */
export function chiSquares(b: Float64Array, columns: number, column: number, n: number): LdscTrait {
  const count = b.length / columns;
  const chi2 = Float64Array.from({ length: count }, (_, v) => n * b[v * columns + column] ** 2);
  return { chi2, n: new Float64Array(count).fill(n) };
}

/** Writes h² and standard error, NaN where there is none: a trait on which the estimate does not exist does not end the others. */
export function put(out: Float64Array, estimate: () => ColumnEstimate): void {
  const { h2, se } = columnOf(estimate);
  out[0] = h2 ?? Number.NaN;
  out[1] = se ?? Number.NaN;
}

/**
 * What {@link put} wrote, column by column. Numbers come back from threads, words do not: the first column without an
 * estimate is estimated once more, here, for its reason.
 * @param again the estimate of a column.
 */
export function taken(
  outs: readonly Float64Array[],
  again: (column: number) => ColumnEstimate,
): ColumnEstimate[] {
  const first = outs.findIndex(([h2]) => Number.isNaN(h2));
  return outs.map(([h2, se], column) => (column === first ? columnOf(() => again(column)) : { h2, se }));
}

/** The same in the terms of all methods: of many traits only heritability and its error are kept. */
export function columnEstimates(
  data: Dataset,
  facts: readonly TraitFacts[],
  method: MethodName,
  seKind: SeKind,
  found: readonly ColumnEstimate[],
): Estimate[] {
  const { count } = data.genotypes;
  const estimand = estimandOf(
    method,
    { reference: count, regression: count, heritability: count },
    'in-sample',
  );
  return facts.map(({ name }, t) => {
    const { h2, se, reason } = found[t];
    const number = quantity(h2, se, seKind);
    if (number.value === null)
      return failedEstimate(name, method, data.samples, estimand, reason ?? 'there is no estimate', null);
    return {
      trait: name,
      method,
      n: data.samples,
      estimand,
      h2: number,
      scale: 'observed',
      liability: null,
      parts: [],
      quantities: {},
      diagnostics: {},
      warnings: [],
    };
  });
}

/** The estimate of a column, or why there is none: what one trait does not allow leaves the others alone. */
export function columnOf(estimate: () => ColumnEstimate): ColumnEstimate {
  try {
    return estimate();
  } catch (error) {
    if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
    return { h2: null, se: null, reason: error.problem };
  }
}
