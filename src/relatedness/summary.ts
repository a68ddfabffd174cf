import { normalCdf } from '../linalg/distributions.js';

/** Pairs above this relationship are counted: about second cousins and closer. */
export const RELATED = 0.05;

/** Off-diagonal elements are counted in steps of this size, from the first edge on; what lies beyond is in the outer bins. */
export const HISTOGRAM = { first: -0.5, step: 0.005, bins: 400 };

/** What the elements of a relationship matrix look like; fed row by row. */
export class RelationshipSummary {
  readonly histogram = new Float64Array(HISTOGRAM.bins);
  #samples = 0;
  #relatedPairs = 0;
  readonly #diagonal = new Moments();
  readonly #off = new Moments();

  /** The next row, up to the diagonal. */
  add(row: Float32Array): void {
    const own = this.#samples++;
    this.#diagonal.add(row[own]);
    const { first, step, bins } = HISTOGRAM;
    for (let k = 0; k < own; k++) {
      const value = row[k];
      this.#off.add(value);
      if (value > RELATED) this.#relatedPairs++;
      this.histogram[Math.min(bins - 1, Math.max(0, Math.floor((value - first) / step)))]++;
    }
  }

  finish() {
    return {
      samples: this.#samples,
      diagonal: this.#diagonal.finish(),
      offDiagonal: this.#off.finish(),
      relatedPairs: this.#relatedPairs,
      relatedByChance: this.#relatedByChance(),
    };
  }

  /**
   * Pairs that would be above {@link RELATED} by chance, as few variants spread the relationships of strangers: a normal
   * distribution around the median, as wide as the lower half, which no relatives widen.
   */
  #relatedByChance(): number {
    const pairs = (this.#samples * (this.#samples - 1)) / 2;
    if (pairs === 0) return 0;
    const median = this.#quantile(0.5 * pairs);
    const spread = median - this.#quantile(normalCdf(-1) * pairs);
    return spread > 0 ? Math.round(pairs * normalCdf((median - RELATED) / spread)) : 0;
  }

  /** Where so many pairs lie below. */
  #quantile(rank: number): number {
    const { first, step } = HISTOGRAM;
    let below = 0;
    for (const [bin, count] of this.histogram.entries()) {
      if (count > 0 && below + count >= rank) return first + step * (bin + (rank - below) / count);
      below += count;
    }
    return first + step * HISTOGRAM.bins;
  }
}

class Moments {
  #count = 0;
  #sum = 0;
  #squares = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#squares += value * value;
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
  }

  /** Null where nothing was added. */
  finish() {
    if (this.#count === 0) return null;
    const mean = this.#sum / this.#count;
    const variance = Math.max(0, this.#squares / this.#count - mean * mean);
    return { mean, variance, least: this.#least, most: this.#most };
  }
}
