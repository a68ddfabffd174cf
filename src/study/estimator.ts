import type { Dataset } from '../cohort/dataset.js';
import type { TraitColumns } from '../cohort/trait-columns.js';
import type { MethodPlan, PlannedWork, WorkSizes } from '../methods/method.js';
import type { RecordedRun, RunContext } from '../run.js';

/** What an estimator says of one trait. */
export interface Evaluation {
  /** SNP-heritability; null where the estimator gave none, as when it did not converge. */
  readonly h2: number | null;
  /** Its own standard error; null where it has none. */
  readonly se: number | null;
  /** Why there is no estimate, where that is known. */
  readonly reason?: string | undefined;
}

/**
 * An estimator in an accuracy study. It prepares once for the genotypes (LD factored, LD scores, relatedness) and then
 * takes the traits of all cells, all replicates of a cell as columns of one call.
 */
export interface StudyEstimator {
  /** Short name, as on the command line and in the outputs. */
  readonly name: string;
  /** For people, such as `GRE`. */
  readonly title: string;
  /** What is wrong with its input, where a study is to see what that does: a warning. */
  readonly caution?: string;
  /** LD of its own that it factors in place of the people's, where it is GRE. */
  readonly ownLd?: string;
  /** @throws HeredityError for genotypes that the estimator cannot be used on. */
  prepare(data: Dataset, run: RunContext): Promise<PreparedEstimator>;
  /** Bytes that it holds beside genotypes; none where that is not known. */
  memory?(sizes: WorkSizes): number;
  /** Absent where that is not known, and for GRE, whose factors are shared with what is simulated. */
  plan?(work: Omit<PlannedWork, 'own'>, run: RecordedRun): Promise<MethodPlan | undefined>;
}

export interface PreparedEstimator {
  /** One evaluation a column. Must not change the traits. */
  evaluate(traits: TraitColumns, run: RunContext): Promise<readonly Evaluation[]>;
}
