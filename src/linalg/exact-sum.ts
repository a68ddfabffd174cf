/** Bits between the bound of a sum and the unit that its terms are rounded to: below 2^51 units sums and rounding are exact. */
const BITS = 50;

/**
 * Rounds vectors to multiples of a small power of two, so that their sums are exact and hence the same in any order and by any
 * grouping: of parts of a run on several machines, say.
 */
export class ExactUnits {
  /** 1.5 · 2^52 units: what is added to it and taken off again is rounded to whole units, to even where it lies between two. */
  readonly #rounder: number;

  /** @param bound that no sum of any of the terms exceeds in size. The unit is some 2^-50 of it. */
  constructor(bound: number) {
    const unit = 2 ** (Math.ceil(Math.log2(Math.max(bound, Number.MIN_VALUE))) - BITS);
    this.#rounder = 1.5 * 2 ** 52 * unit;
  }

  /** sum := sum + terms, rounded each. */
  add(sum: Float64Array, terms: Float64Array): void {
    const rounder = this.#rounder;
    for (let i = 0; i < terms.length; i++) sum[i] += terms[i] + rounder - rounder;
  }
}
