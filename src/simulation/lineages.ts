import type { RandomStream } from '../kernels/random-stream.js';

/** Changes of genealogy per centimorgan and lineage pair: sets how fast LD decays. */
const RECOMBINATION = 300;

/**
 * Which lineage of a sample changes next along a chromosome, and how far that is: lineage k does so at a rate of
 * {@link RECOMBINATION} / (k + others) per centimorgan, as the time to its closest relative among the k before it, and
 * `others` more, is in inverse proportion to their number (Li and Stephens 2003).
 */
export class ChangingLineages {
  readonly #random: RandomStream;
  readonly #first: number;
  /** Sum of 1 / (k + others) up to k. */
  readonly #cumulativeRate: Float64Array;

  /** @param first the first lineage that can change. */
  constructor(random: RandomStream, lineages: number, first: number, others: number) {
    this.#random = random;
    this.#first = first;
    this.#cumulativeRate = new Float64Array(lineages);
    for (let k = first; k < lineages; k++) {
      this.#cumulativeRate[k] = (this.#cumulativeRate[k - 1] ?? 0) + 1 / (k + others);
    }
  }

  /** Centimorgans to the next change. */
  distance(): number {
    return this.#random.exponential() / (RECOMBINATION * this.#cumulativeRate.at(-1)!);
  }

  /** The lineage that changes. */
  draw(): number {
    const target = this.#random.uniform() * this.#cumulativeRate.at(-1)!;
    let low = this.#first;
    let high = this.#cumulativeRate.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulativeRate[middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
