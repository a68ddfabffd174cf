import { HeredityError } from '../../errors.js';
import type { Taggings } from '../../formats/tagging.js';
import type { Kernels } from '../../kernels/kernels.js';
import { largeFloat64 } from '../../kernels/memory.js';
import { jackknifedLeastSquares, weightedBlockSums } from '../../linalg/block-regression.js';
import { blockSeparators, jackknife, transformCovariance } from '../../linalg/jackknife.js';
import { weightedMedian } from '../../linalg/median.js';
import { minimise } from '../../linalg/newton.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import { type Confounding, deriveNumbers, placesOf } from './derived.js';
import { minusLogLikelihood, type SumherData, SumherProblem } from './likelihood.js';
import { type SumherTrait, selectStatistics } from './selection.js';

export interface SumherOptions extends Confounding {
  /** Whether confounding multiplies every statistic by a constant c (genomic control). */
  readonly scaling: boolean;
  /** Whether confounding adds a constant to every expected statistic, as LDSC's intercept does. */
  readonly intercept: boolean;
  /** Variants that explain at least this share of the trait, S/(S + n), are left out; undefined keeps all. */
  readonly cutoff: number | undefined;
  /** Blocks of consecutive variants for the jackknife. */
  readonly blocks: number;
}

export const SUMHER_DEFAULTS: SumherOptions = {
  scaling: false,
  intercept: false,
  cutoff: undefined,
  blocks: 200,
};

/** A number with its standard errors; null where the data do not give one. */
export interface SumherNumber {
  readonly estimate: number;
  /** From the curvature of the likelihood. */
  readonly se: number | null;
  /** From the jackknife over blocks of variants. */
  readonly jackknifeSe: number | null;
}

export interface SumherCategory {
  readonly name: string;
  /** Coefficient: heritability per unit of expected heritability. */
  readonly tau: number;
  /** The category's own expected heritability, summed over its variants. */
  readonly expectedHeritability: number;
  /** Heritability that the coefficient stands for, tau times the category's own expected heritability. */
  readonly part: SumherNumber;
  /** `part` over the total. */
  readonly partShare: SumherNumber;
  /** Heritability of the category's variants, from all coefficients. */
  readonly h2: SumherNumber;
  /** `h2` over the total. */
  readonly share: SumherNumber;
  /** Share of the reference variants that are in the category. */
  readonly expectedShare: number;
  /** share / expectedShare. */
  readonly enrichment: SumherNumber;
  /** Standard error of `h2` less the expected share of the total: enrichment is tested without dividing by the total. */
  readonly excessSe: number | null;
  /** Share of the weighted squares of S/c - 1 - n a that the part explains, per unit of `part`. */
  readonly influence: number;
}

export interface SumherEstimate {
  readonly h2: SumherNumber;
  /** c; null where the model has none. */
  readonly scaling: SumherNumber | null;
  /** 1 + n̄ a; null where the model has none. */
  readonly intercept: SumherNumber | null;
  readonly categories: readonly SumherCategory[];
  /** Covariance of the categories' parts, row-major; null where the curvature gives none. */
  readonly partCovariance: Float64Array | null;
  readonly logLikelihood: number;
  /** Of a model without heritability: every E_j is 1, or with confounding a constant. */
  readonly nullLogLikelihood: number;
  readonly variants: number;
  readonly withoutStatistic: number;
  readonly aboveCutoff: number;
  /** Sum of 1/t_j: how many independent variants the taggings amount to. */
  readonly effectiveVariants: number;
  /** Averages over variants with weights 1/t_j. */
  readonly meanN: number;
  readonly meanStatistic: number;
  /** Weighted median of the statistics over the median of chi-square. */
  readonly lambdaGc: number;
  /** Variants whose expected heritability, or expected statistic, came out negative: the model asks for too much. */
  readonly negativeHeritability: number;
  readonly negativeExpectation: number;
}

/** Median of chi-square with one degree of freedom. */
const CHI_SQUARE_MEDIAN = 0.454936423119572;

/**
 * SumHer: heritability from test statistics under a heritability model (METHODS 8.5; Speed and Balding 2019), one trait
 * after the other. E[S_j] = c (1 + n_j a + n_j sum over categories of tau_c tag_jc), by weighted maximum likelihood.
 *
 * @throws HeredityError `degenerate-data` where there are too few statistics or the categories cannot be told apart.
 */
export function sumher(
  kernels: Kernels,
  taggings: Taggings,
  traits: readonly SumherTrait[],
  options: Partial<SumherOptions> = {},
): SumherEstimate[] {
  const all = { ...SUMHER_DEFAULTS, ...options };
  return traits.map((trait) => estimateTrait(kernels, taggings, trait, all));
}

function estimateTrait(
  kernels: Kernels,
  taggings: Taggings,
  trait: SumherTrait,
  options: SumherOptions,
): SumherEstimate {
  const { data, meanN, withoutStatistic, aboveCutoff } = selectStatistics(
    taggings,
    trait,
    options,
    options.cutoff,
  );
  const problem = new SumherProblem(kernels, data);
  const end = minimise(problem, problem.evaluate(new Float64Array(data.parameters)));
  if (!end) {
    throw new HeredityError(
      'degenerate-data',
      'the categories of the heritability model cannot be told apart',
      {
        value: taggings.names.join(' '),
        fix: 'leave out categories that repeat others or add up to them',
      },
    );
  }
  const derived = deriveNumbers(taggings, options, end.point, meanN);
  const factor = choleskyFactor(problem.differentiate(end).hessians[0], data.parameters);
  const covariance =
    factor &&
    transformCovariance(derived.jacobian, choleskyInverse(factor, data.parameters), data.parameters);
  const jackknifeSe = jackknifeErrors(
    kernels,
    data,
    problem.expectedAt(end.point),
    options.blocks,
    (theta) => deriveNumbers(taggings, options, theta, meanN).values,
  );

  const count = derived.values.length;
  const covarianceOf = (k: number, l: number) => covariance![k * count + l];
  const number = (k: number, scale = 1): SumherNumber => ({
    estimate: derived.values[k] * scale,
    se: covariance ? Math.sqrt(covarianceOf(k, k)) * scale : null,
    jackknifeSe: jackknifeSe ? jackknifeSe[k] * scale : null,
  });
  const categories = taggings.names.length;
  const at = placesOf(categories);
  const influence = influences(taggings, data, meanN, derived.values);
  return {
    h2: number(at.total),
    scaling: options.scaling ? number(at.scaling) : null,
    intercept: options.intercept ? number(at.intercept) : null,
    categories: taggings.names.map((name, c): SumherCategory => {
      const expectedShare = taggings.sizes[c] / taggings.reference;
      const expectedHeritability = taggings.contribution[c * categories + c];
      const [own, total] = [at.category + c, at.total];
      const excessVariance =
        covariance &&
        covarianceOf(own, own) -
          2 * expectedShare * covarianceOf(own, total) +
          expectedShare ** 2 * covarianceOf(total, total);
      return {
        name,
        tau: derived.values[at.part + c] / expectedHeritability,
        expectedHeritability,
        part: number(at.part + c),
        partShare: number(at.partShare + c),
        h2: number(own),
        share: number(at.share + c),
        expectedShare,
        enrichment: number(at.share + c, 1 / expectedShare),
        // the base holds every variant: its excess is 0 but for rounding
        excessSe: excessVariance && expectedShare < 1 ? Math.sqrt(Math.max(0, excessVariance)) : null,
        influence: influence[c],
      };
    }),
    partCovariance: covariance
      ? Float64Array.from({ length: categories ** 2 }, (_, i) =>
          covarianceOf(at.part + Math.floor(i / categories), at.part + (i % categories)),
        )
      : null,
    logLikelihood: -end.value,
    nullLogLikelihood: nullLogLikelihood(data, options),
    variants: data.variants,
    withoutStatistic,
    aboveCutoff,
    effectiveVariants: sum(data.weights),
    meanN,
    meanStatistic: weightedMean(data.statistics, data.weights),
    lambdaGc: weightedMedian(data.statistics, data.weights) / CHI_SQUARE_MEDIAN,
    ...countNegative(data, categories, end.point),
  };
}

/**
 * Jackknife errors of the numbers that parameters stand for. Without a block the parameters are those of weighted least
 * squares of S - 1 with the variances t E² of the fit to all.
 * @returns undefined where the data without some block do not tell the categories apart.
 */
function jackknifeErrors(
  kernels: Kernels,
  { variants, parameters, regressors, statistics, weights }: SumherData,
  expected: Float64Array,
  blocks: number,
  derive: (theta: Float64Array) => Float64Array,
): Float64Array | undefined {
  const columns = Array.from({ length: parameters }, (_, q) =>
    regressors.subarray(q * variants, (q + 1) * variants),
  );
  const excess = largeFloat64(variants);
  const precisions = largeFloat64(variants);
  for (let j = 0; j < variants; j++) {
    excess[j] = statistics[j] - 1;
    precisions[j] = weights[j] / expected[j] ** 2;
  }
  const sums = weightedBlockSums(
    columns,
    excess,
    precisions,
    blockSeparators(variants, Math.min(blocks, variants)),
    kernels,
  );
  const fits = jackknifedLeastSquares(sums);
  if (!fits) return undefined;
  const deleted = Array.from({ length: fits.blocks }, (_, b) =>
    derive(fits.deleted.subarray(b * parameters, (b + 1) * parameters)),
  );
  return jackknife(derive(fits.estimate), Float64Array.from(deleted.flatMap((own) => [...own]))).se;
}

function nullLogLikelihood(data: SumherData, { scaling, intercept }: Confounding): number {
  const constant = scaling || intercept ? weightedMean(data.statistics, data.weights) : 1;
  return -minusLogLikelihood(data, largeFloat64(data.variants).fill(constant));
}

/** For each category, what a unit of its part explains of the weighted squares that confounding leaves. */
function influences(
  { names, contribution }: Taggings,
  { variants, regressors, statistics, weights }: SumherData,
  meanN: number,
  values: Float64Array,
): Float64Array {
  const categories = names.length;
  const at = placesOf(categories);
  const scaling = values[at.scaling];
  const added = values[at.intercept] - 1;
  const hasIntercept = added !== 0;
  const last = regressors.length - variants;
  const rest = largeFloat64(variants);
  let squares = 0;
  for (let j = 0; j < variants; j++) {
    rest[j] = statistics[j] / scaling - 1 - (hasIntercept ? added * regressors[last + j] : 0);
    squares += weights[j] * rest[j] ** 2;
  }
  return Float64Array.from(names, (_, c) => {
    let product = 0;
    for (let j = 0; j < variants; j++) product += weights[j] * rest[j] * regressors[c * variants + j] * meanN;
    return product / squares / contribution[c * categories + c];
  });
}

/** How many variants the fit gives less than no heritability, and how many an expected statistic that is not positive. */
function countNegative(
  { variants, parameters, regressors }: SumherData,
  categories: number,
  theta: ArrayLike<number>,
): { negativeHeritability: number; negativeExpectation: number } {
  let negativeHeritability = 0;
  let negativeExpectation = 0;
  for (let j = 0; j < variants; j++) {
    let heritability = 0;
    for (let c = 0; c < categories; c++) heritability += regressors[c * variants + j] * theta[c];
    let expected = 1 + heritability;
    for (let p = categories; p < parameters; p++) expected += regressors[p * variants + j] * theta[p];
    if (heritability < 0) negativeHeritability++;
    if (expected <= 0) negativeExpectation++;
  }
  return { negativeHeritability, negativeExpectation };
}

function sum(values: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += values[j];
  return sum;
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let j = 0; j < values.length; j++) {
    sum += weights[j] * values[j];
    total += weights[j];
  }
  return sum / total;
}
