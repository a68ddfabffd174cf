import { HeredityError } from '../../errors.js';
import { choleskyFactor, choleskySolve } from '../../linalg/small-dense.js';
import { columnScales, fillRow, type PairGroup } from './pairs.js';

export interface SaturatedGroup {
  readonly label: string;
  /** Means of first and second members at the average of every covariate. */
  readonly means: readonly [number, number];
  readonly variances: readonly [number, number];
  readonly covariance: number;
  readonly correlation: number;
}

export interface SaturatedFit {
  readonly groups: readonly SaturatedGroup[];
  readonly minus2lnL: number;
  /** Five a group, and one a covariate. */
  readonly parameters: number;
}

/**
 * The saturated model: means, variances and covariance of first and second members free in each group, covariates with
 * one effect (METHODS 9.2). Pairs with one phenotype count too: EM for the covariances, exact generalised least squares
 * for the means in every step. It is what ACE and its kin are tested against.
 * @returns undefined where it does not exist: fewer than three complete pairs in a group, a covariate that is collinear
 *   with the means of first and second members (such as sex in pairs of brother and sister), or members who do not differ
 * @throws HeredityError `numerical` where EM does not converge
 */
export function fitSaturated(
  groups: readonly PairGroup[],
  covariateNames: readonly string[] = [],
): SaturatedFit | undefined {
  const complete = groups.map(
    ({ first, second }) => first.filter((y, i) => Number.isFinite(y + second[i])).length,
  );
  if (complete.some((pairs) => pairs < 3)) return undefined;
  const scale = columnScales(groups, covariateNames);
  const order = 2 * groups.length + covariateNames.length;
  const centred = groups.map((group) => ({
    ...group,
    first: group.first.map((y) => y - scale.center[0]),
    second: group.second.map((y) => y - scale.center[0]),
  }));
  const rows = groups.map((group, g) => designRows(group, g, groups.length, order, scale));
  let covariances = centred.map(startingCovariance);
  let previous = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const coefficients = generalisedLeastSquares(centred, rows, covariances, order);
    if (!coefficients) return undefined;
    const residuals = centred.map((group, g) => residualsOf(group, rows[g], coefficients));
    const steps = residuals.map(([first, second], g) => expectationStep(first, second, covariances[g]));
    const minus2lnL = steps.reduce((sum, step) => sum + step.minus2lnL, 0);
    if (previous - minus2lnL < 1e-10) {
      const means = coefficients.slice(0, 2 * groups.length).map((mean) => mean + scale.center[0]);
      return {
        groups: groups.map(({ label }, g) => describe(label, means[2 * g], means[2 * g + 1], covariances[g])),
        minus2lnL,
        parameters: 5 * groups.length + covariateNames.length,
      };
    }
    previous = minus2lnL;
    covariances = steps.map((step) => step.covariance);
  }
  throw new HeredityError('numerical', 'the saturated twin model did not converge: too few complete pairs');
}

const MAX_ITERATIONS = 5000;

/** Covariance matrix of a pair: [variance of first, covariance, variance of second]. */
type PairCovariance = readonly [number, number, number];

function designRows(
  group: PairGroup,
  g: number,
  groupCount: number,
  order: number,
  scale: ReturnType<typeof columnScales>,
): [Float64Array, Float64Array] {
  const build = (covariates: Float64Array | undefined, member: 0 | 1) => {
    const rows = new Float64Array(group.first.length * order);
    for (let i = 0; i < group.first.length; i++) {
      fillRow(
        rows.subarray(i * order, (i + 1) * order),
        2 * g + member,
        i,
        2 * groupCount,
        covariates,
        scale,
      );
    }
    return rows;
  };
  return [build(group.firstCovariates, 0), build(group.secondCovariates, 1)];
}

function startingCovariance({ label, first, second }: PairGroup): PairCovariance {
  const variance = (y: Float64Array) => {
    const present = y.filter((value) => !Number.isNaN(value));
    const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
    return present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length;
  };
  const [v1, v2] = [variance(first), variance(second)];
  if (!(v1 > 0 && v2 > 0)) {
    throw new HeredityError(
      'degenerate-data',
      `the trait is the same for all first or all second ${label} members`,
    );
  }
  return [v1, 0, v2];
}

function generalisedLeastSquares(
  groups: readonly PairGroup[],
  rows: readonly [Float64Array, Float64Array][],
  covariances: readonly PairCovariance[],
  order: number,
): Float64Array | undefined {
  const xx = new Float64Array(order * order);
  const xy = new Float64Array(order);
  const add = (weight: number, a: Float64Array, b: Float64Array, y: number) => {
    for (let i = 0; i < order; i++) {
      if (a[i] === 0) continue;
      xy[i] += weight * a[i] * y;
      for (let j = 0; j < order; j++) xx[i * order + j] += weight * a[i] * b[j];
    }
  };
  groups.forEach(({ first, second }, g) => {
    const [v1, c, v2] = covariances[g];
    const determinant = v1 * v2 - c * c;
    for (let i = 0; i < first.length; i++) {
      const [y1, y2] = [first[i], second[i]];
      const x1 = rows[g][0].subarray(i * order, (i + 1) * order);
      const x2 = rows[g][1].subarray(i * order, (i + 1) * order);
      if (!Number.isNaN(y1 + y2)) {
        add(v2 / determinant, x1, x1, y1);
        add(-c / determinant, x1, x2, y2);
        add(-c / determinant, x2, x1, y1);
        add(v1 / determinant, x2, x2, y2);
      } else if (!Number.isNaN(y1)) {
        add(1 / v1, x1, x1, y1);
      } else if (!Number.isNaN(y2)) {
        add(1 / v2, x2, x2, y2);
      }
    }
  });
  const factor = choleskyFactor(xx, order);
  return factor && choleskySolve(factor, order, xy);
}

function residualsOf(group: PairGroup, rows: [Float64Array, Float64Array], b: Float64Array) {
  const residual = (y: Float64Array, x: Float64Array) =>
    y.map((value, i) => b.reduce((rest, coefficient, j) => rest - coefficient * x[i * b.length + j], value));
  return [residual(group.first, rows[0]), residual(group.second, rows[1])] as const;
}

/** -2 lnL at a covariance, and the covariance of the next EM step (missing members by their conditional moments). */
function expectationStep(first: Float64Array, second: Float64Array, [v1, c, v2]: PairCovariance) {
  const determinant = v1 * v2 - c * c;
  let [s11, s12, s22, count, minus2lnL] = [0, 0, 0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    let [r1, r2] = [first[i], second[i]];
    let [spare1, spare2] = [0, 0];
    if (Number.isNaN(r1) && Number.isNaN(r2)) continue;
    if (Number.isNaN(r2)) {
      minus2lnL += Math.log(2 * Math.PI * v1) + (r1 * r1) / v1;
      [r2, spare2] = [(c / v1) * r1, determinant / v1];
    } else if (Number.isNaN(r1)) {
      minus2lnL += Math.log(2 * Math.PI * v2) + (r2 * r2) / v2;
      [r1, spare1] = [(c / v2) * r2, determinant / v2];
    } else {
      const distance = (v2 * r1 * r1 - 2 * c * r1 * r2 + v1 * r2 * r2) / determinant;
      minus2lnL += 2 * Math.log(2 * Math.PI) + Math.log(determinant) + distance;
    }
    s11 += r1 * r1 + spare1;
    s12 += r1 * r2;
    s22 += r2 * r2 + spare2;
    count++;
  }
  const covariance: PairCovariance = [s11 / count, s12 / count, s22 / count];
  return { minus2lnL, covariance };
}

function describe(label: string, mean1: number, mean2: number, [v1, c, v2]: PairCovariance): SaturatedGroup {
  return {
    label,
    means: [mean1, mean2],
    variances: [v1, v2],
    covariance: c,
    correlation: c / Math.sqrt(v1 * v2),
  };
}
