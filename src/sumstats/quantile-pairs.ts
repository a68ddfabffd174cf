import { normalQuantile } from '../linalg/distributions.js';

/** Z scores are counted in steps of this width, */
const WIDTH = 0.02;
/** as far as this; the few beyond count as this large. */
const LARGEST = 60;

/**
 * Quantiles of χ² = Z² beside those of χ² with one degree of freedom, for a picture: some hundred pairs, from one pass.
 * @param z NaN for a variant without a value.
 */
export function chi2QuantilePairs(z: Float64Array): { expected: number; observed: number }[] {
  const bins = new Float64Array(Math.round(LARGEST / WIDTH) + 1);
  let count = 0;
  for (let i = 0; i < z.length; i++) {
    const size = Math.abs(z[i]);
    if (Number.isNaN(size)) continue;
    bins[Math.min(Math.floor(size / WIDTH), bins.length - 1)]++;
    count++;
  }
  const pairs: { expected: number; observed: number }[] = [];
  let above = count;
  for (let bin = 0; bin < bins.length && above > 0; bin++) {
    // P(|Z| >= the lower edge of the bin) is estimated by the share of variants from there on
    if (bins[bin] > 0)
      pairs.push({ expected: normalQuantile(above / (2 * count)) ** 2, observed: (bin * WIDTH) ** 2 });
    above -= bins[bin];
  }
  return pairs;
}
