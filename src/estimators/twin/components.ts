import { positivePoint } from './positive-point.js';
import { type Component, sharedPart } from './relatives.js';
import { type PairSums, pooledVariance } from './strata.js';
import { fitVariances, type VarianceDesign, type VarianceFit } from './variance-fit.js';

/** `bounded`: no component is below 0 (path coefficients). `free`: components may be negative, tests are exact. */
export type Bounds = 'bounded' | 'free';

export interface ComponentFit {
  /** Variance of each component of the model, in the trait's units squared. */
  readonly variances: ReadonlyMap<Component, number>;
  readonly minus2lnL: number;
  /** The components that are not held at the bound 0; without a held share in the order of {@link fit}'s parameters. */
  readonly interior: readonly Component[];
  readonly fit: VarianceFit;
}

/** One component held at a value while the others are fitted: a point of its profile likelihood. */
export type Held =
  | { readonly component: Component; readonly share: number }
  | { readonly component: Component; readonly variance: number };

/**
 * Maximum likelihood of a model with these components of variance (METHODS 9.2). Bounded fits take the best of the
 * stationary points that respect the bounds on the interior and on every face (some components 0): exact for at most
 * four components, and free of the flat spot that squared path coefficients have at 0.
 * @returns undefined where the held value leaves no positive variances.
 */
export function fitComponents(
  sums: PairSums,
  components: readonly Component[],
  bounds: Bounds,
  held?: Held,
): ComponentFit | undefined {
  const others = components.filter((component) => component !== held?.component);
  const fitFace = (face: readonly Component[]): ComponentFit | undefined => {
    const fit = fitVariances(sums, design(sums, face, bounds, held));
    return fit && { ...describe(components, face, fit, held), minus2lnL: fit.minus2lnL, interior: face, fit };
  };
  if (bounds === 'free') return fitFace(others);
  return bestFace(others, fitFace, ({ variances, interior }) => interior.map((c) => variances.get(c)!));
}

/**
 * The best fit over faces on which all values are at least 0.
 * @param fitFace the unrestricted optimum with these members alone, undefined where there is none
 */
export function bestFace<M, F extends { readonly minus2lnL: number }>(
  members: readonly M[],
  fitFace: (face: readonly M[]) => F | undefined,
  valuesOf: (fit: F) => ArrayLike<number>,
): F | undefined {
  const feasible = (fit: F | undefined): fit is F =>
    fit !== undefined && Array.from(valuesOf(fit)).every((v) => v >= 0);
  const interior = fitFace(members);
  if (feasible(interior)) return interior;
  let best: F | undefined;
  for (let chosen = 0; chosen < 2 ** members.length - 1; chosen++) {
    const fit = fitFace(members.filter((_, i) => (chosen >> i) & 1));
    if (feasible(fit) && fit.minus2lnL < (best?.minus2lnL ?? Number.POSITIVE_INFINITY)) best = fit;
  }
  return best;
}

/** Coefficient of a component in every stratum's variance: 1 + sign x shared part. */
export function componentColumn(sums: PairSums, component: Component): Float64Array {
  return Float64Array.from(
    sums.strata,
    ({ sign, relationship }) => 1 + (sign === 0 ? 0 : sign * sharedPart(relationship, component)),
  );
}

function design(
  sums: PairSums,
  face: readonly Component[],
  bounds: Bounds,
  held: Held | undefined,
): VarianceDesign {
  const columns = face.map((component) => componentColumn(sums, component));
  if (held === undefined) return { columns };
  const fixed = componentColumn(sums, held.component);
  if ('variance' in held) return { columns, offset: fixed.map((t) => t * held.variance) };
  if (face.length === 0) return { columns: [] };
  // Parameters are the variance V of the trait and those of all others but the last, which has what is left of
  // (1 - x) V: linear, and of full rank for every share x, 1 and beyond included.
  const x = held.share;
  const last = columns[columns.length - 1];
  const others = columns.slice(0, -1);
  const whole = last.map((t, k) => x * fixed[k] + (1 - x) * t);
  const directions = others.map((column) => column.map((t, k) => t - last[k]));
  const trait = pooledVariance(sums);
  const equal = others.map(() => (1 - x) / face.length);
  // Where components may be negative equal parts can be out of reach, as for x > 1.
  const shares = bounds === 'free' ? positivePoint(whole, directions) : equal;
  return {
    columns: [whole, ...directions],
    ...(shares && { start: [1, ...shares].map((share) => share * trait) }),
  };
}

function describe(
  components: readonly Component[],
  face: readonly Component[],
  { parameters }: VarianceFit,
  held: Held | undefined,
): Pick<ComponentFit, 'variances'> {
  const variances = new Map<Component, number>(components.map((component) => [component, 0]));
  if (held && 'share' in held) {
    const [total, ...others] = parameters;
    const rest = others.reduce((left, value) => left - value, (1 - held.share) * total);
    for (const [j, component] of face.entries()) variances.set(component, others[j] ?? rest);
    variances.set(held.component, held.share * total);
    return { variances };
  }
  for (const [j, component] of face.entries()) variances.set(component, parameters[j]);
  if (held) variances.set(held.component, held.variance);
  return { variances };
}
