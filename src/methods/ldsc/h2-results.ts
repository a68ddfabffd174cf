import type { H2Estimate } from '../../estimators/ldsc/h2.js';
import type { PartitionedEstimate, SetsHeritability } from '../../estimators/ldsc/partitioned.js';
import type { LossRecord } from '../../provenance.js';
import type { ScoreBin } from '../../report/ldsc-charts.js';
import type { LdscWarning } from './warnings.js';

/** Parts of a partitioned estimate that outputs need. */
export type PartitionResult = Pick<PartitionedEstimate, 'terms' | 'categories' | 'coefficients'>;

export interface LiabilityScale {
  readonly samplePrevalence: number;
  readonly populationPrevalence: number;
  readonly factor: number;
}

/** Everything that is known of one trait once it is estimated. */
export interface TraitResult {
  readonly name: string;
  readonly estimate: H2Estimate;
  /** The same with the intercept free, or fixed at 1. */
  readonly free: Pick<
    H2Estimate,
    'h2' | 'se' | 'intercept' | 'interceptSe' | 'ratio' | 'maxChi2' | 'twoStep' | 'firstStepSnps' | 'snps'
  >;
  readonly fixed: Pick<H2Estimate, 'h2' | 'se' | 'intercept'>;
  readonly liability: LiabilityScale | undefined;
  /** Columns of LD scores, as LDSC names them. */
  readonly names: readonly string[];
  readonly partition: PartitionResult | undefined;
  readonly quantiles: readonly QuantileResult[];
  readonly meanN: number;
  readonly bins: readonly ScoreBin[];
  readonly losses: LossRecord;
  readonly warnings: readonly LdscWarning[];
}

/** Heritability by quantile of a continuous annotation. */
export interface QuantileResult {
  readonly annotation: string;
  readonly sets: SetsHeritability['sets'];
}

/** `baseL2_0` is the annotation `base`. */
export function annotationName(column: string): string {
  return column.replace(/L2(_\d+)?$/, '') || column;
}
