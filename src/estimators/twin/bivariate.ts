import { chiSquareTail } from '../../linalg/distributions.js';
import { type Comparison, compare } from './comparisons.js';
import { deltaErrors, LIFT, liftedCoefficient, NEGLIGIBLE } from './delta.js';
import { type FactorFit, fitFactors, fitHeld } from './factor-fit.js';
import { type Factor, type FactorModel, loading } from './factor-model.js';
import type { FamilySums } from './families.js';
import { COMPONENTS } from './models.js';
import { type Interval, profileInterval } from './profile.js';
import { type Component, type Relationship, sharedPart } from './relatives.js';

/** One component of two traits. Numbers without a standard error stand at a bound, or have none. */
export interface SharedComponent {
  readonly component: Component;
  /** Variances and covariance, in the traits' units. */
  readonly variances: readonly [number, number];
  readonly covariance: number;
  /** Shares of the traits' variances, such as a2. */
  readonly shares: readonly [number, number];
  /** Correlation of what it does to the two traits; null where it does nothing to one of them. */
  readonly correlation: number | null;
  readonly correlationSe: number | null;
  /** 95 % profile-likelihood interval; [-1, 1] where the data say nothing. */
  readonly correlationCi95: Interval | null;
  /** Of a correlation of 0, by the likelihood ratio; null without intervals. */
  readonly correlationP: number | null;
  /** What it gives to the correlation of the traits: covariance over both standard deviations. */
  readonly contribution: number;
  readonly contributionSe: number | null;
  /** Its matrix has not full rank: a variance of 0, or a correlation of -1 or 1. */
  readonly isAtBound: boolean;
}

/** A model of the family ACDE fitted to two traits together. */
export interface BivariateFit {
  readonly name: string;
  readonly minus2lnL: number;
  /** Free parameters, those of the means included. */
  readonly parameters: number;
  readonly aic: number;
  readonly bic: number;
  readonly components: readonly SharedComponent[];
  /** Correlation of the traits within a person. */
  readonly phenotypic: { readonly value: number; readonly se: number | null };
}

/**
 * Two traits of pairs of relatives under one model, such as `ACE` (METHODS 9.4): each component has a 2 x 2 matrix of variances and
 * covariance, positive semidefinite as it is the product L L' of a triangle of path coefficients.
 * @param intervals whether profile-likelihood intervals are wanted, which cost some hundred fits
 * @throws HeredityError `numerical` where no maximum is found
 */
export function fitBivariate(name: string, sums: FamilySums<Relationship>, intervals: boolean): BivariateFit {
  const components = COMPONENTS.filter((component) => name.includes(component));
  const fit = fitFactors(sums, triangles(components), startsOf(components.length));
  const [s1, s2] = sums.scales;
  const settled = settle(fit.parameters, components.length);
  const matrices = components.map((_, c) => matrixOf(settled.point, c));
  const total = matrices.reduce((sum, own) => sum.map((value, i) => value + own[i]), [0, 0, 0]);
  const deviations = Math.sqrt(total[0] * total[2]);
  const errorOf = deltaErrors(fit, settled.point, settled.held);
  const phenotypicOf = (point: Float64Array) => {
    const [v1, c, v2] = components
      .map((_, k) => matrixOf(point, k))
      .reduce((sum, own) => sum.map((value, i) => value + own[i]), [0, 0, 0]);
    return { c, deviations: Math.sqrt(v1 * v2) };
  };
  const parameters = 3 * components.length + sums.means;
  return {
    name,
    minus2lnL: fit.minus2lnL,
    parameters,
    aic: fit.minus2lnL + 2 * parameters,
    bic: fit.minus2lnL + parameters * Math.log(sums.families),
    phenotypic: {
      value: total[1] / deviations,
      se: errorOf((point) => {
        const { c, deviations: own } = phenotypicOf(point);
        return c / own;
      }),
    },
    components: components.map((component, c): SharedComponent => {
      const [v1, covariance, v2] = matrices[c];
      const isDefined = v1 > 0 && v2 > 0;
      const isAtBound = settled.held.some((k) => Math.floor(k / 3) === c);
      return {
        component,
        variances: [v1 * s1 ** 2, v2 * s2 ** 2],
        covariance: covariance * s1 * s2,
        shares: [v1 / total[0], v2 / total[2]],
        correlation: isDefined ? Math.max(-1, Math.min(1, covariance / Math.sqrt(v1 * v2))) : null,
        correlationSe: isAtBound ? null : errorOf((point) => correlationOf(matrixOf(point, c))),
        ...(isDefined && intervals
          ? correlationInterval(components, c, sums, fit)
          : { correlationCi95: null, correlationP: null }),
        contribution: covariance / deviations,
        contributionSe: errorOf((point) => matrixOf(point, c)[1] / phenotypicOf(point).deviations),
        isAtBound,
      };
    }),
  };
}

/**
 * Tests of every model against each larger one that contains it. A component is a variance for each trait and a covariance: 3
 * parameters, which stand at the edge of what they can be where it is nothing, so that these P values are too large, never too small.
 */
export function compareBivariate(models: readonly BivariateFit[]): Comparison[] {
  return models.flatMap((against) =>
    models.flatMap((model): Comparison[] => {
      const isNested =
        model.name.length < against.name.length && [...model.name].every((own) => against.name.includes(own));
      return isNested
        ? [compare(model, against, [{ df: against.parameters - model.parameters, weight: 1 }])]
        : [];
    }),
  );
}

/** Per component c: L11 at 3c, L21 at 3c + 1, L22 at 3c + 2. */
function triangles(components: readonly Component[]): FactorModel<Relationship> {
  return {
    parameters: 3 * components.length,
    factors: ({ kind, positions }) =>
      components.flatMap((component, c): Factor[] => {
        const shared = sharedPart(kind, component);
        return [
          { shared, loadings: positions.map(({ trait }) => loading(3 * c + trait)) },
          { shared, loadings: positions.map(({ trait }) => (trait === 0 ? [] : loading(3 * c + 2))) },
        ];
      }),
  };
}

/** Variances about 1 split over the components in several ways; traits uncorrelated. */
function startsOf(count: number): number[][] {
  const even = Array.from({ length: count }, () => 1 / count);
  const splits = [even];
  if (count > 1) {
    splits.push(even.map((_, c) => (c === 0 ? 0.6 : 0.4 / (count - 1))));
    splits.push(even.map((_, c) => (c === 0 ? 0.2 : 0.8 / (count - 1))));
  }
  return splits.map((shares) => shares.flatMap((share) => [Math.sqrt(share), 0.02, Math.sqrt(share)]));
}

/** Variance of the first, covariance, variance of the second. */
function matrixOf(point: ArrayLike<number>, c: number): number[] {
  const [l11, l21, l22] = [point[3 * c], point[3 * c + 1], point[3 * c + 2]];
  return [l11 * l11, l11 * l21, l21 * l21 + l22 * l22];
}

function correlationOf([v1, covariance, v2]: readonly number[]): number {
  return covariance / Math.sqrt(v1 * v2);
}

interface Settled {
  readonly point: Float64Array;
  /** Parameters at 0, the bound. */
  readonly held: readonly number[];
}

/** What is 0 but for rounding is 0; and of equal ways to write a matrix whose first variance is 0 the one with L22 = 0. */
function settle(parameters: Float64Array, count: number): Settled {
  const point = parameters.slice();
  const held: number[] = [];
  for (let c = 0; c < count; c++) {
    const [first, second, third] = [3 * c, 3 * c + 1, 3 * c + 2];
    if (point[first] ** 2 < NEGLIGIBLE) {
      point[first] = 0;
      point[second] = Math.hypot(point[second], point[third]);
      point[third] = 0;
      held.push(first, third);
    } else if (point[third] ** 2 < NEGLIGIBLE) {
      point[third] = 0;
      held.push(third);
    }
    if (point[second] ** 2 < NEGLIGIBLE && held.includes(first)) {
      point[second] = 0;
      held.push(second);
    } else if (point[second] ** 2 < NEGLIGIBLE && held.includes(third)) {
      // a variance of 0 for the second trait, beside one of the first
      point[second] = 0;
      held.push(second);
    }
  }
  return { point, held };
}

function correlationInterval(
  components: readonly Component[],
  c: number,
  sums: FamilySums<Relationship>,
  fit: FactorFit,
): Pick<SharedComponent, 'correlationCi95' | 'correlationP'> {
  const correlation = correlationOf(matrixOf(fit.parameters, c));
  const estimate = Math.max(-1, Math.min(1, correlation));
  const absent = ([0, 1] as const).map((trait) => leftOut(components, c, trait, sums, fit));
  const profile = (value: number) => Math.min(...absent, heldCorrelation(components, c, value, sums, fit));
  // E alone makes members of a pair differ, so that its matrix is never singular: on Fisher's scale -1 and 1 are out of reach
  const interval = (): Interval => {
    if (components[c] !== 'E') return profileInterval(profile, estimate, fit.minus2lnL, 0.05, [-1, 1]);
    const onScale = (z: number) => profile(Math.tanh(z));
    const [low, high] = profileInterval(onScale, Math.atanh(estimate), fit.minus2lnL, 0.05);
    return [Math.tanh(low), Math.tanh(high)];
  };
  return {
    correlationCi95: interval(),
    correlationP: chiSquareTail(Math.max(0, profile(0) - fit.minus2lnL), 1),
  };
}

/** -2 lnL with the component's correlation held: loadings d1 and x d2 of one factor, sqrt(1 - x^2) d2 of another. */
function heldCorrelation(
  components: readonly Component[],
  c: number,
  x: number,
  sums: FamilySums<Relationship>,
  fit: FactorFit,
): number {
  const model = triangles(components);
  const rest = Math.sqrt(Math.max(0, 1 - x * x));
  const [first, second] = [3 * c, 3 * c + 1];
  const held: FactorModel<Relationship> = {
    ...model,
    factors: (cell) =>
      model.factors(cell).map((factor, f) => {
        if (f !== 2 * c && f !== 2 * c + 1) return factor;
        const loadings = cell.positions.map(({ trait }) => {
          if (f === 2 * c) return trait === 0 ? loading(first) : loading(second, x);
          return trait === 0 ? [] : loading(second, rest);
        });
        return { ...factor, loadings };
      }),
    isAllowed: (point) => point[first] * point[second] >= 0,
  };
  const [v1, , v2] = matrixOf(fit.parameters, c);
  const start = lifted(fit.parameters);
  [start[first], start[second]] = [Math.max(LIFT, Math.sqrt(v1)), Math.max(LIFT, Math.sqrt(v2))];
  return fitHeld(sums, held, [start], [3 * c + 2]).minus2lnL;
}

/** -2 lnL where the component does nothing to one trait: its correlation then is any number. */
function leftOut(
  components: readonly Component[],
  c: number,
  trait: 0 | 1,
  sums: FamilySums<Relationship>,
  fit: FactorFit,
): number {
  if (components[c] === 'E') return Number.POSITIVE_INFINITY;
  const [first, second, third] = [3 * c, 3 * c + 1, 3 * c + 2];
  const start = lifted(fit.parameters);
  start[third] = liftedCoefficient(Math.hypot(fit.parameters[second], fit.parameters[third]));
  const zeros = trait === 0 ? [first, second] : [second, third];
  return fitHeld(sums, triangles(components), [start], zeros).minus2lnL;
}

function lifted(parameters: Float64Array): number[] {
  return Array.from(parameters, (value, k) => (k % 3 === 1 ? value : liftedCoefficient(value)));
}
