import { HET, HOM_ALLELE1, HOM_ALLELE2 } from '../kernels/kernels.js';
import type { GenotypeCounts } from './counts.js';

/** Frequencies of allele 1 among founders. */
export interface AlleleFrequencies {
  /** NaN where no founder has a genotype. */
  readonly frequency: Float64Array;
  /** Alleles that were seen, of both kinds. */
  readonly observed: Int32Array;
}

/**
 * Frequencies as PLINK 2's --freq has them: two alleles a genotype; on X one of a male and two of everybody else; on Y one of a
 * male, and nobody else counts; on MT one of everybody. A heterozygous genotype of one copy counts as half an allele.
 */
export function alleleFrequencies(counts: GenotypeCounts): AlleleFrequencies {
  const { copies, founders, founderMales, sexLinked } = counts;
  const frequency = new Float64Array(copies.length);
  const observed = new Int32Array(copies.length);
  const set = (v: number, two: Int32Array | undefined, one: Int32Array | undefined) => {
    const allele1 = (two ? 2 * two[HOM_ALLELE1] + two[HET] : 0) + (one ? one[HOM_ALLELE1] + one[HET] / 2 : 0);
    observed[v] = (two ? 2 * present(two) : 0) + (one ? present(one) : 0);
    frequency[v] = allele1 / observed[v];
  };
  for (const [v, kind] of copies.entries()) {
    const own = founders.counts.subarray(4 * v, 4 * v + 4);
    if (kind === 'two') set(v, own, undefined);
    else if (kind === 'one') set(v, undefined, own);
  }
  for (const [k, v] of sexLinked.entries()) {
    const males = founderMales.counts.subarray(4 * k, 4 * k + 4);
    const others = males.map((count, code) => founders.counts[4 * v + code] - count);
    set(v, copies[v] === 'x' ? others : undefined, males);
  }
  return { frequency, observed };
}

const present = (counts: Int32Array): number => counts[HOM_ALLELE1] + counts[HET] + counts[HOM_ALLELE2];
