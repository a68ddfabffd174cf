import type { DesignGroup } from '../../../association/design.js';
import { HeredityError } from '../../../errors.js';
import { norm } from '../../../linalg/orthonormal-basis.js';
import { type RunContext, silentRun } from '../../../run.js';
import { checkComponents } from '../../components.js';
import { estimateOf, type RemlEstimate } from '../reml.js';
import { inverseOfFree } from '../safeguarded.js';
import { fitOneComponent } from './one-component.js';
import { type ChosenOptions, MONTE_CARLO_DEFAULTS, type MonteCarloOptions, vectorsFor } from './options.js';
import { Relationship, type RelationshipData } from './relationship.js';
import { fitComponents, LEAST_VARIANCE } from './several-components.js';

/**
 * As exact REML has it, but without `effects`, which are projected out. `se` includes random error; the likelihood ratio test is of all components
 * together, and log-likelihoods leave out the constants log|X'X| and 2π.
 */
export interface MonteCarloRemlEstimate extends RemlEstimate {
  /** Random vectors of the traces. */
  readonly vectors: number;
  /** Standard error of h2 that the random vectors alone leave. */
  readonly monteCarloSe: number;
  /** What they add to the covariance of the variances' estimates, residual last, row-major. */
  readonly randomCovariance: Float64Array;
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
  run: RunContext = silentRun,
): Promise<MonteCarloRemlEstimate[]> {
  checkComponents(data.components);
  const relationship = new Relationship(data);
  const traces = await relationship.traces();
  const { design } = data;
  const degrees = design.groups.map(({ people, columns }) => people.count - columns);
  const { names } = data.components;
  const vectors = options.vectors ?? vectorsFor(names.length);
  const settings = { ...options, vectors };
  const describe = await (names.length === 1
    ? withOneComponent(relationship, traces, degrees, settings, run)
    : withSeveralComponents(relationship, traces, settings, run));
  const estimates: MonteCarloRemlEstimate[] = [];
  for (const [g, group] of design.groups.entries()) {
    for (const [k, trait] of group.traits.entries()) {
      const unit = norm(group.residuals[k]) ** 2 / degrees[g];
      estimates[trait] = { ...inUnits(describe(trait), names, group, unit), vectors };
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
  options: ChosenOptions,
  run: RunContext,
): Promise<(trait: number) => Fit> {
  const means = traces.map((trace, g) => trace[0] / degrees[g]);
  const fits = await fitOneComponent(relationship, means, options, run);
  return (trait) => {
    const { likelihood, h, isAtBound, steps, converged } = fits[trait];
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
  options: ChosenOptions,
  run: RunContext,
): Promise<(trait: number) => Fit> {
  const fits = await fitComponents(relationship, traces, options, run);
  const { names } = relationship.data.components;
  return (trait) => {
    const { information, randomCovariance, ...fit } = fits[trait];
    const order = fit.variances.length;
    // a component at its bound has no curvature to speak of: its row would leave the others without an error
    const held = Array.from(fit.variances, (variance) => variance <= HELD);
    const sampling = inverseOfFree(information, held);
    if (!sampling) throw cannotTellApart(names);
    const random = sandwich(sampling, randomCovariance, order);
    return { ...fit, sampling, random };
  };
}

/** A share of the trait's variance at which a component stands at its bound. */
const HELD = 1e-6;

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
  for (let i = 0; i < order; i++) for (let j = 0; j < order; j++) sum += a[i] * matrix[i * order + j] * b[j];
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
  { variances, sampling, random, logL, iterations, converged, isAtBound }: Fit,
  names: readonly string[],
  { people, columns }: DesignGroup,
  unit: number,
): Omit<MonteCarloRemlEstimate, 'vectors'> {
  const n = people.count - columns;
  const count = names.length;
  const units = -0.5 * n * Math.log(unit);
  const withCovariance = (covariance: Float64Array) => {
    const fit = {
      variances: variances.map((variance) => variance * unit),
      covariance: covariance.map((value) => value * unit ** 2),
      logLikelihood: logL + units,
      iterations,
      constrained: Array.from(variances, (variance) => variance <= LEAST_VARIANCE),
    };
    const noiseAlone = -0.5 * n + units; // the noise's variance is 1 then, and y'y = n
    return estimateOf(fit, names, people.count, columns, noiseAlone, count, 0);
  };
  const estimate = withCovariance(sampling.map((value, at) => value + random[at]));
  const { se: monteCarloSe, covariance: randomCovariance } = withCovariance(random);
  return { ...estimate, monteCarloSe, randomCovariance, converged, isAtBound };
}
