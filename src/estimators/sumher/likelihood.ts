import type { Kernels } from '../../kernels/kernels.js';
import type { NewtonProblem, NewtonState } from '../../linalg/newton.js';

/**
 * Test statistics and what explains them: E[S_j] = 1 + sum over q of regressors[q * variants + j] theta_q.
 * Regressors are n_j/n̄ times the tagging of each category, then 1 with a scaling and n_j/n̄ with an intercept (METHODS 8.5).
 */
export interface SumherData {
  readonly variants: number;
  readonly parameters: number;
  /** parameters x variants, row-major. */
  readonly regressors: Float64Array;
  readonly statistics: Float64Array;
  /** 1/t_j, t_j the tagging: variants in LD with many others say little each. */
  readonly weights: Float64Array;
}

/** An expectation that is not positive has no likelihood; LDAK takes this in its place. */
const SMALLEST_EXPECTATION = 1e-6;

/** Variants of a piece of a weighted Gram matrix: the scaled copy stays in cache. */
const PIECE = 2048;

export interface SumherState extends NewtonState {
  readonly expected: Float64Array;
}

/**
 * Minus the weighted log-likelihood of statistics that are E_j times chi-square variables with one degree of freedom:
 * ½ sum S/(E t) + ½ sum log(S E)/t + ½ log(2 pi) sum 1/t.
 */
export function minusLogLikelihood(data: SumherData, expected: ArrayLike<number>): number {
  const { variants, statistics, weights } = data;
  let sum = 0;
  for (let j = 0; j < variants; j++) {
    const s = statistics[j];
    const e = expected[j];
    sum += weights[j] * (s / e + Math.log(s * e * 2 * Math.PI));
  }
  return sum / 2;
}

/** The likelihood, its gradient and its Hessian, exact and expected. */
export function sumherProblem(kernels: Kernels, data: SumherData): NewtonProblem<SumherState> {
  const { variants, parameters, regressors, statistics, weights } = data;
  return {
    evaluate(point) {
      const expected = expectations(data, point);
      return { point, value: minusLogLikelihood(data, expected), expected };
    },
    differentiate({ expected }) {
      const gradient = new Float64Array(parameters);
      const exact = new Float64Array(variants);
      const fisher = new Float64Array(variants);
      const slope = new Float64Array(variants);
      for (let j = 0; j < variants; j++) {
        const e = expected[j];
        const scaled = weights[j] / (e * e);
        slope[j] = 0.5 * (e - statistics[j]) * scaled;
        exact[j] = ((statistics[j] - 0.5 * e) / e) * scaled;
        fisher[j] = 0.5 * scaled;
      }
      for (let q = 0; q < parameters; q++) {
        let sum = 0;
        const at = q * variants;
        for (let j = 0; j < variants; j++) sum += slope[j] * regressors[at + j];
        gradient[q] = sum;
      }
      const hessian = weightedGram(kernels, data, exact);
      return { gradient, hessians: [hessian, weightedGram(kernels, data, fisher)] };
    },
  };
}

/** E_j at a point. */
function expectations(
  { variants, parameters, regressors }: SumherData,
  point: ArrayLike<number>,
): Float64Array {
  const expected = new Float64Array(variants).fill(1);
  for (let q = 0; q < parameters; q++) {
    const theta = point[q];
    const at = q * variants;
    if (theta !== 0) for (let j = 0; j < variants; j++) expected[j] += regressors[at + j] * theta;
  }
  for (let j = 0; j < variants; j++) if (!(expected[j] > 0)) expected[j] = SMALLEST_EXPECTATION;
  return expected;
}

/** `sum over variants of weights[j] T_j T_j'`, T_j the regressors of variant j; weights may be negative. */
function weightedGram(
  kernels: Kernels,
  { variants, parameters, regressors }: SumherData,
  weights: Float64Array,
): Float64Array {
  const gram = new Float64Array(parameters * parameters);
  const scaled = new Float64Array(parameters * Math.min(PIECE, variants));
  for (let from = 0; from < variants; from += PIECE) {
    const columns = Math.min(PIECE, variants - from);
    for (let q = 0; q < parameters; q++) {
      const at = q * variants + from;
      for (let j = 0; j < columns; j++) scaled[q * columns + j] = regressors[at + j] * weights[from + j];
    }
    kernels.multiplyTransposed(
      regressors.subarray(from),
      variants,
      scaled,
      columns,
      gram,
      parameters,
      parameters,
      parameters,
      columns,
      1,
    );
  }
  return gram;
}
