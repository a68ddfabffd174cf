import { quantile } from '../linalg/quantile.js';

/** Where a stratum lies among those of frequency and of LD score, both counted from 0. */
export interface StratumLevel {
  readonly frequency: number;
  readonly ld: number;
}

/** Some variants under a name. */
export interface Stratum {
  readonly id: string;
  /** Indices in the file, ascending. */
  readonly variants: Int32Array;
  readonly level?: StratumLevel;
}

/**
 * Strata of GREML-LDMS-I (METHODS 5.4): variants by quantiles of their own LD score over all variants (those at a
 * quantile belong below it), then by minor allele frequency within each. Strata without variants are left out.
 * @param variants indices in the file, ascending; `maf` and `scores` in their order.
 * @param mafCuts ascending; a variant at a cut belongs below it.
 */
export function strata(
  variants: Int32Array,
  maf: Float64Array,
  scores: Float64Array,
  mafCuts: readonly number[],
  ldBins: number,
): Stratum[] {
  const sorted = scores.toSorted();
  const ldCuts = Array.from({ length: ldBins - 1 }, (_, b) => quantile(sorted, (b + 1) / ldBins));
  const binOf = (value: number, cuts: readonly number[]) => cuts.filter((cut) => value > cut).length;
  const groups = Array.from({ length: ldBins * (mafCuts.length + 1) }, (): number[] => []);
  for (const [k, v] of variants.entries())
    groups[binOf(maf[k], mafCuts) * ldBins + binOf(scores[k], ldCuts)].push(v);
  return groups.flatMap((own, g) => {
    const level = { frequency: Math.floor(g / ldBins), ld: g % ldBins };
    const id = `maf${level.frequency + 1}-ld${level.ld + 1}`;
    return own.length === 0 ? [] : [{ id, variants: Int32Array.from(own), level }];
  });
}
