import { analyticVariance, type ComponentMoments, type KinshipMoments } from './analytic-error.js';
import type { HeMoments } from './data.js';

/** Mean LD scores of variants that a block has to have for its LD with the blocks beside it not to matter. */
const LD_SCORES_A_BLOCK = 30;
/** Blocks of that length that have to be left for a jackknife to say anything. */
const FEWEST_BLOCKS = 10;

/**
 * How many jackknife blocks share LD: those that hold {@link LD_SCORES_A_BLOCK} mean LD scores of variants. The mean LD score, less what
 * chance adds to it, is (T - t²/n) M / t² with t = tr XX' and T = tr XX'XX'. Relatives make all blocks alike, and the score large.
 * @param variants M. @param n people less columns projected out.
 * @returns 1 or more, for {@link jackknife}.
 */
export function blocksInLd(
  { products, traces }: { readonly products: Float64Array; readonly traces: Float64Array },
  blocks: number,
  variants: number,
  n: number,
): number {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const [square, trace] = [sum(products), sum(traces)];
  const meanScore = ((square - trace ** 2 / n) * variants) / trace ** 2;
  const needed = Math.ceil((LD_SCORES_A_BLOCK * meanScore) / (variants / blocks));
  return Math.max(1, Math.min(needed, Math.floor(blocks / FEWEST_BLOCKS)));
}

/** Traces of the only component's K among the people of a trait, and the moments of the trait, by which theory knows errors. */
export interface HeTheory {
  readonly kinship: KinshipMoments;
  /** tr K and tr K². */
  readonly trace: number;
  readonly traceOfSquare: number;
  /** Variance that the random vectors leave in tr K². */
  readonly traceVariance: number;
}

export function heTheory(
  { first, second, third }: ComponentMoments,
  moments: Pick<HeMoments, 'products' | 'probes'>,
  size: number,
  trace: number,
): HeTheory {
  const probes = moments.probes.map((values) => values[0] / size ** 2);
  return {
    kinship: { first: first[0], second: second[0], third: third[0] },
    trace: trace / size,
    traceOfSquare: moments.products[0] / size ** 2,
    traceVariance: probes.length > 1 ? variance(probes) / probes.length : 0,
  };
}

/** Theory's variance of h² with one component: what people and even effects do, and what random vectors add. */
export function evenVariance(
  variances: Float64Array,
  { kinship, trace, traceOfSquare, traceVariance }: HeTheory,
  n: number,
): number {
  const sampling = analyticVariance(kinship, variances, trace, traceOfSquare, n);
  const monteCarlo = (variances[0] ** 2 * traceVariance) / (traceOfSquare - trace ** 2 / n) ** 2;
  return Math.max(0, sampling + monteCarlo) / (variances[0] + variances[1]) ** 2;
}

/**
 * Variance of h² around that of the architecture, from theory for even effects and a jackknife over variants. The jackknife takes in how effects
 * differ between parts of the genome, theory does not; theory takes in that the same people tie all variants together, and that the trait
 * is scaled in the sample. So what the jackknife finds beyond theory is uneven effects, and counts as far as it moves the estimate: an
 * effect that adds d to the genetic variance adds d (c_j - h²) to h², c_j how well the variant is tagged over the mean, and the jackknife
 * takes d c_j for it. That is a share ((1 - h²)² + C) / (1 + C) of the variance, C the squared coefficient of variation of c_j.
 */
export function combinedVariance(h2: number, even: number, jackknifed: number, unevenness: number): number {
  const inside = Math.min(1, Math.max(0, h2));
  const share = ((1 - inside) ** 2 + unevenness) / (1 + unevenness);
  return even + share * Math.max(0, jackknifed - even);
}

/**
 * Theory's standard errors of all that several components report, for even effects: the delta method on what the quadratic forms of the trait
 * make of it, and what random vectors add.
 * @param covariances of the forms ({@link formCovariances}). @param report what is reported of forms X_k X_k' that are not divided by M_k.
 */
export function evenErrors(
  covariances: Float64Array,
  report: (quadratic: Float64Array) => Float64Array,
  {
    quadratic,
    sizes,
    n,
    monteCarlo,
  }: {
    readonly quadratic: Float64Array;
    readonly sizes: Float64Array;
    readonly n: number;
    readonly monteCarlo: Float64Array;
  },
): Float64Array {
  const count = sizes.length;
  const slopes = Array.from(sizes, (size, k) => {
    const changed = (by: number) =>
      report(quadratic.map((value, l) => (l === k ? value + by * size * n : value)));
    const [above, below] = [changed(STEP), changed(-STEP)];
    return above.map((value, at) => (value - below[at]) / (2 * STEP * n));
  });
  return monteCarlo.map((random, at) => {
    let sum = random ** 2;
    for (let k = 0; k < count; k++)
      for (let l = 0; l < count; l++) sum += slopes[k][at] * slopes[l][at] * covariances[k * count + l];
    return Math.sqrt(Math.max(0, sum));
  });
}

/** Of the trait's squared norm: what is reported is all but linear in so small a change. */
const STEP = 1e-6;

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
