import { HeredityError } from '../errors.js';

/** How common minor allele frequencies are: a density over (0, 0.5], up to a factor. */
export type FrequencySpectrum = (minorFrequency: number) => number;

/** Of all variants of a population of constant size without selection: new alleles in proportion to 1 / f. */
export const neutralSpectrum: FrequencySpectrum = (f) => 1 / (f * (1 - f));

const BINS = 50;

/** Bin of a minor allele frequency. */
const binOf = (minor: number): number => Math.min(BINS - 1, Math.floor(2 * BINS * minor));

/**
 * The spectrum of given variants, as a histogram of {@link BINS} bins over (0, 0.5].
 * @param frequencies of either allele, from 0 to 1; those that are 0, 1 or NaN do not count.
 * @throws HeredityError `degenerate-data` where no frequency is between 0 and 1.
 */
export function empiricalSpectrum(frequencies: Float64Array): FrequencySpectrum {
  const counts = new Float64Array(BINS);
  for (const f of frequencies) {
    const minor = Math.min(f, 1 - f);
    if (minor > 0) counts[binOf(minor)] += 1;
  }
  if (counts.every((count) => count === 0)) {
    throw new HeredityError('degenerate-data', 'no variant of the frequencies given varies');
  }
  return (minor) => counts[binOf(minor)];
}

/** How strongly the choice of a variant makes up for those before it. */
const BALANCE = 0.2;

/**
 * Keeps the variants of a chromosome in proportion to a spectrum. A genealogy offers what it has, and common alleles are
 * few in it: what was offered too rarely so far is taken the more readily.
 */
export class SpectrumBalance {
  /** Share of variants that each bin is to have. */
  readonly #share = new Float64Array(BINS);
  /** Logarithm of the factor on each bin's probability. */
  readonly #favour = new Float64Array(BINS);

  /** @param minorFrequencies all that are possible, with their density. */
  constructor(minorFrequencies: Iterable<readonly [minor: number, density: number]>) {
    let total = 0;
    for (const [minor, density] of minorFrequencies) {
      this.#share[binOf(minor)] += density;
      total += density;
    }
    for (let b = 0; b < BINS; b++) this.#share[b] /= total;
  }

  /** Factor on the probability of a variant of this frequency. */
  factor(minor: number): number {
    return Math.exp(this.#favour[binOf(minor)]);
  }

  /** Notes that a variant of this frequency was taken. */
  note(minor: number): void {
    for (let b = 0; b < BINS; b++) this.#favour[b] += BALANCE * this.#share[b];
    this.#favour[binOf(minor)] -= BALANCE;
  }
}
