import { HeredityError } from '../errors.js';

/** How common minor allele frequencies are: a density over (0, 0.5], up to a factor. */
export type FrequencySpectrum = (minorFrequency: number) => number;

/** As on a genotyping array. */
export const uniformSpectrum: FrequencySpectrum = () => 1;

/** Of all variants of a population of constant size without selection: new alleles in proportion to 1 / f. */
export const neutralSpectrum: FrequencySpectrum = (f) => 1 / (f * (1 - f));

const BINS = 50;

/**
 * The spectrum of given variants, as a histogram of {@link BINS} bins over (0, 0.5].
 * @param frequencies of either allele, from 0 to 1; those that are 0 or 1 do not count.
 * @throws HeredityError `degenerate-data` where no frequency is between 0 and 1.
 */
export function empiricalSpectrum(frequencies: Float64Array): FrequencySpectrum {
  const counts = new Float64Array(BINS);
  const binOf = (minor: number) => Math.min(BINS - 1, Math.floor(2 * BINS * minor));
  for (const f of frequencies) {
    const minor = Math.min(f, 1 - f);
    if (minor > 0) counts[binOf(minor)]! += 1;
  }
  if (counts.every((count) => count === 0)) {
    throw new HeredityError('degenerate-data', 'no variant of the frequencies given varies');
  }
  return (minor) => counts[binOf(minor)]!;
}
