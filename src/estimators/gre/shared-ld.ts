import { BandedLu } from '../../linalg/banded-lu.js';
import { leaveOneOutError } from '../../linalg/jackknife.js';
import type { CutBlock } from './cut-block.js';

/**
 * What blocks of one group of people explain of each other's genetic variance, and the estimates without it
 * (docs/decisions/0016-local-blocks.md): with T_kl exact for the blocks near block k and one share F_k for all others,
 *
 *     h²_k (1 - q_k/n) + sum over near l of (T_kl - q_k/n) h²_l + (F_k - q_k/n) (sum over far l of h²_l) = R²_k - q_k/n,
 *
 * a banded system and one column, (N + f 1') h² = r.
 */
export class SharedLd {
  readonly #blocks: readonly CutBlock[];
  readonly #n: number;
  readonly #norms: Float64Array;
  readonly #reach: number;
  /** Of each block, its near blocks with the share T_kl of their genetic variance that it explains. */
  readonly #nearShares: readonly ReadonlyMap<number, number>[];
  /** Of each block and random genetic value, ‖M g_far‖² / n. */
  readonly #farNorms: readonly Float64Array[];
  readonly #all: System;
  /** The systems without one random genetic value each, made when they are first wanted. */
  #deleted: System[] | undefined;
  #leaks: Float64Array | undefined;
  #carried: Float64Array[] | undefined;
  /** The system with far blocks taken for independent. */
  #near: System | undefined;

  /** @param norms ‖M g‖² / n of each random genetic value. @param n people less columns projected out. */
  constructor(blocks: readonly CutBlock[], norms: Float64Array, n: number) {
    this.#blocks = blocks;
    this.#n = n;
    this.#norms = norms;
    this.#reach = blocks.reduce(
      (most, { near }, k) => near.reduce((far, { block }) => Math.max(far, Math.abs(block - k)), most),
      1,
    );
    this.#nearShares = blocks.map(
      ({ near }, k) => new Map(near.map(({ block }, at) => [block, this.nearShare(k, at)])),
    );
    this.#farNorms = blocks.map(({ near }, k) => {
      const around = [k, ...near.map(({ block }) => block)];
      return norms.map((norm, t) => norm - this.#normAround(around, t));
    });
    this.#all = this.#system(() => true);
  }

  /** Share of a near block's genetic variance that a block explains: T_kl. */
  nearShare(k: number, near: number): number {
    const { trace, block } = this.#blocks[k].near[near];
    return trace / this.#blocks[block].trace;
  }

  /** Share F_k that each block explains of the genetic variance of far blocks; rank / n where there are none. */
  get farShares(): Float64Array {
    return this.#all.far;
  }

  /** Average share that a block explains of the genetic variance of far blocks, and the rank / n that chance makes it. */
  get averages(): { averageShare: number; averageRankShare: number } {
    const size = this.#blocks.length;
    return {
      averageShare: this.#all.far.reduce((sum, share) => sum + share, 0) / size,
      averageRankShare: this.#blocks.reduce((sum, { rank }) => sum + rank / this.#n, 0) / size,
    };
  }

  /**
   * Corrected heritability of each block from their R², or genetic covariance from products b₁'V⁺b₂ of two traits.
   * @param variance what R² are shares of: 1, or the correlation of the two traits.
   */
  heritabilities(r2: readonly number[], variance = 1): Float64Array {
    return solveSystem(this.#all, this.#excess(r2, variance));
  }

  /** {@link heritabilities} with the shares of far blocks that they rest on. */
  solution(r2: readonly number[]): SharedSolution {
    return { heritabilities: this.heritabilities(r2), far: this.farShares };
  }

  /** The same without each of the random genetic values. */
  deletedSolutions(r2: readonly number[], variance = 1): SharedSolution[] {
    const excess = this.#excess(r2, variance);
    this.#deleted ??= Array.from(this.#norms, (_, left) => this.#system((t) => t !== left));
    return this.#deleted.map((system) => ({ heritabilities: solveSystem(system, excess), far: system.far }));
  }

  /** The total without each of the random genetic values. */
  deletedTotals(r2: readonly number[], variance = 1): number[] {
    return this.deletedSolutions(r2, variance).map(({ heritabilities }) =>
      heritabilities.reduce((sum, h2) => sum + h2, 0),
    );
  }

  /** What far blocks add to the sum through relatives and structure. */
  farExcess(r2: readonly number[]): number {
    this.#near ??= this.#system(() => false);
    const excess = this.#excess(r2);
    const total = (system: System) => solveSystem(system, excess).reduce((sum, h2) => sum + h2, 0);
    return total(this.#near) - total(this.#all);
  }

  /** Weight w_k of each block's R² in the corrected total, which is the sum of w_k (R²_k - q_k/n). */
  get weights(): Float64Array {
    return this.weightsFor(new Float64Array(this.#blocks.length).fill(1));
  }

  /** Weight of each block's R² in a sum of the blocks' heritabilities times numbers: (N + f 1')^-T c. */
  weightsFor(numbers: Float64Array): Float64Array {
    const { excess, transposed } = this.#all;
    const lu = transposed();
    const dotted = (values: Float64Array) => values.reduce((sum, value, k) => sum + value * excess[k], 0);
    const own = lu.solve(numbers);
    const ones = lu.solve(new Float64Array(this.#blocks.length).fill(1));
    const scale = dotted(own) / (1 + dotted(ones));
    return own.map((value, k) => value - ones[k] * scale);
  }

  /** Standard error that drawing so many random genetic values leaves in the corrected total. */
  probeError(r2: readonly number[]): number {
    const totals = this.deletedTotals(r2);
    return totals.length > 1 ? leaveOneOutError(totals) : 0;
  }

  /**
   * Standard error of each block's estimate around the value realised in the sample: Eq 14 of its own R² and of those near it, carried
   * through the system, and what the correction cannot know, which of the near blocks' signal the block explains: the spread of
   * that over random effects.
   */
  blockErrors(r2: readonly number[], heritabilities: ArrayLike<number>): Float64Array {
    const size = this.#blocks.length;
    const variances = this.#blocks.map(({ rank }, k) => {
      const share = rank / this.#n;
      const signal = Math.min(1, Math.max(0, (r2[k] - share) / (1 - share)));
      return ((1 - signal) * (2 * share * (1 - signal) + 4 * signal)) / this.#n;
    });
    const errors = new Float64Array(size);
    this.#carried ??= this.#carriedErrors();
    for (const [m, squares] of this.#carried.entries())
      for (const [at, square] of squares.entries())
        errors[Math.max(0, m - this.#reach) + at] += square * variances[m];
    this.#leaks ??= this.#leakVariances();
    for (let k = 0; k < size; k++) errors[k] += this.#leaks[k] * this.#density(k, heritabilities) ** 2;
    return errors.map(Math.sqrt);
  }

  /** By what an error of each block's R², squared, is multiplied in its own estimate and in those near it. */
  #carriedErrors(): Float64Array[] {
    const size = this.#blocks.length;
    return this.#blocks.map((_, m) => {
      const unit = new Float64Array(size);
      unit[m] = 1;
      const column = this.#all.banded.solve(unit);
      return column
        .subarray(Math.max(0, m - this.#reach), Math.min(size, m + this.#reach + 1))
        .map((share) => share ** 2);
    });
  }

  /**
   * Variance over random effects, per variance of a variant squared, of each block's estimate around the value realised in the sample, were
   * there no noise and no far blocks: R²_k = ‖g_k‖² + 2 g_k'g_near + ‖P_k g_near‖², over n, of the random genetic values, put through the system.
   */
  #leakVariances(): Float64Array {
    const blocks = this.#blocks;
    const probes = this.#norms.length;
    const sums = new Float64Array(blocks.length);
    if (probes < 2) return sums;
    const system = new BandedLu(blocks.length, this.#reach, (k, l) =>
      k === l ? 1 : (this.#nearShares[k].get(l) ?? 0),
    );
    const means = new Float64Array(blocks.length);
    for (let t = 0; t < probes; t++) {
      const explained = blocks.map(
        ({ ownNorms, leak, near }) =>
          ownNorms[t] + leak[t] + 2 * near.reduce((sum, { norms }) => sum + norms[t], 0),
      );
      for (const [k, found] of system.solve(explained).entries()) {
        const error = found - blocks[k].ownNorms[t];
        sums[k] += error * error;
        means[k] += error / probes;
      }
    }
    return sums.map((sum, k) => Math.max(0, sum - probes * means[k] ** 2) / (probes - 1));
  }

  /** Heritability of a variant's worth of variance, over a block and those near it; not below 0. */
  #density(k: number, heritabilities: ArrayLike<number>): number {
    let [h2, variance] = [heritabilities[k], this.#blocks[k].trace];
    for (const { block } of this.#blocks[k].near) {
      h2 += heritabilities[block];
      variance += this.#blocks[block].trace;
    }
    return Math.max(0, h2) / variance;
  }

  #excess(r2: readonly number[], variance = 1): Float64Array {
    return Float64Array.from(this.#blocks, ({ rank }, k) => r2[k] - (variance * rank) / this.#n);
  }

  #farExcess(far: Float64Array, k: number): number {
    return far[k] - this.#blocks[k].rank / this.#n;
  }

  /** The system with the shares of some of the random genetic values. */
  #system(uses: (probe: number) => boolean): System {
    const far = this.#farShares(uses);
    const size = this.#blocks.length;
    const excess = far.map((_, k) => this.#farExcess(far, k));
    const element = (k: number, l: number) => {
      const share = k === l ? 1 : this.#nearShares[k].get(l);
      return share === undefined ? 0 : share - far[k];
    };
    const banded = new BandedLu(size, this.#reach, element);
    return {
      far,
      excess,
      banded,
      solved: banded.solve(excess),
      transposed: () => new BandedLu(size, this.#reach, (k, l) => element(l, k)),
    };
  }

  #farShares(uses: (probe: number) => boolean): Float64Array {
    const blocks = this.#blocks;
    const total = blocks.reduce((sum, { trace }) => sum + trace, 0);
    return Float64Array.from(blocks, ({ near, far, rank, trace }, k) => {
      const traceAround = near.reduce((sum, { block }) => sum + blocks[block].trace, trace);
      if (total - traceAround <= 1e-9 * total) return rank / this.#n;
      let explained = 0;
      let whole = 0;
      for (const [t, norm] of this.#farNorms[k].entries()) {
        if (!uses(t)) continue;
        explained += far[t];
        whole += norm;
      }
      return whole > 0 ? explained / whole : rank / this.#n;
    });
  }

  /** ‖M g‖² less ‖M g_far‖², over n: what the near blocks' part of a random genetic value adds to its squared norm. */
  #normAround(around: readonly number[], t: number): number {
    let norm = 0;
    for (const l of around) {
      const { scores, ownNorms, near } = this.#blocks[l];
      norm += 2 * scores[t] - ownNorms[t];
      // pairs of blocks near block k that are not near each other are all but uncorrelated
      for (const other of near) if (around.includes(other.block)) norm -= other.norms[t];
    }
    return norm;
  }
}

/** Heritability of each block, and the share that each explains of far blocks. */
export interface SharedSolution {
  readonly heritabilities: Float64Array;
  readonly far: Float64Array;
}

interface System {
  readonly far: Float64Array;
  /** f: far shares less rank / n. */
  readonly excess: Float64Array;
  readonly banded: BandedLu;
  /** N^-1 f. */
  readonly solved: Float64Array;
  readonly transposed: () => BandedLu;
}

/** (N + f 1')^-1 r. */
function solveSystem({ banded, solved: shared }: System, r: Float64Array): Float64Array {
  const own = banded.solve(r);
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const scale = sum(own) / (1 + sum(shared));
  return own.map((value, k) => value - shared[k] * scale);
}
