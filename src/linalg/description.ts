import { quantile } from './quantile.js';

/** What a column of numbers is like; the standard deviation has divisor n - 1, and is 0 for a single number. */
export interface Description {
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly quartile1: number;
  readonly median: number;
  readonly quartile3: number;
  readonly max: number;
}

/** @param values at least one. */
export function describe(values: Float64Array): Description {
  const sorted = values.toSorted();
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    sd: Math.sqrt(squares / Math.max(n - 1, 1)),
    min: sorted[0],
    quartile1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    quartile3: quantile(sorted, 0.75),
    max: sorted[n - 1],
  };
}
