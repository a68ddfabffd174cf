/**
 * Everything that programs may use; docs/library.md shows how, test/public-api.test.ts lists the names.
 *
 * @example
 * import { gre, h2, openCohort } from 'heredity';
 *
 * const cohort = await openCohort({ bfile: 'study', pheno: 'traits.txt', covar: 'age-sex-pcs.txt' });
 * for (const { trait, h2, warnings } of await gre(cohort)) {
 *   console.log(trait, h2.value, h2.se);
 *   for (const { code, text } of warnings) console.warn(trait, code, text);
 * }
 * const estimates = await h2(cohort, { methods: ['gre', 'he', 'ldsc'] });
 * await cohort.close();
 */
import './host/node/install.js';
import { optionKey } from './options/flags.js';
import { wordOptions } from './wording.js';

// a program calls an option by its key
wordOptions((spelled) => `\`${optionKey(spelled)}\``);

export {
  type Covariate,
  createDesign,
  type Design,
  type DesignGroup,
  type Trait,
} from './association/design.js';
export { associate, type MissingGenotypes, type TileAssociation } from './association/linear.js';
export { Dataset, type DatasetOptions } from './cohort/dataset.js';
export { ldakWeightsOf, partitionedScores, unpartitionedScores } from './cohort/dataset-ld.js';
export { CohortTraits, type TraitSet, type TraitStatistics } from './cohort/trait-set.js';
export { type ErrorDetails, type ErrorTag, EXIT_CODES, HeredityError, isHeredityError } from './errors.js';
export {
  type Estimand,
  type Estimate,
  type Findings,
  type Part,
  type Quantity,
  quantity,
  type SeKind,
  type TraitPair,
} from './estimate/estimate.js';
export { failedEstimate, type TraitFacts } from './estimate/trait-facts.js';
export { rangeWarnings, WARNINGS, type Warning, warning, warningText } from './estimate/warnings.js';
export {
  checkComponents,
  type GeneticComponents,
  labelledComponents,
  oneComponent,
} from './estimators/components.js';
export { type CrossBlockShares, correctedHeritability } from './estimators/gre/cross-block.js';
export {
  type BlockRegression,
  blockHeritability,
  type Heritability,
  type SeFormula,
  sumHeritability,
} from './estimators/gre/estimate.js';
export { estimateGre, GRE_DEFAULTS, type GreHooks, type GreOptions } from './estimators/gre/gre.js';
export type { BlockDefinition, BlockEstimate, TraitEstimate } from './estimators/gre/result.js';
export { partialCorrelation } from './estimators/gre/summary.js';
export { equalJackknifeBlocks, type HeData } from './estimators/he/data.js';
export { type PairEstimate, pairRegressions } from './estimators/he/pairs.js';
export { HE_DEFAULTS, type HeEstimate, type HeOptions, randomisedHe } from './estimators/he/randomised.js';
export { type CellType, type CellTypeEstimate, estimateCellTypes } from './estimators/ldsc/cell-type.js';
export {
  estimateH2,
  type H2Estimate,
  type LdscOptions,
  type LdscTrait,
  ldscRules,
} from './estimators/ldsc/h2.js';
export { type InSampleScores, inSampleScores, type ScoreModel } from './estimators/ldsc/in-sample.js';
export {
  type AnnotationOverlap,
  type CategoryEstimate,
  estimatePartitioned,
  heritabilityOfSets,
  type PartitionedEstimate,
} from './estimators/ldsc/partitioned.js';
export { estimateRg, type RgEstimate, type RgOptions, type SignedTrait } from './estimators/ldsc/rg.js';
export type { LdScores } from './estimators/ldsc/score-regression.js';
export { liabilityFactor } from './estimators/liability.js';
export {
  type MonteCarloRemlEstimate,
  monteCarloReml,
} from './estimators/reml/monte-carlo/monte-carlo-reml.js';
export {
  MONTE_CARLO_DEFAULTS,
  type MonteCarloOptions,
  type OneComponentOptions,
} from './estimators/reml/monte-carlo/options.js';
export type { RelationshipData } from './estimators/reml/monte-carlo/relationship.js';
export { reduceGrm, remlOneGrm } from './estimators/reml/one-grm.js';
export {
  estimateReml,
  hasFailed,
  type RemlEstimate,
  type RemlResult,
  type RemlSettings,
} from './estimators/reml/reml.js';
export type { SumherTrait } from './estimators/sumher/selection.js';
export {
  SUMHER_DEFAULTS,
  type SumherCategory,
  type SumherEstimate,
  type SumherNumber,
  type SumherOptions,
  sumher,
} from './estimators/sumher/sumher.js';
export { type AnnotationTable, readAnnotations, writeAnnotations } from './formats/annotation.js';
export { type BedFile, BedWriter, openBed } from './formats/bed.js';
export { chromosomeLabel, readBim, type VariantTable, writeBim } from './formats/bim.js';
export { readFam, type SampleTable, writeFam } from './formats/fam.js';
export { type Fileset, openFileset } from './formats/fileset.js';
export { type Frequencies, readFrequencies } from './formats/frequency.js';
export { type GenotypeChoice, type Genotypes, openGenotypes } from './formats/genotypes.js';
export { type GrmFile, GrmWriter, openGrm } from './formats/grm.js';
export { type ColumnReading, recogniseColumns } from './formats/gwas/columns.js';
export { openGwasTable } from './formats/gwas/open.js';
export type { GwasRow, GwasTable } from './formats/gwas/table.js';
export type { HardCallReport } from './formats/hard-calls.js';
export { IdTable } from './formats/id-table.js';
export {
  type LdScoreTable,
  ldScoreFiles,
  readLdScores,
  readVariantCounts,
  writeLdScores,
  writeVariantCounts,
} from './formats/ld-score.js';
export { type LdakWeights, readLdakWeights } from './formats/ldak-weights.js';
export { readPhenotypes } from './formats/phenotype.js';
export { readSumstats, type Sumstats } from './formats/sumstats.js';
export { readTagging, type Taggings, type TaggingTable } from './formats/tagging.js';
export { GenotypePart } from './genotypes/genotype-part.js';
export { hardyWeinbergTest } from './genotypes/hardy-weinberg.js';
export {
  expectedHeritability,
  HERITABILITY_MODELS,
  type HeritabilityModel,
  type HeritabilityModelName,
} from './genotypes/heritability-model.js';
export { GenotypeOperator, type OperatorOptions } from './genotypes/operator.js';
export { createMask, type SampleMask } from './genotypes/sample-mask.js';
export { centred, type GenotypeTable, sampleStandardised } from './genotypes/standardise.js';
export { VariantStatistics } from './genotypes/statistics.js';
export { type GenotypeBlock, GenotypeStore, type PackedTile, type VariantSource } from './genotypes/store.js';
export type { Backend, Kernels } from './kernels/kernels.js';
export { type BackendChoice, describeBackends, loadKernels } from './kernels/load.js';
export { sharedFloat32, sharedFloat64 } from './kernels/memory.js';
export { KernelPool } from './kernels/pool.js';
export { gctaLdScores } from './ld/gcta-scores.js';
export {
  LDAK_WEIGHT_DEFAULTS,
  type LdakWeightOptions,
  type LdakWeightResult,
  ldakWeights,
} from './ld/ldak-weights.js';
export { binAnnotations, levelOfLd, type MafBins, mafBins, PAPER_MAF_EDGES } from './ld/maf-bins.js';
export { baseCategory, type TaggingCategories, taggings } from './ld/tagging.js';
export { THIN_DEFAULTS, thinVariants } from './ld/thin.js';
export {
  type Annotations,
  type BandedR2,
  bandedR2,
  ldScores,
  type R2Band,
  type R2Options,
  r2Bands,
} from './ld/windowed-r2.js';
export { gctaWindows, ldscWindows, variantWindows, type Windows } from './ld/windows.js';
export { type CohortOptions, type OpenCohort, openCohort, type Source } from './library/cohort.js';
export {
  gre,
  greCrossBlock,
  greml,
  h2,
  he,
  heLdms,
  ldakReml,
  ldms,
  ldmsMc,
  ldsc,
  type MethodOptions,
  type MethodVerb,
  remlMc,
  report,
  sldsc,
  sldscMaf,
  sldscMafLld,
  sumherGcta,
  sumherHd,
  sumherLdak,
  sumherLdakThin,
  sumherPower,
} from './library/methods.js';
export { openSumstats, type SumstatsOptions } from './library/sumstats.js';
export { symmetricSubmatrix } from './linalg/symmetric-tiled.js';
export type { TiledLower } from './linalg/tiled-lower.js';
export { addMethod, loadMethod, methodNames } from './methods/catalogue.js';
export { compareMethods, type MethodComparison, type MethodDifference } from './methods/compare-methods.js';
export { methodFacts } from './methods/facts.js';
export { defineMethod, type Method, type PreparedMethod } from './methods/method.js';
export type { MethodFacts } from './methods/method-facts.js';
export * as options from './options/flags.js';
export type { WindowReach } from './options/window-flags.js';
export { type Phase, type PhaseOptions, type Progress, silentProgress } from './progress.js';
export { type ProvenanceRecord, VERSION } from './provenance.js';
export {
  GCTA_MODEL,
  type RelationshipMatrix,
  type RelationshipModel,
  relationshipMatrix,
  relationshipPanels,
} from './relatedness/grm.js';
export { loadGrm } from './relatedness/load-grm.js';
export { strata } from './relatedness/strata.js';
export type { ResultDocument } from './report/result-json.js';
export { type RunContext, silentRun } from './run.js';
export { caseControl, type LiabilityThreshold } from './simulation/binary.js';
export { causalCount } from './simulation/effects.js';
export { type GenotypeSimulation, simulateGenotypes } from './simulation/genotypes.js';
export { MemoryGenotypes } from './simulation/memory-genotypes.js';
export { chromosomeStretches, mosaicOfPeople, type PeopleMosaic } from './simulation/people-mosaic.js';
export {
  type Architecture,
  type CovariateEffect,
  type SimulatedTrait,
  simulateTraits,
  type TraitEffects,
  type TraitOptions,
} from './simulation/traits.js';
export { type Munged, type MungeOptions, Munger } from './sumstats/munge.js';
export { type MungePlan, type PlanOptions, planMunge } from './sumstats/plan.js';
