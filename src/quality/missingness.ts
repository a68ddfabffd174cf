import type { GenotypeCounts } from './counts.js';

/** Missing genotypes, and how many could be there; a rate is their ratio. */
export interface Missingness {
  readonly missing: Int32Array;
  readonly possible: Int32Array;
}

/** Missing genotypes of each variant among everybody, as PLINK 2's --missing counts them: on Y among males alone. */
export function variantMissingness({
  copies,
  everybody,
  males,
  maleCount,
  sexLinked,
}: GenotypeCounts): Missingness {
  const missing = Int32Array.from(copies, (_, v) => everybody.missing(v));
  const possible = Int32Array.from(copies, (_, v) => everybody.present(v) + everybody.missing(v));
  for (const [k, v] of sexLinked.entries()) {
    if (copies[v] !== 'y') continue;
    missing[v] = males.missing(k);
    possible[v] = maleCount;
  }
  return { missing, possible };
}

/** Missing rates, ascending, of whatever has a genotype to miss. */
export function sortedRates({ missing, possible }: Missingness): Float64Array {
  return Float64Array.from(missing, (count, k) => count / possible[k])
    .filter((rate) => !Number.isNaN(rate))
    .sort();
}
