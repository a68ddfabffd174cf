import {
  estimateH2,
  type H2Estimate,
  type LdscOptions,
  type LdscTrait,
  ldscRules,
} from '../../estimators/ldsc/h2.js';
import {
  type AnnotationOverlap,
  estimatePartitioned,
  heritabilityOfSets,
  type PartitionedEstimate,
} from '../../estimators/ldsc/partitioned.js';
import { type LdScores, mean, totalScores } from '../../estimators/ldsc/score-regression.js';
import { liabilityFactor } from '../../estimators/liability.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { LossTable } from '../../provenance.js';
import type { ScoreBin } from '../../report/ldsc-charts.js';
import type { LdscFlags, TraitSettings } from './flags.js';
import type { PartitionResult, TraitResult } from './h2-results.js';
import type { QuantileSets } from './overlap.js';
import { h2Warnings } from './warnings.js';

export interface H2Work {
  readonly name: string;
  readonly ld: LdScores;
  /** Columns of LD scores, as LDSC names them. */
  readonly names: readonly string[];
  readonly trait: LdscTrait;
  readonly settings: TraitSettings;
  readonly overlap: AnnotationOverlap | undefined;
  readonly quantiles: readonly QuantileSets[];
  readonly losses: LossTable;
  /** Chromosomes of the LD scores without statistics, in words. */
  readonly uncovered?: string | undefined;
  readonly kernels: Kernels;
}

/** Flags that say how χ² is regressed. */
export interface MethodFlags extends Pick<LdscFlags, 'twoStep' | 'nBlocks'> {
  /** Null for none; undefined for the default. */
  readonly chisqMax: number | null | undefined;
  /** Cutoff of the first step where none is given and the intercept is free. @default LDSC's */
  readonly usualTwoStep?: number | undefined;
}

/** Heritability of one trait: as the flags say, and with the intercept free and fixed at 1. */
export function runH2(work: H2Work, flags: MethodFlags): TraitResult {
  const { name, ld, names, trait, settings, overlap, losses } = work;
  const options: LdscOptions = {
    intercept: settings.intercept,
    twoStep: flags.twoStep ?? (settings.intercept === undefined ? flags.usualTwoStep : undefined),
    chi2Max: flags.chisqMax,
    blocks: flags.nBlocks,
  };
  const isPartitioned = ld.scores.length > 1;
  const estimateWith = (chosen: LdscOptions): H2Estimate | PartitionedEstimate =>
    isPartitioned
      ? estimatePartitioned(ld, [trait], { ...chosen, overlap, kernels: work.kernels })[0]!
      : estimateH2(ld, [trait], chosen)[0]!;
  const estimate = estimateWith(options);
  const { intercept, twoStep, ...others } = options;
  const free = intercept === undefined ? estimate : estimateWith({ ...others, twoStep: flags.usualTwoStep });
  const fixed = intercept === 1 ? estimate : estimateWith({ ...others, intercept: 1 });
  const partition = 'categories' in estimate ? estimate : undefined;
  noteRules(losses, estimate);
  const meanN = mean(trait.n);
  const { prevalence } = settings;
  return {
    name,
    estimate,
    free,
    fixed,
    liability: prevalence && {
      samplePrevalence: prevalence.sample,
      populationPrevalence: prevalence.population,
      factor: liabilityFactor(prevalence.population, prevalence.sample),
    },
    names,
    partition,
    quantiles: partition
      ? work.quantiles.map(({ annotation, sums, sizes, snps }) => ({
          annotation,
          sets: heritabilityOfSets(partition.coefficients, sums, ld.counts, sizes, snps).sets,
        }))
      : [],
    meanN,
    bins: binByScore(ld, trait, estimate, partition),
    losses: losses.toJSON(),
    warnings: h2Warnings(estimate, free, fixed, meanN, work.uncovered),
  };
}

/** The rule on χ² in the table of losses. */
function noteRules(losses: LossTable, { chi2Max, snps }: H2Estimate): void {
  if (chi2Max !== null) losses.step('--chisq-max', snps, `χ² of ${chi2Max} or more`);
}

/** What applied, in words: which defaults, and how many SNPs they touched. */
export function rulesInWords(
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

const BINS = 50;

/** SNPs by their LD score, in groups of the same size. */
function binByScore(
  ld: LdScores,
  { chi2, n }: LdscTrait,
  { intercept, h2, chi2Max }: H2Estimate,
  partition: PartitionResult | undefined,
): ScoreBin[] {
  const total = totalScores(ld.scores);
  const limit = chi2Max ?? Number.POSITIVE_INFINITY;
  const order = sample(total).sort();
  const bins = Math.min(BINS, Math.floor(order.length / 10));
  const edges = Array.from(
    { length: bins - 1 },
    (_, b) => order[Math.floor(((b + 1) * order.length) / bins)]!,
  );
  const sums = Array.from({ length: bins }, () => ({ count: 0, score: 0, chi2: 0, square: 0, expected: 0 }));
  const tau = partition ? partition.coefficients.estimate : [h2 / ld.counts[0]!];
  for (let j = 0; j < chi2.length; j++) {
    if (chi2[j]! >= limit) continue;
    const bin = sums[binOf(edges, total[j]!)]!;
    let expected = intercept;
    for (let c = 0; c < tau.length; c++) expected += n[j]! * tau[c]! * ld.scores[c]![j]!;
    bin.count++;
    bin.score += total[j]!;
    bin.chi2 += chi2[j]!;
    bin.square += chi2[j]! ** 2;
    bin.expected += expected;
  }
  return sums
    .filter(({ count }) => count > 1)
    .map(({ count, score, chi2: sum, square, expected }) => ({
      meanScore: score / count,
      meanChi2: sum / count,
      se: Math.sqrt(Math.max(0, square / count - (sum / count) ** 2) / (count - 1)),
      expected: expected / count,
    }));
}

/** Evenly spaced values: enough to say where groups of the same size begin. */
function sample(values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 20_000));
  return values.filter((_, j) => j % step === 0);
}

/** Number of edges that are not above the score. */
function binOf(edges: readonly number[], score: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}
