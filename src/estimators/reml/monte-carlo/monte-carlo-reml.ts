import { HeredityError } from '../../../errors.js';
import { chiSquareTail } from '../../../linalg/distributions.js';
import { norm } from '../../../linalg/orthonormal-basis.js';
import { choleskyFactor, choleskyInverse } from '../../../linalg/small-dense.js';
import { checkComponents } from '../../components.js';
import { fitOneComponent } from './one-component.js';
import { MONTE_CARLO_DEFAULTS, type MonteCarloOptions, type RemlProgress } from './options.js';
import { Relationship, type RelationshipData } from './relationship.js';
import { fitComponents } from './several-components.js';

export interface RemlComponent {
  readonly name: string;
  /** In units of the trait. */
  readonly variance: number;
  readonly se: number;
  /** Share of the variance. */
  readonly h2: number;
  readonly h2Se: number;
}

export interface MonteCarloRemlEstimate {
  /** People with a value of the trait. */
  readonly n: number;
  /** Columns projected out, intercept included. */
  readonly covariates: number;
  /** Of all components. */
  readonly h2: number;
  /** Random error included. */
  readonly se: number;
  /** Standard error of h2 that the random vectors alone leave. */
  readonly monteCarloSe: number;
  readonly components: readonly RemlComponent[];
  readonly noise: { readonly variance: number; readonly se: number };
  /** Restricted log-likelihood without constants, log|X'X| and 2π among them, and that without genetic components. */
  readonly logL: number;
  readonly logL0: number;
  readonly lrt: number;
  readonly df: number;
  /** Half of P(χ² with df > lrt), as GCTA has it. */
  readonly p: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** The share of variance stands at the end of what it can be. */
  readonly isAtBound: boolean;
}

/**
 * Restricted maximum likelihood without a matrix of people by people, after BOLT-REML (Loh et al. 2015; METHODS 6): traces
 * are averages over random vectors, and the relationship matrices are known by their products with the packed genotypes.
 *
 * @returns one estimate a trait, in the order in which the design was given them.
 * @throws HeredityError `degenerate-data` where components cannot be told apart.
 */
export async function monteCarloReml(
  data: RelationshipData,
  options: MonteCarloOptions = MONTE_CARLO_DEFAULTS,
  onProgress?: RemlProgress,
): Promise<MonteCarloRemlEstimate[]> {
  checkComponents(data.components);
  const relationship = new Relationship(data);
  const traces = await relationship.traces();
  const { design } = data;
  const degrees = design.groups.map(({ people, columns }) => people.count - columns);
  const { names } = data.components;
  const describe = await (names.length === 1
    ? withOneComponent(relationship, traces, degrees, options, onProgress)
    : withSeveralComponents(relationship, traces, options, onProgress));
  const estimates: MonteCarloRemlEstimate[] = [];
  for (const [g, group] of design.groups.entries()) {
    for (const [k, trait] of group.traits.entries()) {
      const n = degrees[g]!;
      const unit = norm(group.residuals[k]!) ** 2 / n;
      estimates[trait] = {
        n: group.people.count,
        covariates: group.columns,
        ...inUnits(describe(trait), names, n, unit),
      };
    }
  }
  return estimates;
}

/** A fit in units in which the trait's variance is 1. */
interface Fit {
  /** Variances of the components, and last that of the noise. */
  readonly variances: Float64Array;
  /** Their sampling covariance, and what the random vectors add to it, row-major. */
  readonly sampling: Float64Array;
  readonly random: Float64Array;
  readonly logL: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly isAtBound: boolean;
}

async function withOneComponent(
  relationship: Relationship,
  traces: readonly Float64Array[],
  degrees: readonly number[],
  options: MonteCarloOptions,
  onProgress?: RemlProgress,
): Promise<(trait: number) => Fit> {
  const means = traces.map((trace, g) => trace[0]! / degrees[g]!);
  const fits = await fitOneComponent(relationship, means, options, onProgress);
  return (trait) => {
    const { likelihood, h, isAtBound, steps, converged } = fits[trait]!;
    const scale = likelihood.scale(h);
    const sampling = likelihood.covariance(h);
    const share = likelihood.randomShare(h);
    return {
      variances: Float64Array.of(scale * h, scale * (1 - h)),
      sampling,
      random: sampling.map((value) => value * share),
      logL: likelihood.value(h),
      iterations: steps,
      converged,
      isAtBound,
    };
  };
}

async function withSeveralComponents(
  relationship: Relationship,
  traces: readonly Float64Array[],
  options: MonteCarloOptions,
  onProgress?: RemlProgress,
): Promise<(trait: number) => Fit> {
  const fits = await fitComponents(relationship, traces, options, onProgress);
  const { names } = relationship.data.components;
  return (trait) => {
    const { information, randomCovariance, ...fit } = fits[trait]!;
    const order = fit.variances.length;
    const factor = choleskyFactor(information, order);
    if (!factor) throw cannotTellApart(names);
    const sampling = choleskyInverse(factor, order);
    const random = sandwich(sampling, randomCovariance, order);
    return { ...fit, sampling, random };
  };
}

/** A C A for symmetric matrices. */
function sandwich(a: Float64Array, c: Float64Array, order: number): Float64Array {
  const product = new Float64Array(order * order);
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++)
      product[i * order + j] = bilinear(
        c,
        a.subarray(i * order, (i + 1) * order),
        a.subarray(j * order, (j + 1) * order),
      );
  return product;
}

function bilinear(matrix: Float64Array, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const order = a.length;
  let sum = 0;
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++) sum += a[i]! * matrix[i * order + j]! * b[j]!;
  return sum;
}

function cannotTellApart(names: readonly string[]): HeredityError {
  return new HeredityError(
    'degenerate-data',
    'the components cannot be told apart: the information matrix is singular',
    { value: names.join(', '), fix: 'leave out components that nearly coincide, or merge them' },
  );
}

/** @param unit variance of the trait, which the fit takes as 1. */
function inUnits(
  { variances, sampling, random, logL: value, iterations, converged, isAtBound }: Fit,
  names: readonly string[],
  n: number,
  unit: number,
): Omit<MonteCarloRemlEstimate, 'n' | 'covariates'> {
  const order = variances.length;
  const count = order - 1;
  const both = sampling.map((part, at) => part + random[at]!);
  const phenotypic = variances.reduce((sum, variance) => sum + variance, 0);
  /** Standard error of the share of some components, by the delta method (METHODS 5.2). */
  const shareError = (covariance: Float64Array, isIn: (k: number) => boolean) => {
    const share = variances.reduce((sum, variance, k) => sum + (isIn(k) ? variance : 0), 0) / phenotypic;
    const slopes = variances.map((_, k) => ((isIn(k) ? 1 : 0) - share) / phenotypic);
    return Math.sqrt(Math.max(0, bilinear(covariance, slopes, slopes)));
  };
  const varianceError = (k: number) => Math.sqrt(both[k * order + k]!) * unit;
  const isGenetic = (k: number) => k < count;
  const units = -0.5 * n * Math.log(unit);
  const logL = value + units;
  const logL0 = -0.5 * n + units; // noise alone: its variance is 1, and y'y = n
  const lrt = Math.max(0, 2 * (logL - logL0));
  return {
    h2: 1 - variances[count]! / phenotypic,
    se: shareError(both, isGenetic),
    monteCarloSe: shareError(random, isGenetic),
    components: names.map((name, k) => ({
      name,
      variance: variances[k]! * unit,
      se: varianceError(k),
      h2: variances[k]! / phenotypic,
      h2Se: shareError(both, (l) => l === k),
    })),
    noise: { variance: variances[count]! * unit, se: varianceError(count) },
    logL,
    logL0,
    lrt,
    df: count,
    p: 0.5 * chiSquareTail(lrt, count),
    iterations,
    converged,
    isAtBound,
  };
}
