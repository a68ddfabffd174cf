import { quantile } from './quantile.js';

/** Median of a χ² with one degree of freedom, to LDSC's four digits. */
export const CHI2_MEDIAN = 0.4549;

/**
 * Median by selection, in linear time; the mean of the middle two of an even number of values, as NumPy has it.
 * @returns NaN where there is no value.
 */
export function median(values: Float64Array | Float32Array): number {
  const count = values.length;
  if (count === 0) return Number.NaN;
  const middle = count >> 1;
  const upper = valueAt(values, middle);
  return count % 2 === 1 ? upper : (valueAt(values, middle - 1) + upper) / 2;
}

/** Fewer values are copied and selected from at once. */
const FEW = 1 << 12;
const KEYS = 1 << 16;

/**
 * The value that would be at `rank` if the values were sorted. Of many, only those are copied whose first 16 bits are those of
 * the one that is looked for: a copy of all would take longer than two looks at them.
 */
function valueAt(values: Float64Array | Float32Array, rank: number): number {
  if (values.length <= FEW || !IS_LITTLE_ENDIAN) return select(values.slice(), rank);
  const width = values.BYTES_PER_ELEMENT / 2;
  const halves = new Uint16Array(values.buffer, values.byteOffset, width * values.length);
  const counts = new Int32Array(KEYS);
  for (let at = width - 1; at < halves.length; at += width) counts[keyOf(halves[at])]++;
  let [key, before] = [0, 0];
  while (before + counts[key] <= rank) before += counts[key++];
  const alike = values.slice(0, counts[key]);
  for (let j = 0, to = 0; to < alike.length; j++)
    if (keyOf(halves[width * j + width - 1]) === key) alike[to++] = values[j];
  return select(alike, rank - before);
}

const SIGN = 1 << 15;

/** Sign, exponent and first digits of a number, as whole numbers in the same order. */
const keyOf = (bits: number): number => (bits & SIGN ? KEYS - 1 - bits : bits + SIGN);

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** {@link quantile} of numbers in any order, by selection. @returns NaN where there is no value. */
export function selectedQuantile(values: Float64Array | Float32Array, p: number): number {
  if (values.length === 0) return Number.NaN;
  const place = p * (values.length - 1);
  const rank = Math.floor(place);
  const below = valueAt(values, rank);
  if (rank === place) return below;
  const above = valueAt(values, rank + 1);
  return quantile(Float64Array.of(below, above), place - rank);
}

/** The value that would be at `rank` if the values were sorted; changes their order. */
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
