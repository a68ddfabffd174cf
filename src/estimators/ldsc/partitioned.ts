import { HeredityError } from '../../errors.js';
import type { Kernels } from '../../kernels/kernels.js';
import { totalSums, weightedBlockSums } from '../../linalg/block-regression.js';
import { largest } from '../../linalg/extremes.js';
import {
  blockSeparators,
  type Jackknifed,
  jackknifeRatio,
  transformCovariance,
} from '../../linalg/jackknife.js';
import { studentLogP } from '../../linalg/student-t.js';
import { symmetricEigenvalues } from '../../linalg/symmetric-eigenvalues.js';
import {
  belowChi2Max,
  type H2Estimate,
  interceptAndRatio,
  type LdscOptions,
  type LdscTrait,
  ldscRules,
  regressChi2,
} from './h2.js';
import { DEFAULT_BLOCKS, type LdScores } from './score-regression.js';

/** How annotations share SNPs, over the SNPs in which heritability is counted (common ones, by default). */
export interface AnnotationOverlap {
  /** A'A: sums of products of two annotations over SNPs, row-major. */
  readonly products: Float64Array;
  /** SNPs, M_tot. */
  readonly snps: number;
}

/** Heritability of a set of SNPs. */
export interface SetHeritability {
  /** Share of the SNPs that are in the set. */
  readonly propSnps: number;
  readonly h2: number;
  readonly h2Se: number;
  /** Share of h². */
  readonly propH2: number;
  readonly propH2Se: number;
  /** propH2 / propSnps. */
  readonly enrichment: number;
  readonly enrichmentSe: number;
}

export interface CategoryEstimate extends SetHeritability {
  /** Whether the annotation is 0 or 1, so that shares and enrichment are those of a set of SNPs; assumed without an overlap. */
  readonly isSet: boolean;
  /** Of the test that a SNP inside holds as much as one outside; null for a category of all SNPs, and without an overlap. */
  readonly enrichmentP: number | null;
  /** Contribution of a unit of the annotation to the heritability of a SNP, given the other annotations. */
  readonly tau: number;
  readonly tauSe: number;
  /** Change of a SNP's heritability with one standard deviation of the annotation, over the average SNP's; null without an overlap. */
  readonly tauStar: number | null;
  readonly tauStarSe: number | null;
}

export interface PartitionedEstimate extends H2Estimate {
  /** Each annotation's own term M τ (they add up to h²), as LDSC prints it where no overlap is given. */
  readonly terms: readonly SetHeritability[];
  readonly categories: readonly CategoryEstimate[];
  /** τ of every annotation. */
  readonly coefficients: Jackknifed;
}

export interface PartitionedOptions extends LdscOptions {
  /** Makes categories that share SNPs comparable; without it each annotation is taken by itself. */
  readonly overlap?: AnnotationOverlap | undefined;
}

/**
 * Stratified LD score regression (Finucane 2015; METHODS 4): heritability by annotation, for any number of traits on the
 * same SNPs. Annotations may overlap and be continuous.
 * @throws HeredityError `degenerate-data` for collinear LD scores ({@link ldConditionNumber} tells before); `usage` for
 *   two steps, which need one LD score.
 */
export function estimatePartitioned(
  ld: LdScores,
  traits: readonly LdscTrait[],
  options: PartitionedOptions = {},
): PartitionedEstimate[] {
  if (typeof options.twoStep === 'number') {
    throw new HeredityError('usage', 'two steps need one LD score', { fix: 'leave out --two-step' });
  }
  return traits.map((trait) => {
    const largestN = largest(trait.n);
    const rules = ldscRules(options, 2, largestN);
    const kept = belowChi2Max(ld, trait, rules.chi2Max);
    const fit = regressChi2(kept.ld, kept.trait, options, rules, false);
    const { coefficients } = fit;
    const own = heritabilityOfSets(coefficients, diagonal(ld.counts), ld.counts);
    return {
      h2: own.h2,
      se: own.se,
      ...interceptAndRatio(fit, kept.trait),
      ...rules,
      snps: fit.snps,
      aboveChi2Max: trait.chi2.length - fit.snps,
      firstStepSnps: null,
      blocks: coefficients.blocks,
      terms: own.sets,
      categories: describeCategories(coefficients, own, ld.counts, options.overlap),
      coefficients,
      h2Deleted: own.deleted,
    };
  });
}

/** With an overlap, what lies in each category; without, the annotation's own term. */
function describeCategories(
  coefficients: Jackknifed,
  own: SetsHeritability,
  counts: ArrayLike<number>,
  overlap: AnnotationOverlap | undefined,
): CategoryEstimate[] {
  const { estimate, se } = coefficients;
  const order = estimate.length;
  const { sets } = overlap
    ? heritabilityOfSets(coefficients, overlap.products, counts, counts, overlap.snps)
    : own;
  const p = overlap && differenceP(coefficients, counts, overlap);
  return sets.map((set, c): CategoryEstimate => {
    const scale = overlap && standardisation(overlap, counts[c], c, order) / own.h2;
    return {
      ...set,
      isSet: !overlap || isBinary(overlap.products[c * order + c], counts[c]),
      enrichmentP: p?.[c] ?? null,
      tau: estimate[c],
      tauSe: se[c],
      tauStar: scale === undefined ? null : scale * estimate[c],
      tauStarSe: scale === undefined ? null : Math.abs(scale) * se[c],
    };
  });
}

/** For zeros and ones, and hardly for anything else, the squares sum to the sum; counts in files have few digits. */
function isBinary(squares: number, sum: number): boolean {
  return Math.abs(squares - sum) <= 1e-4 * squares;
}

/** Standard deviation of an annotation over the SNPs, times their number: from τ to τ* h² (Gazal 2017; METHODS 4.5). */
function standardisation(
  { products, snps }: AnnotationOverlap,
  count: number,
  c: number,
  order: number,
): number {
  return snps * Math.sqrt(Math.max(0, products[c * order + c] / snps - (count / snps) ** 2));
}

/** P of the difference between the heritability of a SNP inside and outside a category; null where none is outside. */
function differenceP(
  { estimate, covariance, blocks }: Jackknifed,
  counts: ArrayLike<number>,
  { products, snps }: AnnotationOverlap,
): (number | null)[] {
  const order = estimate.length;
  const contrast = new Float64Array(order * order);
  for (let c = 0; c < order; c++) {
    if (counts[c] === snps) continue;
    for (let d = 0; d < order; d++) {
      const inside = products[c * order + d];
      contrast[c * order + d] = inside / counts[c] - (counts[d] - inside) / (snps - counts[c]);
    }
  }
  const variances = transformCovariance(contrast, covariance, order);
  return Array.from(estimate, (_, c) => {
    const se = Math.sqrt(Math.max(0, variances[c * order + c]));
    if (counts[c] === snps || se === 0) return null;
    return Math.exp(studentLogP(weightedSum(contrast, c * order, estimate, 0, order) / se, blocks));
  });
}

export interface SetsHeritability {
  readonly h2: number;
  readonly se: number;
  /** h² without each block. */
  readonly deleted: Float64Array;
  readonly sets: readonly SetHeritability[];
}

/**
 * Heritability of sets of SNPs, such as quantiles of a continuous annotation: Σ_c τ_c (sum of annotation c over the set).
 *
 * @param coefficients τ of every annotation.
 * @param sums of the annotations over each set, sets x annotations, row-major.
 * @param counts sums of the annotations over all SNPs.
 * @param sizes SNPs of each set, and `snps` of all; left out, the annotations are the sets and share no SNP.
 */
export function heritabilityOfSets(
  { estimate, covariance, deleted, blocks }: Jackknifed,
  sums: Float64Array,
  counts: ArrayLike<number>,
  sizes: ArrayLike<number> = counts,
  snps = Array.from(counts).reduce((a, b) => a + b, 0),
): SetsHeritability {
  const order = estimate.length;
  const sets = sums.length / order;
  const all = Float64Array.from(counts);
  const total = weightedSum(all, 0, estimate, 0, order);
  const totalDeleted = Float64Array.from({ length: blocks }, (_, b) =>
    weightedSum(all, 0, deleted, b * order, order),
  );
  const h2 = Float64Array.from({ length: sets }, (_, s) => weightedSum(sums, s * order, estimate, 0, order));
  const h2Deleted = new Float64Array(blocks * sets);
  for (let b = 0; b < blocks; b++)
    for (let s = 0; s < sets; s++)
      h2Deleted[b * sets + s] = weightedSum(sums, s * order, deleted, b * order, order);
  const variances = transformCovariance(sums, covariance, order);
  const shares = jackknifeRatio(
    h2.map((value) => value / total),
    h2Deleted,
    totalDeleted,
  );
  return {
    h2: total,
    se: Math.sqrt(transformCovariance(all, covariance, order)[0]),
    deleted: totalDeleted,
    sets: Array.from(h2, (value, s): SetHeritability => {
      const propSnps = sizes[s] / snps;
      return {
        propSnps,
        h2: value,
        h2Se: Math.sqrt(Math.max(0, variances[s * sets + s])),
        propH2: shares.estimate[s],
        propH2Se: shares.se[s],
        enrichment: shares.estimate[s] / propSnps,
        enrichmentSe: shares.se[s] / Math.abs(propSnps),
      };
    }),
  };
}

function weightedSum(
  a: Float64Array,
  firstA: number,
  b: Float64Array,
  firstB: number,
  count: number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[firstA + k] * b[firstB + k];
  return sum;
}

function diagonal(values: ArrayLike<number>): Float64Array {
  const matrix = new Float64Array(values.length ** 2);
  for (let k = 0; k < values.length; k++) matrix[k * values.length + k] = values[k];
  return matrix;
}

/** Ratio of the largest to the smallest singular value of the LD scores; LDSC's limit is {@link MAX_CONDITION}. */
export function ldConditionNumber(scores: readonly Float64Array[], kernels?: Kernels): number {
  const snps = scores[0].length;
  const ones = new Float64Array(snps).fill(1);
  const { gram } = totalSums(
    weightedBlockSums(scores, ones, ones, blockSeparators(snps, Math.min(snps, DEFAULT_BLOCKS)), kernels),
  );
  const eigenvalues = symmetricEigenvalues(gram, scores.length);
  return Math.sqrt(eigenvalues[eigenvalues.length - 1] / Math.max(eigenvalues[0], Number.MIN_VALUE));
}

/** LD scores worse conditioned than this do not tell their annotations apart (METHODS 4.3). */
export const MAX_CONDITION = 1e5;
