import type { TraitFacts } from '../../estimate/trait-facts.js';
import type { Warning } from '../../estimate/warnings.js';
import {
  estimateH2,
  type H2Estimate,
  type LdscOptions,
  type LdscTrait,
  ldscRules,
  summariseChi2,
} from '../../estimators/ldsc/h2.js';
import {
  type AnnotationOverlap,
  estimatePartitioned,
  heritabilityOfSets,
  type PartitionedEstimate,
} from '../../estimators/ldsc/partitioned.js';
import { binByScore } from '../../estimators/ldsc/score-bins.js';
import { type LdScores, sumColumns, totalScores } from '../../estimators/ldsc/score-regression.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { LossTable } from '../../provenance.js';
import type { LdscFlags } from './flags.js';
import type { TraitResult } from './h2-results.js';
import { h2Section } from './log.js';
import type { QuantileSets } from './overlap.js';

export interface H2Work {
  readonly trait: TraitFacts;
  readonly ld: LdScores;
  /** Columns of LD scores, as LDSC names them. */
  readonly names: readonly string[];
  readonly statistics: LdscTrait;
  /** Undefined where the intercept is free. */
  readonly intercept: number | undefined;
  readonly overlap: AnnotationOverlap | undefined;
  readonly quantiles: readonly QuantileSets[];
  readonly losses: LossTable;
  /** Chromosomes of the LD scores without statistics. */
  readonly uncovered?: Warning | undefined;
  readonly kernels: Kernels;
}

/** Flags that say how χ² is regressed. */
export interface MethodFlags extends Pick<LdscFlags, 'twoStep' | 'nBlocks'> {
  /** Null for none; undefined for the default. */
  readonly chisqMax: number | null | undefined;
  /** Cutoff of the first step where none is given and the intercept is free. @default LDSC's */
  readonly usualTwoStep?: number | undefined;
  /** Coefficients in LDSC's log. */
  readonly printCoefficients: boolean;
}

/** Heritability of one trait: as the flags say, and with the intercept free and fixed at 1. */
export function runH2(work: H2Work, flags: MethodFlags): TraitResult {
  const { ld, names, intercept, overlap, losses, kernels } = work;
  const { chi2, n } = work.statistics;
  const total = totalScores(ld.scores);
  const sums = sumColumns(chi2, n, total, kernels);
  const statistics = { chi2, n, sums, summary: summariseChi2(chi2, sums) };
  const others = { chi2Max: flags.chisqMax, blocks: flags.nBlocks };
  const usualTwoStep = intercept === undefined ? flags.usualTwoStep : undefined;
  const isPartitioned = ld.scores.length > 1;
  const estimateWith = (chosen: LdscOptions): H2Estimate | PartitionedEstimate =>
    isPartitioned
      ? estimatePartitioned(ld, [statistics], { ...chosen, overlap, kernels })[0]
      : estimateH2(ld, [statistics], { ...chosen, kernels })[0];
  const estimate = estimateWith({ ...others, intercept, twoStep: flags.twoStep ?? usualTwoStep });
  const free = intercept === undefined ? estimate : estimateWith({ ...others, twoStep: flags.usualTwoStep });
  const fixed = intercept === 1 ? estimate : estimateWith({ ...others, intercept: 1 });
  const partition = 'categories' in estimate ? estimate : undefined;
  noteRules(losses, estimate);
  const section = { trait: work.trait, estimate, partition, names };
  return {
    trait: work.trait,
    estimate,
    free,
    fixed,
    names,
    counts: ld.counts,
    partition,
    quantiles: partition
      ? work.quantiles.map(({ annotation, sums, sizes, snps }) => ({
          annotation,
          sizes,
          sets: heritabilityOfSets(partition.coefficients, sums, ld.counts, sizes, snps).sets,
        }))
      : [],
    meanN: sums.n / n.length,
    bins: binByScore(
      ld,
      total,
      statistics,
      estimate,
      partition ? partition.coefficients.estimate : [estimate.h2 / ld.counts[0]],
      kernels,
    ),
    losses: losses.toJSON(),
    uncovered: work.uncovered,
    logText: [
      ...rulesInWords(estimate, flags, ld.scores.length, sums.largestN),
      h2Section(section, { overlap: overlap !== undefined, coefficients: flags.printCoefficients }),
    ].join('\n'),
  };
}

/** The rule on χ² in the table of losses. */
function noteRules(losses: LossTable, { chi2Max, snps }: H2Estimate): void {
  if (chi2Max !== null) losses.step('--chisq-max', snps, `χ² of ${chi2Max} or more`);
}

/** What applied, in words: which defaults, and how many SNPs they touched. */
function rulesInWords(
  estimate: H2Estimate,
  flags: MethodFlags,
  annotations: number,
  largestN: number,
): string[] {
  const { twoStep, chi2Max, aboveChi2Max, snps, firstStepSnps, interceptSe, intercept, blocks } = estimate;
  const byDefault = (given: number | null | undefined) => (given === undefined ? ' (the default)' : '');
  const words: string[] = [];
  if (chi2Max !== null)
    words.push(
      `Removed ${aboveChi2Max} SNPs with chi^2 > ${decimal(chi2Max)} (${snps} SNPs remain)${byDefault(flags.chisqMax)}`,
    );
  if (twoStep !== null) {
    words.push(`Using two-step estimator with cutoff at ${twoStep}.`);
    words.push(
      `Two steps${byDefault(flags.twoStep)}: ${firstStepSnps} SNPs with chi^2 < ${twoStep} determined the intercept, all ${snps} the slope.`,
    );
  } else if (interceptSe !== null) {
    words.push(`One step: all ${snps} SNPs determined intercept and slope.`);
  } else {
    words.push(`The intercept was fixed at ${intercept}; no two steps.`);
  }
  const { chi2Max: usual } = ldscRules({}, annotations, largestN);
  if (chi2Max === null && usual !== null)
    words.push(`No limit on chi^2; LDSC's default for annotations is ${decimal(usual)}.`);
  words.push(`Jackknife over ${blocks} blocks.`);
  return words;
}

/** `30.0`, as Python prints it. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
