import { normalQuantile } from '../linalg/distributions.js';
import { CHI2_MEDIAN } from '../linalg/median.js';

/** Z scores are counted in steps of this width, */
const WIDTH = 0.02;
/** as far as this; the few beyond count as this large. */
const LARGEST = 60;
/** For the median, */
const FINE_WIDTH = 2e-4;
/** as far as this; a median beyond is that of the wide steps. */
const FINE_LARGEST = 4;

/** How Z scores spread, from one pass over any number of them in 100 kB: their mean χ², λ GC and quantiles. */
export class ZHistogram {
  readonly #bins = new Uint32Array(Math.round(LARGEST / WIDTH) + 1);
  readonly #fine = new Uint32Array(Math.round(FINE_LARGEST / FINE_WIDTH));
  #count = 0;
  #sum = 0;

  /** @param z NaN for a variant without a value. */
  add(z: number): void {
    const size = Math.abs(z);
    if (Number.isNaN(size)) return;
    this.#count++;
    this.#sum += z * z;
    this.#bins[Math.min(Math.floor(size / WIDTH), this.#bins.length - 1)]++;
    if (size < FINE_LARGEST) this.#fine[Math.floor(size / FINE_WIDTH)]++;
  }

  /** Values that were added. */
  get count(): number {
    return this.#count;
  }

  /** NaN where nothing was added. */
  get meanChi2(): number {
    return this.#sum / this.#count;
  }

  /** The median χ² over that of no association at all, to 2e-4 of its size; NaN where nothing was added. */
  get lambdaGc(): number {
    if (this.#count === 0) return Number.NaN;
    const middle = quantileIn(this.#fine, FINE_WIDTH, this.#count / 2);
    return (middle ?? quantileIn(this.#bins, WIDTH, this.#count / 2)!) ** 2 / CHI2_MEDIAN;
  }

  /** Quantiles of χ² = Z² beside those of χ² with one degree of freedom, for a picture: some hundred pairs. */
  quantilePairs(): { expected: number; observed: number }[] {
    const pairs: { expected: number; observed: number }[] = [];
    let above = this.#count;
    for (let bin = 0; bin < this.#bins.length && above > 0; bin++) {
      // P(|Z| >= the lower edge of the bin) is estimated by the share of variants from there on
      if (this.#bins[bin] > 0)
        pairs.push({
          expected: normalQuantile(above / (2 * this.#count)) ** 2,
          observed: (bin * WIDTH) ** 2,
        });
      above -= this.#bins[bin];
    }
    return pairs;
  }
}

/** Where `rank` values lie below, those of a bin taken as even over it; undefined where there are fewer in the bins. */
function quantileIn(bins: Uint32Array, width: number, rank: number): number | undefined {
  let below = 0;
  for (const [bin, count] of bins.entries()) {
    if (count > 0 && below + count >= rank) return width * (bin + (rank - below) / count);
    below += count;
  }
  return undefined;
}
