import { HET, HOM_ALLELE1, HOM_ALLELE2, MISSING } from '../kernels/kernels.js';
import { sharedInt32 } from '../kernels/memory.js';
import { hardyWeinbergTest, logHardyWeinbergTest } from './hardy-weinberg.js';

/**
 * Per-variant statistics, all derived from the four genotype counts of each variant.
 * "Centred code" is copies of allele 1 less one; missing genotypes take the mean, so they add nothing to a variance.
 */
export class VariantStatistics {
  /** `counts[4 * v + code]`, PLINK codes, shared. */
  readonly counts: Int32Array;
  /** Position from which on variants stand for the dominance of their genotypes (src/genotypes/dominance.ts), not for copies of an allele. */
  readonly dominanceFrom: number;

  /** @param dominanceFrom by default none stands for dominance. */
  constructor(counts: Int32Array, dominanceFrom = counts.length / 4) {
    this.counts = counts;
    this.dominanceFrom = dominanceFrom;
  }

  /** Whether the variant stands for dominance. */
  isDominance(v: number): boolean {
    return v >= this.dominanceFrom;
  }

  get variants(): number {
    return this.counts.length / 4;
  }

  /** Samples with a genotype. */
  present(v: number): number {
    const c = this.counts;
    return c[4 * v + HOM_ALLELE1] + c[4 * v + HET] + c[4 * v + HOM_ALLELE2];
  }

  missing(v: number): number {
    return this.counts[4 * v + MISSING];
  }

  /** Sum of centred codes over the samples with a genotype. */
  centredSum(v: number): number {
    return this.counts[4 * v + HOM_ALLELE1] - this.counts[4 * v + HOM_ALLELE2];
  }

  /** Mean centred code; 0 where nobody has a genotype. */
  centredMean(v: number): number {
    const present = this.present(v);
    return present === 0 ? 0 : this.centredSum(v) / present;
  }

  /** Frequency of allele 1 among the genotypes present; 0 where there are none. */
  allele1Frequency(v: number): number {
    return this.present(v) === 0 ? 0 : (this.centredMean(v) + 1) / 2;
  }

  minorAlleleFrequency(v: number): number {
    const f = this.allele1Frequency(v);
    return Math.min(f, 1 - f);
  }

  missingRate(v: number): number {
    const total = this.present(v) + this.missing(v);
    return total === 0 ? 1 : this.missing(v) / total;
  }

  /** Variance of allele counts over all samples (divisor: samples), missing at the mean (METHODS 0, "sample"). */
  variance(v: number): number {
    const present = this.present(v);
    if (present === 0 || this.isMonomorphic(v)) return 0;
    const homozygotes = this.counts[4 * v + HOM_ALLELE1] + this.counts[4 * v + HOM_ALLELE2];
    return (homozygotes - this.centredSum(v) ** 2 / present) / (present + this.missing(v));
  }

  /** 2f(1-f), the variance of allele counts in Hardy-Weinberg equilibrium. */
  expectedVariance(v: number): number {
    const f = this.allele1Frequency(v);
    return 2 * f * (1 - f);
  }

  /** True where all genotypes present are the same, or none is present. */
  isMonomorphic(v: number): boolean {
    const present = this.present(v);
    const c = this.counts;
    return (
      c[4 * v + HOM_ALLELE1] === present || c[4 * v + HET] === present || c[4 * v + HOM_ALLELE2] === present
    );
  }

  /** Whether what the variant stands for is the same in everybody; dominance needs all three genotypes to be seen beside its allele. */
  isConstant(v: number): boolean {
    if (!this.isDominance(v)) return this.isMonomorphic(v);
    const c = this.counts;
    return c[4 * v + HOM_ALLELE1] === 0 || c[4 * v + HET] === 0 || c[4 * v + HOM_ALLELE2] === 0;
  }

  hardyWeinbergP(v: number): number {
    const c = this.counts;
    return hardyWeinbergTest(c[4 * v + HET], c[4 * v + HOM_ALLELE1], c[4 * v + HOM_ALLELE2]);
  }

  /** Natural logarithm of {@link hardyWeinbergP}. */
  logHardyWeinbergP(v: number): number {
    const c = this.counts;
    return logHardyWeinbergTest(c[4 * v + HET], c[4 * v + HOM_ALLELE1], c[4 * v + HOM_ALLELE2]);
  }

  /** The same statistics for some of the variants, in the order given, which is ascending where some stand for dominance. */
  subset(variants: ArrayLike<number>): VariantStatistics {
    const counts = sharedInt32(4 * variants.length);
    for (let k = 0; k < variants.length; k++) {
      counts.set(this.counts.subarray(4 * variants[k], 4 * variants[k] + 4), 4 * k);
    }
    let dominanceFrom = 0;
    while (dominanceFrom < variants.length && !this.isDominance(variants[dominanceFrom])) dominanceFrom++;
    return new VariantStatistics(counts, dominanceFrom);
  }
}
