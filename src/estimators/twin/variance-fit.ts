import { HeredityError } from '../../errors.js';
import { minimise, type NewtonState } from '../../linalg/newton.js';
import { choleskyFactor, choleskyInverse, choleskySolve } from '../../linalg/small-dense.js';
import { type PairSums, pooledVariance, type Stratum } from './strata.js';

/**
 * Variances of the strata as a linear function of parameters: v_k = offset_k + sum_j columns[j][k] parameter_j.
 * ACE, its submodels, their profiles and the equal-variance saturated model all are of this form.
 */
export interface VarianceDesign {
  /** One array of length strata a parameter. */
  readonly columns: readonly Float64Array[];
  readonly offset?: Float64Array;
  /** Where to start; every stratum's variance must be positive there. @default equal parts of the pooled variance */
  readonly start?: readonly number[];
}

export interface VarianceFit {
  readonly parameters: Float64Array;
  /** Regression coefficients of the mean, on the columns as given by the user. */
  readonly means: Float64Array;
  readonly minus2lnL: number;
  /** Second derivatives of -2 lnL in the variance parameters, means profiled out; half of it is the observed information. */
  readonly hessian: Float64Array;
  /** Expected value of {@link hessian}. */
  readonly expectedHessian: Float64Array;
  /** Whether a stratum's variance has gone to 0, beyond which the likelihood has no maximum. */
  readonly isDegenerate: boolean;
  /** Covariance of {@link means}, given the variances. */
  readonly meanCovariance: Float64Array;
}

/**
 * Maximum likelihood by Newton's method with analytic first and second derivatives, falling back to Fisher scoring where
 * the observed Hessian is not positive definite. Variance parameters may be negative as long as each stratum's variance
 * is positive. -2 lnL = sum_k n_k ln(2 pi v_k) + S_k(b) / v_k (METHODS 9.2).
 * @returns undefined where no parameters near the start give positive variances (an infeasible profile point).
 * @throws HeredityError `degenerate-data` where the parameters are not identified.
 */
export function fitVariances(sums: PairSums, design: VarianceDesign): VarianceFit | undefined {
  const start = startingPoint(sums, design);
  if (!start) return undefined;
  const problem = {
    evaluate: (point: Float64Array) => evaluate(sums, design, point),
    differentiate: (state: Evaluation) => {
      const { gradient, hessian, expectedHessian } = differentiate(sums, design.columns, state);
      return { gradient, hessians: [hessian, expectedHessian] };
    },
  };
  const optimum = minimise(problem, start);
  if (optimum) return assemble(sums, design.columns, optimum);
  throw new HeredityError(
    'degenerate-data',
    'these relatives cannot tell the components of the model apart',
    {
      fix: 'drop a component, or add relatives who share another part of it (twins reared together confound C and D)',
    },
  );
}

/** Share of the trait's variance below which a stratum's variance counts as 0. */
const SMALLEST_VARIANCE = 1e-10;

function startingPoint(sums: PairSums, design: VarianceDesign): Evaluation | undefined {
  const { columns, start } = design;
  const given = start && evaluate(sums, design, Float64Array.from(start));
  if (given) return given;
  let each = pooledVariance(sums) / Math.max(1, columns.length);
  for (let attempt = 0; attempt < 20; attempt++, each *= 2) {
    const there = evaluate(sums, design, new Float64Array(columns.length).fill(each));
    if (there) return there;
  }
  return undefined;
}

interface Evaluation extends NewtonState {
  readonly variances: Float64Array;
  readonly coefficients: Float64Array;
  /** Residual sums of squares by stratum. */
  readonly residuals: Float64Array;
  /** Cholesky factor of sum_k X'X_k / v_k. */
  readonly weighted: Float64Array;
}

function evaluate(sums: PairSums, design: VarianceDesign, parameters: Float64Array): Evaluation | undefined {
  const { strata, meanNames } = sums;
  const { columns, offset } = design;
  const order = meanNames.length;
  const smallest = SMALLEST_VARIANCE * pooledVariance(sums);
  const variances = new Float64Array(strata.length);
  for (let k = 0; k < strata.length; k++) {
    let variance = offset?.[k] ?? 0;
    for (let j = 0; j < columns.length; j++) variance += parameters[j] * columns[j][k];
    if (!(variance > smallest)) return undefined;
    variances[k] = variance;
  }
  const xx = new Float64Array(order * order);
  const xy = new Float64Array(order);
  for (let k = 0; k < strata.length; k++) {
    const stratum = strata[k];
    for (let i = 0; i < xx.length; i++) xx[i] += stratum.xx[i] / variances[k];
    for (let i = 0; i < order; i++) xy[i] += stratum.xy[i] / variances[k];
  }
  const weighted = choleskyFactor(xx, order);
  if (!weighted) return undefined;
  const coefficients = choleskySolve(weighted, order, xy);
  const residuals = new Float64Array(strata.length);
  let value = 0;
  for (let k = 0; k < strata.length; k++) {
    residuals[k] = residualSquares(strata[k], coefficients);
    value += strata[k].count * Math.log(2 * Math.PI * variances[k]) + residuals[k] / variances[k];
  }
  return { point: parameters, value, variances, coefficients, residuals, weighted };
}

function residualSquares({ xx, xy, yy }: Stratum, b: Float64Array): number {
  let sum = yy;
  for (let i = 0; i < b.length; i++) {
    sum -= 2 * b[i] * xy[i];
    for (let j = 0; j < b.length; j++) sum += b[i] * b[j] * xx[i * b.length + j];
  }
  return Math.max(0, sum);
}

interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly expectedHessian: Float64Array;
}

function differentiate(sums: PairSums, columns: VarianceDesign['columns'], here: Evaluation): Derivatives {
  const { strata, meanNames } = sums;
  const { variances, residuals, coefficients, weighted } = here;
  const [order, means] = [columns.length, meanNames.length];
  const gradient = new Float64Array(order);
  const hessian = new Float64Array(order * order);
  const expectedHessian = new Float64Array(order * order);
  const cross = Array.from({ length: order }, () => new Float64Array(means));
  strata.forEach(({ count, xx, xy }, k) => {
    const v = variances[k];
    for (let i = 0; i < order; i++) {
      const t = columns[i][k];
      gradient[i] += t * (count / v - residuals[k] / v ** 2);
      for (let j = 0; j < order; j++) {
        const tt = t * columns[j][k];
        hessian[i * order + j] += tt * ((2 * residuals[k]) / v ** 3 - count / v ** 2);
        expectedHessian[i * order + j] += (tt * count) / v ** 2;
      }
      for (let a = 0; a < means; a++) {
        let xr = xy[a];
        for (let b = 0; b < means; b++) xr -= xx[a * means + b] * coefficients[b];
        cross[i][a] += (t * xr) / v ** 2;
      }
    }
  });
  // Means profiled out: H - H_vb H_bb^-1 H_bv, with H_vb = 2 cross and H_bb = 2 X'V^-1 X.
  for (let j = 0; j < order; j++) {
    const solved = choleskySolve(weighted, means, cross[j]);
    for (let i = 0; i < order; i++) {
      for (let a = 0; a < means; a++) hessian[i * order + j] -= 2 * cross[i][a] * solved[a];
    }
  }
  return { gradient, hessian, expectedHessian };
}

function assemble(sums: PairSums, columns: VarianceDesign['columns'], here: Evaluation): VarianceFit {
  const trait = pooledVariance(sums);
  const order = sums.meanNames.length;
  const isDegenerate = here.variances.some((variance) => variance < 100 * SMALLEST_VARIANCE * trait);
  const transform = sums.meanTransform;
  const apply = (b: Float64Array) =>
    Float64Array.from(b, (_, i) => b.reduce((sum, value, j) => sum + transform[i * order + j] * value, 0));
  const means = apply(here.coefficients).map((value, i) => value + sums.meanOffset[i]);
  const inverse = choleskyInverse(here.weighted, order);
  const rows = Array.from({ length: order }, (_, i) => apply(inverse.slice(i * order, (i + 1) * order)));
  const meanCovariance = new Float64Array(order * order);
  for (let j = 0; j < order; j++) {
    const column = apply(Float64Array.from(rows, (row) => row[j]));
    for (let i = 0; i < order; i++) meanCovariance[i * order + j] = column[i];
  }
  const { hessian, expectedHessian } = differentiate(sums, columns, here);
  const { point: parameters, value: minus2lnL } = here;
  return { parameters, means, minus2lnL, hessian, expectedHessian, isDegenerate, meanCovariance };
}
