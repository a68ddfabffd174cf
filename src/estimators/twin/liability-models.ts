import { HeredityError } from '../../errors.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import { type DroppedCorrelation, firstPairCorrelation } from './comparisons.js';
import { type Bounds, bestFace } from './components.js';
import {
  type AffectedCounts,
  expectedInformation,
  fitLiability,
  type LiabilityDesign,
  type LiabilityFit,
} from './liability.js';
import {
  COMPONENTS,
  type EstimateKey,
  type ModelEstimate,
  type ModelOptions,
  shareKey,
  varianceKey,
} from './models.js';
import { positivePoint } from './positive-point.js';
import { type Interval, profileInterval } from './profile.js';
import { type Component, sharedPart } from './relatives.js';

type Thresholds = LiabilityDesign['thresholds'];

interface ShareFit {
  /** Shares of the members of the face, which sum to 1; the last one is what the others leave. */
  readonly shares: readonly number[];
  readonly minus2lnL: number;
  readonly face: readonly Component[];
  readonly fit: LiabilityFit;
}

/**
 * Fits one model, such as `ACE`, to the liability behind a binary trait: same algebra as for a measured trait, with the
 * liability's variance fixed at 1 and thresholds in place of means (METHODS 9.2).
 */
export function fitLiabilityModel(
  name: string,
  counts: readonly AffectedCounts[],
  thresholds: Thresholds,
  options: ModelOptions = {},
): ModelEstimate {
  const { bounds = 'bounded', intervals = true } = options;
  const components = COMPONENTS.filter((component) => name.includes(component));
  const fit = fitShares(counts, components, thresholds, bounds);
  if (!fit) throw new HeredityError('degenerate-data', `model ${name} does not fit these counts`);
  const shares = new Map(fit.face.map((component, i) => [component, fit.shares[i]]));
  const estimates: Partial<Record<EstimateKey, number>> = {};
  for (const component of COMPONENTS) {
    estimates[varianceKey(component)] = estimates[shareKey(component)] = shares.get(component) ?? 0;
  }
  const parameters = components.length - 1 + (thresholds === 'equal' ? 1 : counts.length);
  const { covariance, order } = covarianceOf(fit.fit);
  return {
    name,
    ...(estimates as Record<EstimateKey, number>),
    minus2lnL: fit.minus2lnL,
    parameters,
    aic: fit.minus2lnL + 2 * parameters,
    bic: fit.minus2lnL + parameters * Math.log(familyCount(counts)),
    ...standardErrors(components, fit, covariance, order),
    ci95: intervals ? shareIntervals(counts, components, thresholds, bounds, fit) : {},
    atBound: components.filter((component) => !fit.face.includes(component)),
    means: (thresholds === 'equal' ? counts.slice(0, 1) : counts).map(({ label }, g) => {
      const k = fit.face.length - 1 + g;
      return {
        name: thresholds === 'equal' ? 'threshold' : `threshold ${label}`,
        value: fit.fit.thresholds[g],
        se: Math.sqrt(covariance[k * order + k]),
      };
    }),
  };
}

/** {@link DroppedCorrelation} of models fitted to counts. */
export function droppedLiabilityCorrelation(
  counts: readonly AffectedCounts[],
  thresholds: Thresholds,
): DroppedCorrelation {
  return (restricted, dropped) => {
    const kept = COMPONENTS.filter((component) => restricted.name.includes(component) && component !== 'E');
    const columns = [...dropped, ...kept].map((component) => parts(counts, component));
    const shares = [...dropped.map(() => 0), ...kept.map((component) => restricted[shareKey(component)])];
    const offset = counts.map((_, g) => columns.reduce((sum, column, j) => sum + column[g] * shares[j], 0));
    // A fit without free correlations finds the thresholds; the information is wanted in all columns there.
    const at = fitLiability(counts, { columns: [], offset, thresholds })!;
    const information = expectedInformation(
      counts,
      { columns, offset: counts.map(() => 0), thresholds },
      Float64Array.from(shares),
      thresholds === 'equal' ? at.thresholds.slice(0, 1) : at.thresholds,
    );
    return firstPairCorrelation(information, columns.length + (thresholds === 'equal' ? 1 : counts.length));
  };
}

function fitShares(
  counts: readonly AffectedCounts[],
  components: readonly Component[],
  thresholds: Thresholds,
  bounds: Bounds,
  held?: { readonly component: Component; readonly share: number },
): ShareFit | undefined {
  const x = held?.share ?? 0;
  const heldParts = held ? parts(counts, held.component) : counts.map(() => 0);
  const fitFace = (face: readonly Component[]): ShareFit | undefined => {
    if (face.length === 0) return undefined;
    const last = parts(counts, face[face.length - 1]);
    // The last component has the share that the held one and the others leave, whatever that is: x may be 1 or beyond.
    const columns = face.slice(0, -1).map((component) => {
      return parts(counts, component).map((part, g) => part - last[g]);
    });
    const offset = counts.map((_, g) => x * heldParts[g] + (1 - x) * last[g]);
    const fit = fitLiability(counts, { columns, offset, thresholds, ...startOf(columns, offset, held) });
    if (!fit) return undefined;
    const rest = fit.parameters.reduce((left, share) => left - share, 1 - x);
    return { shares: [...fit.parameters, rest], minus2lnL: fit.minus2lnL, face, fit };
  };
  const members = components.filter((component) => component !== held?.component);
  return bounds === 'free' ? fitFace(members) : bestFace(members, fitFace, ({ shares }) => shares);
}

/** Shares at which every correlation lies between -1 and 1, for a profile that may lead far from the estimate. */
function startOf(columns: readonly number[][], offset: readonly number[], held: unknown) {
  if (held === undefined) return {};
  const both = (values: readonly number[]) => [...values, ...values.map((value) => -value)];
  const start = positivePoint(
    both(offset).map((r) => 1 - r),
    columns.map((column) => both(column).map((part) => -part)),
  );
  return start ? { start } : {};
}

function parts(counts: readonly AffectedCounts[], component: Component): number[] {
  return counts.map(({ relationship }) => sharedPart(relationship, component));
}

function covarianceOf(fit: LiabilityFit) {
  const order = fit.freeParameters;
  const factor = choleskyFactor(fit.expectedHessian, order)!;
  return { covariance: choleskyInverse(factor, order).map((value) => 2 * value), order };
}

function standardErrors(
  components: readonly Component[],
  { face }: ShareFit,
  covariance: Float64Array,
  order: number,
): Pick<ModelEstimate, 'se' | 'geneticSe'> {
  const last = face[face.length - 1];
  /** Of the share of some components; that of the last one is what the others leave. */
  const shareError = (members: readonly Component[]) => {
    const free = face.filter((component) => members.includes(component));
    if (free.length === 0 || face.length === 1) return null;
    const summed = free.includes(last) ? face.filter((component) => !free.includes(component)) : free;
    const places = summed.map((component) => face.indexOf(component));
    return Math.sqrt(
      places.reduce((sum, a) => places.reduce((row, b) => row + covariance[a * order + b], sum), 0),
    );
  };
  const se = Object.fromEntries(
    components.map((component) => [shareKey(component), shareError([component])]),
  );
  return { se, geneticSe: shareError(['A', 'D']) };
}

function shareIntervals(
  counts: readonly AffectedCounts[],
  components: readonly Component[],
  thresholds: Thresholds,
  bounds: Bounds,
  fit: ShareFit,
): ModelEstimate['ci95'] {
  const intervals: Partial<Record<EstimateKey, Interval>> = {};
  for (const component of components) {
    const profile = (share: number) =>
      fitShares(counts, components, thresholds, bounds, { component, share })?.minus2lnL ??
      Number.POSITIVE_INFINITY;
    const estimate = fit.shares[fit.face.indexOf(component)] ?? 0;
    intervals[shareKey(component)] =
      components.length === 1
        ? [1, 1]
        : profileInterval(
            profile,
            estimate,
            fit.minus2lnL,
            0.1,
            bounds === 'free' ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [0, 1],
          );
  }
  return intervals;
}

/** Pairs and people without a relative: the n of BIC. */
function familyCount(counts: readonly AffectedCounts[]): number {
  return counts.reduce(
    (sum, { both, one, neither, singleAffected = 0, singleUnaffected = 0 }) =>
      sum + both + one + neither + singleAffected + singleUnaffected,
    0,
  );
}
