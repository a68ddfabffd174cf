import type { TraitFacts } from '../../estimate/trait-facts.js';
import type { Warning } from '../../estimate/warnings.js';
import type { H2Estimate } from '../../estimators/ldsc/h2.js';
import type { PartitionedEstimate, SetsHeritability } from '../../estimators/ldsc/partitioned.js';
import type { ScoreBin } from '../../estimators/ldsc/score-bins.js';
import type { LossRecord } from '../../provenance.js';

/** Parts of a partitioned estimate that outputs need. */
export type PartitionResult = Pick<PartitionedEstimate, 'terms' | 'categories' | 'coefficients'>;

/** Numbers of variants of a run (METHODS 3.1): null where the files do not say them. */
export interface VariantNumbers {
  /** All variants behind the LD scores: `.l2.M`. */
  readonly reference: number | null;
  /** Those whose heritability it is: `.l2.M_5_50`, or all. */
  readonly heritability: number | null;
}

/** Everything that is known of one trait once it is estimated. */
export interface TraitResult {
  readonly trait: TraitFacts;
  readonly estimate: H2Estimate;
  /** The same with the intercept free, or fixed at 1. */
  readonly free: Pick<
    H2Estimate,
    'h2' | 'se' | 'intercept' | 'interceptSe' | 'ratio' | 'maxChi2' | 'twoStep' | 'firstStepSnps' | 'snps'
  >;
  readonly fixed: Pick<H2Estimate, 'h2' | 'se' | 'intercept'>;
  /** Columns of LD scores, as LDSC names them. */
  readonly names: readonly string[];
  /** M of each column. */
  readonly counts: ArrayLike<number>;
  readonly partition: PartitionResult | undefined;
  readonly quantiles: readonly QuantileResult[];
  readonly meanN: number;
  readonly bins: readonly ScoreBin[];
  readonly losses: LossRecord;
  /** Chromosomes of the LD scores without statistics. */
  readonly uncovered: Warning | undefined;
  /** Which rules applied, and the section of LDSC's log. */
  readonly logText: string;
}

/** Heritability by quantile of a continuous annotation. */
export interface QuantileResult {
  readonly annotation: string;
  /** SNPs of each quantile. */
  readonly sizes: ArrayLike<number>;
  readonly sets: SetsHeritability['sets'];
}

/** `baseL2_0` is the annotation `base`. */
export function annotationName(column: string): string {
  return column.replace(/L2(_\d+)?$/, '') || column;
}
