import { HeredityError, isHeredityError } from '../../errors.js';
import { minimise, type NewtonState } from '../../linalg/newton.js';
import { choleskyFactor, choleskyInverse, choleskySolve } from '../../linalg/small-dense.js';
import { symmetricEigen } from '../../linalg/symmetric-eigenvalues.js';
import {
  type CellCovariance,
  covarianceOf,
  type Factor,
  type FactorModel,
  withoutParameters,
  withZeros,
} from './factor-model.js';
import type { Cell, FamilySums } from './families.js';

export interface FactorFit {
  readonly parameters: Float64Array;
  /** In the units of the data. */
  readonly minus2lnL: number;
  /** Second derivatives of -2 lnL in the parameters, means profiled out. */
  readonly hessian: Float64Array;
  /** Coefficients of the mean in units of the traits' scales, and their covariance given the parameters. */
  readonly means: Float64Array;
  readonly meanCovariance: Float64Array;
}

/**
 * Full-information maximum likelihood of a factor model on families with missing values (METHODS 9.4): Newton's method with analytic
 * first and second derivatives, from each of the starts; the best end counts. Coefficients of the mean are those of generalised least
 * squares at every point. Where the Hessian is not positive definite, as near path coefficients of 0, its eigenvalues are taken without their signs.
 * @throws HeredityError `numerical` where no start converges
 */
export function fitFactors<K>(
  sums: FamilySums<K>,
  model: FactorModel<K>,
  starts: readonly (readonly number[])[],
): FactorFit {
  const factors = sums.cells.map((cell) => model.factors(cell));
  const problem = {
    evaluate: (point: Float64Array) =>
      model.isAllowed?.(point) === false ? undefined : evaluate(sums, factors, point),
    differentiate: (state: Evaluation) => {
      const { gradient, hessian } = differentiate(sums, state);
      return { gradient, hessians: [hessian, withoutSaddles(hessian, gradient.length)] };
    },
  };
  let best: Evaluation | undefined;
  let failure: unknown;
  for (const start of starts) {
    const there = problem.evaluate(Float64Array.from(start));
    if (!there) continue;
    try {
      const optimum = minimise(problem, there);
      if (optimum && optimum.value < (best?.value ?? Number.POSITIVE_INFINITY)) best = optimum;
    } catch (error) {
      if (!isHeredityError(error, 'numerical')) throw error;
      failure = error;
    }
  }
  if (best === undefined)
    throw failure ?? new HeredityError('numerical', 'the twin model has no positive variances on these data');
  const { hessian } = differentiate(sums, best);
  return {
    parameters: best.point,
    minus2lnL: best.value + sums.offset,
    hessian,
    means: best.coefficients,
    meanCovariance: choleskyInverse(best.weighted, sums.means),
  };
}

/**
 * The fit with some parameters held at 0, in the terms of the whole model; rows of held parameters in the Hessian are 0.
 * @param starts points of the whole model
 */
export function fitHeld<K>(
  sums: FamilySums<K>,
  model: FactorModel<K>,
  starts: readonly (readonly number[])[],
  places: readonly number[],
): FactorFit {
  if (places.length === 0) return fitFactors(sums, model, starts);
  const kept = (_: unknown, k: number) => !places.includes(k);
  const fit = fitFactors(
    sums,
    withoutParameters(model, places),
    starts.map((start) => start.filter(kept)),
  );
  const order = model.parameters;
  const hessian = new Float64Array(order * order);
  const free = Array.from({ length: order }, (_, k) => k).filter((k) => kept(0, k));
  free.forEach((k, i) => {
    free.forEach((l, j) => {
      hessian[k * order + l] = fit.hessian[i * free.length + j];
    });
  });
  return { ...fit, parameters: withZeros(fit.parameters, places), hessian };
}

/** Share of the largest eigenvalue that all have at least. */
const LEAST_CURVATURE = 1e-6;

/** The Hessian with its eigenvalues positive: a step along it leaves a saddle on the side that goes down. */
function withoutSaddles(hessian: Float64Array, order: number): Float64Array {
  const { values, vectors } = symmetricEigen(hessian, order);
  const sizes = values.map(Math.abs);
  const least = LEAST_CURVATURE * sizes.reduce((most, size) => Math.max(most, size), 0);
  const sum = new Float64Array(order * order);
  sizes.forEach((size, v) => {
    for (let i = 0; i < order; i++)
      for (let j = 0; j < order; j++)
        sum[i * order + j] += Math.max(size, least) * vectors[v * order + i] * vectors[v * order + j];
  });
  return sum;
}

interface Evaluation extends NewtonState {
  readonly cells: readonly CellState[];
  readonly coefficients: Float64Array;
  /** Cholesky factor of the sum of X'W X, W the inverse covariance. */
  readonly weighted: Float64Array;
}

interface CellState {
  readonly derivatives: CellCovariance;
  /** Inverse covariance. */
  readonly inverse: Float64Array;
  /** Residual sums of squares and products. */
  readonly residuals: Float64Array;
}

function evaluate<K>(
  { cells, means }: FamilySums<K>,
  factors: readonly (readonly Factor[])[],
  point: Float64Array,
): Evaluation | undefined {
  const xx = new Float64Array(means * means);
  const xy = new Float64Array(means);
  let value = 0;
  const inverses: { derivatives: CellCovariance; inverse: Float64Array }[] = [];
  for (const [c, cell] of cells.entries()) {
    const order = cell.positions.length;
    const derivatives = covarianceOf(factors[c], cell.positions, point);
    const factor = choleskyFactor(derivatives.covariance, order);
    if (!factor) return undefined;
    const inverse = choleskyInverse(factor, order);
    for (let i = 0; i < order; i++)
      value += cell.count * (Math.log(2 * Math.PI) + 2 * Math.log(factor[i * (order + 1)]));
    for (let ij = 0; ij < inverse.length; ij++) {
      for (let a = 0; a < xx.length; a++) xx[a] += inverse[ij] * cell.xx[ij][a];
      for (let a = 0; a < means; a++) xy[a] += inverse[ij] * cell.xy[ij][a];
    }
    inverses.push({ derivatives, inverse });
  }
  const weighted = choleskyFactor(xx, means);
  if (!weighted) return undefined;
  const coefficients = choleskySolve(weighted, means, xy);
  const states = inverses.map(({ derivatives, inverse }, c): CellState => {
    const residuals = residualProducts(cells[c], coefficients);
    for (let ij = 0; ij < inverse.length; ij++) value += inverse[ij] * residuals[ij];
    return { derivatives, inverse, residuals };
  });
  return { point, value, cells: states, coefficients, weighted };
}

/** Sum over families of (y_i - x_i b)(y_j - x_j b). */
function residualProducts<K>({ positions, xx, xy, yy }: Cell<K>, b: Float64Array): Float64Array {
  const order = positions.length;
  const products = yy.slice();
  for (let i = 0; i < order; i++)
    for (let j = 0; j < order; j++) {
      const [ij, ji] = [i * order + j, j * order + i];
      for (let p = 0; p < b.length; p++) {
        products[ij] -= b[p] * (xy[ij][p] + xy[ji][p]);
        for (let q = 0; q < b.length; q++) products[ij] += b[p] * b[q] * xx[ij][p * b.length + q];
      }
    }
  return products;
}

function differentiate<K>({ cells, means }: FamilySums<K>, here: Evaluation) {
  const size = here.point.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const cross = Array.from({ length: size }, () => new Float64Array(means));
  here.cells.forEach(({ derivatives, inverse, residuals }, c) => {
    const { count, positions } = cells[c];
    const order = positions.length;
    const spread = multiply(inverse, residuals, order);
    const pull = multiply(spread, inverse, order).map((value, ij) => count * inverse[ij] - value);
    const turned = derivatives.slopes.map((slope) => multiply(inverse, slope, order));
    const curvature = derivatives.curvature(pull);
    for (let k = 0; k < size; k++) {
      gradient[k] += inner(pull, derivatives.slopes[k]);
      for (let l = 0; l <= k; l++) {
        const product = multiply(turned[k], turned[l], order);
        const expected = count * trace(product, order);
        const observed = curvature[k * size + l] - expected + 2 * traceOfProduct(product, spread, order);
        hessian[k * size + l] += observed;
        if (l === k) continue;
        hessian[l * size + k] += observed;
      }
      const weights = multiply(turned[k], inverse, order);
      addCross(cross[k], cells[c], weights, here.coefficients);
    }
  });
  // Means profiled out: H - H_kb H_bb^-1 H_bl, with H_bk = 2 cross and H_bb = 2 X'W X.
  for (let l = 0; l < size; l++) {
    const solved = choleskySolve(here.weighted, means, cross[l]);
    for (let k = 0; k < size; k++)
      for (let a = 0; a < means; a++) hessian[k * size + l] -= 2 * cross[k][a] * solved[a];
  }
  return { gradient, hessian };
}

/** Adds the sum over i and j of weights_ij X_i'(y_j - X_j b). */
function addCross<K>(sum: Float64Array, { xx, xy }: Cell<K>, weights: Float64Array, b: Float64Array): void {
  for (let ij = 0; ij < weights.length; ij++)
    for (let a = 0; a < b.length; a++) {
      let residual = xy[ij][a];
      for (let q = 0; q < b.length; q++) residual -= xx[ij][a * b.length + q] * b[q];
      sum[a] += weights[ij] * residual;
    }
}

function multiply(a: Float64Array, b: Float64Array, order: number): Float64Array {
  const product = new Float64Array(order * order);
  for (let i = 0; i < order; i++)
    for (let k = 0; k < order; k++) {
      const own = a[i * order + k];
      for (let j = 0; j < order; j++) product[i * order + j] += own * b[k * order + j];
    }
  return product;
}

function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function trace(a: Float64Array, order: number): number {
  let sum = 0;
  for (let i = 0; i < order; i++) sum += a[i * (order + 1)];
  return sum;
}

function traceOfProduct(a: Float64Array, b: Float64Array, order: number): number {
  let sum = 0;
  for (let i = 0; i < order; i++) for (let j = 0; j < order; j++) sum += a[i * order + j] * b[j * order + i];
  return sum;
}
