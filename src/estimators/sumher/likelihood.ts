import type { Kernels } from '../../kernels/kernels.js';
import { largeFloat64 } from '../../kernels/memory.js';
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

/** The likelihood, its gradient and its Hessian, exact and expected. Memory for the variants is taken once. */
export class SumherProblem implements NewtonProblem<NewtonState> {
  readonly #kernels: Kernels;
  readonly #data: SumherData;
  readonly #expected: Float64Array;
  /** What {@link #expected} was computed for. */
  #point: Float64Array | undefined;

  constructor(kernels: Kernels, data: SumherData) {
    this.#kernels = kernels;
    this.#data = data;
    this.#expected = largeFloat64(data.variants);
  }

  evaluate(point: Float64Array): NewtonState {
    return { point, value: minusLogLikelihood(this.#data, this.expectedAt(point)) };
  }

  differentiate({ point }: NewtonState) {
    const { variants, parameters, regressors, statistics, weights } = this.#data;
    const expected = this.expectedAt(point);
    const [gradient, exact, fisher] = [parameters, parameters ** 2, parameters ** 2].map(
      (length) => new Float64Array(length),
    );
    const piece = Math.min(PIECE, variants);
    const [slope, exactWeights, fisherWeights] = Array.from({ length: 3 }, () => new Float64Array(piece));
    const scaled = new Float64Array(parameters * piece);
    for (let from = 0; from < variants; from += PIECE) {
      const count = Math.min(PIECE, variants - from);
      for (let j = 0; j < count; j++) {
        const e = expected[from + j];
        const s = statistics[from + j];
        const each = weights[from + j] / (e * e);
        slope[j] = 0.5 * (e - s) * each;
        exactWeights[j] = ((s - 0.5 * e) / e) * each;
        fisherWeights[j] = 0.5 * each;
      }
      for (let q = 0; q < parameters; q++) {
        const at = q * variants + from;
        let sum = gradient[q];
        for (let j = 0; j < count; j++) sum += slope[j] * regressors[at + j];
        gradient[q] = sum;
      }
      this.#addGram(from, count, exactWeights, scaled, exact);
      this.#addGram(from, count, fisherWeights, scaled, fisher);
    }
    return { gradient, hessians: [exact, fisher] };
  }

  /** E_j at a point; good until another point is asked for. */
  expectedAt(point: Float64Array): Float64Array {
    if (this.#point === point) return this.#expected;
    const { variants, parameters, regressors } = this.#data;
    const expected = this.#expected.fill(1);
    for (let q = 0; q < parameters; q++) {
      const theta = point[q];
      const at = q * variants;
      if (theta !== 0) for (let j = 0; j < variants; j++) expected[j] += regressors[at + j] * theta;
    }
    for (let j = 0; j < variants; j++) if (!(expected[j] > 0)) expected[j] = SMALLEST_EXPECTATION;
    this.#point = point;
    return expected;
  }

  /** Adds `sum over variants of weights[j] T_j T_j'`, T_j the regressors of variant j; weights may be negative. */
  #addGram(from: number, count: number, own: Float64Array, scaled: Float64Array, gram: Float64Array): void {
    const { variants, parameters, regressors } = this.#data;
    for (let q = 0; q < parameters; q++) {
      const at = q * variants + from;
      for (let j = 0; j < count; j++) scaled[q * count + j] = regressors[at + j] * own[j];
    }
    this.#kernels.multiplyTransposed(
      ...([regressors.subarray(from), variants, scaled, count, gram, parameters] as const),
      ...([parameters, parameters, count, 1] as const),
    );
  }
}
