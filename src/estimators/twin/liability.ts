import { HeredityError } from '../../errors.js';
import { normalDensity, normalQuantile } from '../../linalg/distributions.js';
import { minimise, type NewtonState } from '../../linalg/newton.js';
import { choleskyFactor, choleskySolve } from '../../linalg/small-dense.js';
import { quadrantChances, quadrantCorrelationSlope, quadrantThresholdSlope } from './bivariate-normal.js';
import type { Relationship } from './relatives.js';

/** Pairs of one kind of relatives, counted by how many of the two are affected. */
export interface AffectedCounts {
  readonly label: string;
  readonly relationship: Relationship;
  readonly both: number;
  readonly one: number;
  readonly neither: number;
  /** People whose relative's status is missing. */
  readonly singleAffected?: number;
  readonly singleUnaffected?: number;
}

/**
 * A liability-threshold model whose correlations are linear in a few parameters:
 * r_g = offset_g + sum_j columns[j][g] parameter_j, with one threshold, or one a group.
 */
export interface LiabilityDesign {
  readonly columns: readonly (readonly number[])[];
  readonly offset: readonly number[];
  readonly thresholds: 'equal' | 'by-group';
  /** Parameters to start at, tried first. */
  readonly start?: readonly number[];
}

export interface LiabilityFit {
  readonly parameters: Float64Array;
  /** On the scale of a standard normal liability, one a group. */
  readonly thresholds: Float64Array;
  readonly correlations: Float64Array;
  readonly minus2lnL: number;
  /** Expected second derivatives of -2 lnL: parameters first, then thresholds. */
  readonly expectedHessian: Float64Array;
  /** Free parameters, thresholds included. */
  readonly freeParameters: number;
}

/**
 * Maximum likelihood of a liability-threshold model from counts, by Fisher scoring: -2 lnL = -2 sum n_cell ln P_cell
 * (METHODS 9.2, last paragraph).
 * @returns undefined where the offsets leave no correlations between -1 and 1
 * @throws HeredityError `degenerate-data` where a cell pattern does not determine the parameters
 */
export function fitLiability(
  counts: readonly AffectedCounts[],
  design: LiabilityDesign,
): LiabilityFit | undefined {
  counts.forEach(checkCounts);
  const from = start(counts, design);
  if (!from) return undefined;
  const slopes = design.columns.length;
  const problem = {
    evaluate: (point: Float64Array) =>
      evaluate(counts, design, point.subarray(0, slopes), point.subarray(slopes)),
    differentiate: (state: State) => {
      const { gradient, expectedHessian } = differentiate(counts, design, state);
      return { gradient, hessians: [expectedHessian] };
    },
  };
  const optimum = minimise(problem, from);
  if (!optimum) {
    throw new HeredityError(
      'degenerate-data',
      'these counts cannot tell the components of the liability apart',
      {
        fix: 'use a model with fewer components',
      },
    );
  }
  return {
    parameters: optimum.parameters,
    thresholds: Float64Array.from(counts, (_, g) => thresholdOf(design, optimum, g)),
    correlations: optimum.correlations,
    minus2lnL: optimum.value,
    expectedHessian: differentiate(counts, design, optimum).expectedHessian,
    freeParameters: optimum.point.length,
  };
}

/**
 * Tetrachoric correlation of every group, thresholds by group: the saturated liability model.
 * @throws HeredityError `degenerate-data` where a group has no discordant or no concordant pairs of a kind
 */
export function tetrachoric(
  counts: readonly AffectedCounts[],
): LiabilityFit & { readonly standardErrors: number[] } {
  for (const group of counts) {
    if (group.one === 0 || group.both + group.neither === 0) {
      throw new HeredityError(
        'degenerate-data',
        `the tetrachoric correlation of ${group.label} pairs is at its limit`,
        {
          value: `${group.both} both affected, ${group.one} one, ${group.neither} neither`,
          expected: 'concordant and discordant pairs',
        },
      );
    }
  }
  const columns = counts.map((_, i) => counts.map((_, g) => (g === i ? 1 : 0)));
  const fit = fitLiability(counts, { columns, offset: counts.map(() => 0), thresholds: 'by-group' })!;
  const order = fit.freeParameters;
  const factor = choleskyFactor(fit.expectedHessian, order)!;
  const standardErrors = counts.map((_, g) => {
    const unit = Float64Array.from({ length: order }, (_, i) => (i === g ? 1 : 0));
    return Math.sqrt(2 * choleskySolve(factor, order, unit)[g]);
  });
  return { ...fit, standardErrors };
}

/** Expected second derivatives of -2 lnL at given parameters and thresholds. */
export function expectedInformation(
  counts: readonly AffectedCounts[],
  design: LiabilityDesign,
  parameters: Float64Array,
  thresholds: Float64Array,
): Float64Array {
  return differentiate(counts, design, evaluate(counts, design, parameters, thresholds)!).expectedHessian;
}

interface State extends NewtonState {
  readonly parameters: Float64Array;
  readonly thresholds: Float64Array;
  readonly correlations: Float64Array;
}

function start(counts: readonly AffectedCounts[], design: LiabilityDesign): State | undefined {
  const affected = (group: AffectedCounts) => 2 * group.both + group.one + (group.singleAffected ?? 0);
  const people = (group: AffectedCounts) => affected(group) + unaffected(group);
  const threshold = (groups: readonly AffectedCounts[]) => {
    const sum = (f: (group: AffectedCounts) => number) =>
      groups.reduce((total, group) => total + f(group), 0);
    return -normalQuantile(sum(affected) / sum(people));
  };
  const thresholds = Float64Array.from(
    design.thresholds === 'equal' ? [threshold(counts)] : counts.map((group) => threshold([group])),
  );
  if (!thresholds.every(Number.isFinite)) {
    throw new HeredityError('degenerate-data', 'everyone or nobody is affected', {
      fix: 'check the coding of the trait: 0 and 1, or 1 and 2',
    });
  }
  if (design.start) {
    const state = evaluate(counts, design, Float64Array.from(design.start), thresholds);
    if (state) return state;
  }
  for (let scale = 0.5; scale > 1e-3; scale /= 2) {
    const parameters = new Float64Array(design.columns.length).fill(
      scale / Math.max(1, design.columns.length),
    );
    const state = evaluate(counts, design, parameters, thresholds);
    if (state) return state;
  }
  return undefined;
}

function unaffected(group: AffectedCounts): number {
  return 2 * group.neither + group.one + (group.singleUnaffected ?? 0);
}

function thresholdOf(design: LiabilityDesign, state: Pick<State, 'thresholds'>, group: number): number {
  return state.thresholds[design.thresholds === 'equal' ? 0 : group];
}

/** Cells of a group: count, chance, and the multiples of d both and d above that make up the chance's derivative. */
function cells(group: AffectedCounts, threshold: number, correlation: number) {
  const { both, one, neither } = quadrantChances(threshold, correlation);
  const above = both + one / 2;
  return [
    { count: group.both, chance: both, bothSlope: 1, aboveSlope: 0 },
    // Each of the two orders of a discordant pair counts as observed: the factor 2 of `one` drops out of ln P.
    { count: group.one, chance: one / 2, bothSlope: -1, aboveSlope: 1, orders: 2 },
    { count: group.neither, chance: neither, bothSlope: 1, aboveSlope: -2 },
    { count: group.singleAffected ?? 0, chance: above, bothSlope: 0, aboveSlope: 1 },
    { count: group.singleUnaffected ?? 0, chance: 1 - above, bothSlope: 0, aboveSlope: -1 },
  ];
}

function evaluate(
  counts: readonly AffectedCounts[],
  design: LiabilityDesign,
  parameters: Float64Array,
  thresholds: Float64Array,
): State | undefined {
  const correlations = Float64Array.from(counts, (_, g) =>
    parameters.reduce((sum, value, j) => sum + value * design.columns[j][g], design.offset[g]),
  );
  if (correlations.some((r) => !(Math.abs(r) < 1))) return undefined;
  let minus2lnL = 0;
  counts.forEach((group, g) => {
    for (const { count, chance } of cells(group, thresholdOf(design, { thresholds }, g), correlations[g])) {
      if (count > 0) minus2lnL -= 2 * count * Math.log(chance);
    }
  });
  if (!Number.isFinite(minus2lnL)) return undefined;
  return {
    point: Float64Array.of(...parameters, ...thresholds),
    value: minus2lnL,
    parameters,
    thresholds,
    correlations,
  };
}

function differentiate(counts: readonly AffectedCounts[], design: LiabilityDesign, here: State) {
  const slopes = design.columns.length;
  const order = slopes + here.thresholds.length;
  const gradient = new Float64Array(order);
  const expectedHessian = new Float64Array(order * order);
  counts.forEach((group, g) => {
    const threshold = thresholdOf(design, here, g);
    const correlation = here.correlations[g];
    const bothByCorrelation = quadrantCorrelationSlope(threshold, correlation);
    const bothByThreshold = quadrantThresholdSlope(threshold, correlation);
    const aboveByThreshold = -normalDensity(threshold);
    const pairs = group.both + group.one + group.neither;
    const singles = (group.singleAffected ?? 0) + (group.singleUnaffected ?? 0);
    cells(group, threshold, correlation).forEach((cell, c) => {
      const derivative = new Float64Array(order);
      for (let j = 0; j < slopes; j++)
        derivative[j] = cell.bothSlope * bothByCorrelation * design.columns[j][g];
      const t = slopes + (design.thresholds === 'equal' ? 0 : g);
      derivative[t] = cell.bothSlope * bothByThreshold + cell.aboveSlope * aboveByThreshold;
      const expected = (c < 3 ? pairs : singles) * (cell.orders ?? 1);
      for (let i = 0; i < order; i++) {
        if (cell.count > 0) gradient[i] -= (2 * cell.count * derivative[i]) / cell.chance;
        for (let j = 0; j < order; j++) {
          if (expected > 0 && cell.chance > 0) {
            expectedHessian[i * order + j] += (2 * expected * derivative[i] * derivative[j]) / cell.chance;
          }
        }
      }
    });
  });
  return { gradient, expectedHessian };
}

function checkCounts(group: AffectedCounts): void {
  const values = [
    group.both,
    group.one,
    group.neither,
    group.singleAffected ?? 0,
    group.singleUnaffected ?? 0,
  ];
  const wrong = values.find((value) => !(Number.isInteger(value) && value >= 0));
  if (wrong !== undefined) {
    throw new HeredityError('usage', `a count of ${group.label} pairs is impossible`, {
      value: wrong,
      expected: 'whole numbers of at least 0',
    });
  }
}
