import type { CutBlock } from './cut-block.js';
import type { SharedLd, SharedSolution } from './shared-ld.js';

/**
 * Categories where blocks share LD (METHODS 1.15): of b'WV⁺b of each block, what noise, far blocks and near blocks put there is taken out by
 * the system that corrects h², so that categories add up to it.
 */
export class CutCategories {
  readonly #shared: SharedLd;
  readonly #blocks: readonly CutBlock[];
  readonly #n: number;
  readonly #forms: number;
  /** Of each block and form, the weight γ of the block's projection in the form. */
  readonly projections: readonly (readonly number[])[];
  /** tr A of each form, over n. */
  readonly expected: readonly number[];

  /** @param blocks with their categories. @param n people less columns projected out. */
  constructor(shared: SharedLd, blocks: readonly CutBlock[], n: number) {
    this.#shared = shared;
    this.#blocks = blocks;
    this.#n = n;
    this.#forms = blocks[0].categories!.ranks.length;
    const byForm = Array.from({ length: this.#forms }, (_, a) => shared.weightsFor(this.#gradient(a)));
    this.projections = blocks.map((_, k) => byForm.map((weights) => -weights[k]));
    this.expected = byForm.map((weights, a) =>
      blocks.reduce(
        (sum, { categories, rank }, k) => sum + (categories!.ranks[a] - weights[k] * rank) / n,
        0,
      ),
    );
  }

  /** Heritability of each form, of a trait of the group with these R². */
  values(trait: number, r2: readonly number[]): number[] {
    return this.#values(trait, this.#shared.solution(r2));
  }

  /** The same without each of the random genetic values. */
  deletedValues(trait: number, r2: readonly number[]): number[][] {
    return this.#shared.deletedSolutions(r2).map((solution) => this.#values(trait, solution));
  }

  #values(trait: number, solution: SharedSolution): number[] {
    const { heritabilities } = solution;
    const total = heritabilities.reduce((sum, h2) => sum + h2, 0);
    return Array.from({ length: this.#forms }, (_, a) =>
      this.#blocks.reduce((sum, { categories, near }, k) => {
        const { shares, ranks, near: traces } = categories!;
        const around = near.reduce((own, { block }) => own + heritabilities[block], heritabilities[k]);
        const foreign = near.reduce(
          (own, { block }, at) => own + (traces[at][a] / this.#blocks[block].trace) * heritabilities[block],
          ranks[a] * ((1 - total) / this.#n + this.#farRate(k, solution.far) * (total - around)),
        );
        return sum + shares[trait * this.#forms + a] - foreign;
      }, 0),
    );
  }

  /** What is foreign in a form, by the heritability of each block. */
  #gradient(a: number): Float64Array {
    const gradient = new Float64Array(this.#blocks.length);
    for (const [k, { categories, near }] of this.#blocks.entries()) {
      const { ranks, near: traces } = categories!;
      const far = ranks[a] * this.#farRate(k, this.#shared.farShares);
      const noise = ranks[a] / this.#n;
      for (let l = 0; l < gradient.length; l++) gradient[l] += far - noise;
      gradient[k] -= far;
      for (const [at, { block }] of near.entries())
        gradient[block] += traces[at][a] / this.#blocks[block].trace - far;
    }
    return gradient;
  }

  /** Share of the signal of far blocks that a block explains, by variant that adds to its rank. */
  #farRate(k: number, far: Float64Array): number {
    const { rank } = this.#blocks[k];
    return rank > 0 ? far[k] / rank : 0;
  }
}
