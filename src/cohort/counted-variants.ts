import type { Genotypes } from '../formats/genotypes.js';
import type { GenotypeOperator, OperatorOptions } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import type { LossTable } from '../provenance.js';
import type { RecordedRun, RunContext } from '../run.js';
import type { RequireMemory } from './budget.js';

/** Variants whose genotypes are counted over the people of a run: what variants are divided into parts by. */
export interface CountedVariants {
  /** The file's table of variants, and its name. */
  readonly fileset: Pick<Genotypes, 'variants' | 'variantFile'>;
  /** Indices in the file, ascending. */
  readonly variants: Int32Array;
  readonly variantLosses: Pick<LossTable, 'step'>;
  /** Refuses what does not fit beside what the run holds. @default nothing: for whoever has no limit */
  readonly requireMemory?: RequireMemory | undefined;
  /** Genotype counts for some of the variants (indices in the file). */
  statistics(variants: Int32Array): VariantStatistics;
  /** The genotypes of all variants or of some (indices in the file). */
  genotypes(options: Omit<OperatorOptions, 'statistics'>, variants?: Int32Array): Promise<GenotypeOperator>;
}

/** Where it is kept what was read and said. */
export interface Recorder {
  readonly log: Pick<RecordedRun['log'], 'info'>;
  readonly provenance: Pick<RecordedRun['provenance'], 'input'>;
}

/** A run with a place to say what is read and what came of it. */
export type ToldRun = RunContext & Recorder;

/** Keeps nothing: for whoever has genotypes of his own, as studies and tests do. */
export const NO_RECORD: Recorder = { log: { info() {} }, provenance: { input() {} } };
