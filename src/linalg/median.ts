import { largeFloat64 } from '../kernels/memory.js';
import { quantile } from './quantile.js';

/** Median of a χ² with one degree of freedom, to LDSC's four digits. */
export const CHI2_MEDIAN = 0.4549;

/**
 * Median by selection, in linear time; the mean of the middle two of an even number of values, as NumPy has it.
 * @returns NaN where there is no value.
 */
export function median(values: Float64Array | Float32Array): number {
  if (values.length === 0) return Number.NaN;
  const copy = largeFloat64(values.length);
  copy.set(values);
  const upper = select(copy, copy.length >> 1);
  if (copy.length % 2 === 1) return upper;
  let lower = copy[0];
  for (let i = 1; i < copy.length >> 1; i++) lower = Math.max(lower, copy[i]);
  return (lower + upper) / 2;
}

/** {@link quantile} of numbers in any order, by selection. @returns NaN where there is no value. */
export function selectedQuantile(values: Float64Array | Float32Array, p: number): number {
  if (values.length === 0) return Number.NaN;
  const copy = values.slice();
  const place = p * (copy.length - 1);
  const rank = Math.floor(place);
  const below = select(copy, rank);
  if (rank === place) return below;
  let above = copy[rank + 1];
  for (let i = rank + 2; i < copy.length; i++) above = Math.min(above, copy[i]);
  return quantile(Float64Array.of(below, above), place - rank);
}

/** The value that would be at `rank` if the values were sorted; those before it are not larger afterwards. */
function select(values: Float64Array | Float32Array, rank: number): number {
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = values[(first + last) >> 1];
    let [i, j] = [first, last];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const left = values[i];
      values[i++] = values[j];
      values[j--] = left;
    }
    if (rank <= j) last = j;
    else if (rank >= i) first = i;
    else break;
  }
  return values[rank];
}
