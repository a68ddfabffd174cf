import { HeredityError } from '../../errors.js';
import { chiSquareTail } from '../../linalg/distributions.js';
import { jackknifeRatio } from '../../linalg/jackknife.js';
import { interceptAndRatio, type LdscOptions, regressChi2 } from './h2.js';
import {
  DEFAULT_BLOCKS,
  type LdScores,
  mean,
  regressOnScores,
  type ScoreFit,
  type Weigh,
} from './score-regression.js';

/** Z scores of one trait, for the SNPs of the LD scores; those of a pair count the same alleles. */
export interface SignedTrait {
  readonly z: Float64Array;
  readonly n: Float64Array;
}

export interface RgOptions extends Pick<LdscOptions, 'blocks' | 'kernels'> {
  /** Fixes the intercepts of the first and second trait. */
  readonly intercepts?: readonly [number | undefined, number | undefined] | undefined;
  /** Fixes the intercept of the covariance, 0 where no people are shared. */
  readonly covarianceIntercept?: number | undefined;
  /** SNPs with both χ² below it determine the intercepts; LDSC's program never does so unless it is told to. */
  readonly twoStep?: number | null | undefined;
  /** Only SNPs with z₁² z₂² below its square count. */
  readonly chi2Max?: number | null | undefined;
}

/** Heritability of one trait of a pair, on the SNPs of the pair. */
export interface PairH2 {
  readonly h2: number;
  readonly se: number;
  readonly intercept: number;
  readonly interceptSe: number | null;
  readonly meanChi2: number;
  readonly lambdaGc: number;
  readonly ratio: number | null;
  readonly ratioSe: number | null;
}

export interface RgEstimate {
  /** Null where a heritability is not above 0: the correlation does not exist. */
  readonly rg: number | null;
  readonly se: number | null;
  readonly z: number | null;
  readonly p: number | null;
  /** Genetic covariance of the standardised traits. */
  readonly gencov: number;
  readonly gencovSe: number;
  readonly intercept: number;
  readonly interceptSe: number | null;
  readonly meanProduct: number;
  readonly h2: readonly [PairH2, PairH2];
  /** SNPs of the regression. */
  readonly snps: number;
  readonly aboveChi2Max: number;
  readonly blocks: number;
  readonly gencovDeleted: Float64Array;
}

/**
 * Genetic correlation by LD score regression (Bulik-Sullivan 2015; METHODS 3.8): the covariance from products of Z
 * scores, both heritabilities on the same SNPs, and a jackknife of the ratio.
 *
 * With several annotations weights follow the total of all of them (LDSC takes the first coefficient for the slope).
 * @throws HeredityError as {@link regressOnScores}; `usage` for two steps with a fixed intercept or several annotations.
 */
export function estimateRg(
  allLd: LdScores,
  traits: readonly [SignedTrait, SignedTrait],
  options: RgOptions = {},
): RgEstimate {
  const { ld, first, second } = selectPair(allLd, traits, options.chi2Max ?? null);
  const { kernels } = options;
  const twoStep = options.twoStep ?? null;
  const fixed = [...(options.intercepts ?? []), options.covarianceIntercept].some((x) => x !== undefined);
  if (twoStep !== null && (fixed || ld.scores.length > 1)) {
    throw new HeredityError('usage', 'two steps need one LD score and free intercepts', {
      fix: 'leave out --two-step',
    });
  }
  const blocks = Math.min(options.blocks ?? DEFAULT_BLOCKS, first.z.length);
  const own = ([first, second] as const).map(({ z, n }, t) => {
    const chi2 = z.map((value) => value * value);
    const intercept = options.intercepts?.[t];
    const fit = regressChi2(ld, { chi2, n }, { intercept, blocks, kernels }, { twoStep }, true);
    return { fit, summary: interceptAndRatio(fit, { chi2, n }), ...total(fit, ld.counts) };
  });
  const [a, b] = own;
  const n = first.n.map((value, j) => Math.sqrt(value * second.n[j]));
  const products = first.z.map((value, j) => value * second.z[j]);
  const largerChi2 = first.z.map((value, j) => Math.max(value ** 2, second.z[j] ** 2));
  const fit = regressOnScores({
    ld,
    y: products,
    n,
    weigh: covarianceWeights(ld, [first.n, second.n], largerChi2, [a, b]),
    nullIntercept: 0,
    intercept: options.covarianceIntercept,
    firstStep: twoStep === null ? undefined : { statistic: largerChi2, below: twoStep },
    reweigh: true,
    blocks,
    kernels,
  });
  const gencov = total(fit, ld.counts);
  return {
    ...correlation(gencov, a, b),
    gencov: gencov.value,
    gencovSe: gencov.se,
    intercept: fit.intercept,
    interceptSe: fit.interceptSe ?? null,
    meanProduct: mean(products),
    h2: [pairH2(a), pairH2(b)],
    snps: fit.snps,
    aboveChi2Max: traits[0].z.length - fit.snps,
    blocks,
    gencovDeleted: gencov.deleted,
  };
}

interface Total {
  readonly value: number;
  readonly se: number;
  readonly deleted: Float64Array;
}

/** Sum over annotations of M τ. */
function total({ coefficients }: ScoreFit, counts: ArrayLike<number>): Total {
  const { estimate, covariance, deleted, blocks } = coefficients;
  const order = estimate.length;
  let [value, variance] = [0, 0];
  const without = new Float64Array(blocks);
  for (let c = 0; c < order; c++) {
    value += counts[c] * estimate[c];
    for (let d = 0; d < order; d++) variance += counts[c] * counts[d] * covariance[c * order + d];
    for (let b = 0; b < blocks; b++) without[b] += counts[c] * deleted[b * order + c];
  }
  return { value, se: Math.sqrt(variance), deleted: without };
}

function correlation(gencov: Total, a: Total, b: Total): Pick<RgEstimate, 'rg' | 'se' | 'z' | 'p'> {
  const none = { rg: null, se: null, z: null, p: null };
  if (a.value <= 0 || b.value <= 0) return none;
  const rg = gencov.value / Math.sqrt(a.value * b.value);
  const denominators = a.deleted.map((value, block) => Math.sqrt(value * b.deleted[block]));
  const [se] = jackknifeRatio(Float64Array.of(rg), gencov.deleted, denominators).se;
  if (!Number.isFinite(se)) return { ...none, rg }; // a heritability is negative without some block
  return { rg, se, z: rg / se, p: chiSquareTail((rg / se) ** 2, 1) };
}

function pairH2({
  value,
  se,
  summary,
}: Total & { readonly summary: ReturnType<typeof interceptAndRatio> }): PairH2 {
  const { intercept, interceptSe, meanChi2, lambdaGc, ratio, ratioSe } = summary;
  return { h2: value, se, intercept, interceptSe, meanChi2, lambdaGc, ratio, ratioSe };
}

interface OwnFit extends Total {
  readonly fit: ScoreFit;
}

/** 1 / (w_ℓ (a b + c²)): the variance of a product of two Z scores with variances a, b and covariance c. */
function covarianceWeights(
  { weightScores, counts }: LdScores,
  [n1, n2]: readonly [Float64Array, Float64Array],
  statistic: Float64Array,
  fits: readonly OwnFit[],
): Weigh {
  const m = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const [slope1, slope2] = fits.map(({ value }) => Math.min(Math.max(value, 0), 1) / m);
  const [intercept1, intercept2] = fits.map(({ fit }) => fit.intercept);
  return (ld, total, intercept, weights, first, below) => {
    const slope = Math.min(Math.max(total, -1), 1) / m;
    for (let j = 0; j < weights.length; j++) {
      const snp = first + j;
      const score = Math.max(ld[j], 1);
      const a = n1[snp] * slope1 * score + intercept1;
      const b = n2[snp] * slope2 * score + intercept2;
      const c = Math.sqrt(n1[snp] * n2[snp]) * slope * score + intercept;
      const weight = 1 / ((a * b + c * c) * Math.max(weightScores[snp], 1));
      weights[j] = statistic[snp] < below ? weight : 0;
    }
  };
}

function selectPair(
  ld: LdScores,
  [first, second]: readonly [SignedTrait, SignedTrait],
  chi2Max: number | null,
): { ld: LdScores; first: SignedTrait; second: SignedTrait } {
  if (chi2Max === null) return { ld, first, second };
  const keep = (values: Float64Array) =>
    values.filter((_, j) => first.z[j] ** 2 * second.z[j] ** 2 < chi2Max ** 2);
  return {
    ld: { ...ld, scores: ld.scores.map(keep), weightScores: keep(ld.weightScores) },
    first: { z: keep(first.z), n: keep(first.n) },
    second: { z: keep(second.z), n: keep(second.n) },
  };
}
