import type { Heterozygosity } from './person-counts.js';

/** Inbreeding coefficients by moments: F = (O - E) / (N - E), O and E homozygous genotypes seen and expected, N all. */
export function inbreeding({ present, heterozygous, expectedHomozygous }: Heterozygosity): Float64Array {
  return Float64Array.from(present, (all, i) => {
    const expected = expectedHomozygous[i];
    return (all - heterozygous[i] - expected) / (all - expected);
  });
}

/** Mean and standard deviation (divisor n - 1) of the values that are numbers; NaN where there are too few. */
export function meanAndDeviation(values: ArrayLike<number>): { mean: number; sd: number } {
  const known = Array.from(values).filter((value) => Number.isFinite(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : Number.NaN };
}

/** Positions of the values farther than so many standard deviations from the mean, in order. */
export function outliers(values: ArrayLike<number>, deviations: number): number[] {
  const { mean, sd } = meanAndDeviation(values);
  return Array.from(values).flatMap((value, i) => (Math.abs(value - mean) > deviations * sd ? [i] : []));
}
