import { largeFloat64 } from '../kernels/memory.js';
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
  if (count % 2 === 1) return valuesAt(values, count >> 1)[0];
  const [lower, upper] = valuesAt(values, (count >> 1) - 1);
  return (lower + upper) / 2;
}

/** Fewer values are copied and selected from at once. */
const FEW = 1 << 12;
const KEYS = 1 << 16;

/**
 * The values that would be at `rank` and behind it if the values were sorted; the second is NaN where there is none. Of many,
 * only those are copied whose first 16 bits are those of the one that is looked for: a copy of all would take longer than
 * two looks at them.
 */
function valuesAt(values: Float64Array | Float32Array, rank: number): [at: number, behind: number] {
  if (values.length <= FEW || !IS_LITTLE_ENDIAN) return selected(values.slice(), rank);
  const width = values.BYTES_PER_ELEMENT / 2;
  const halves = new Uint16Array(values.buffer, values.byteOffset, width * values.length);
  const counts = new Int32Array(KEYS);
  for (let at = width - 1; at < halves.length; at += width) counts[keyOf(halves[at])]++;
  let [key, before] = [0, 0];
  while (before + counts[key] <= rank) before += counts[key++];
  const found = selected(withKey(values, halves, key, counts[key]), rank - before);
  if (rank + 1 === values.length || !Number.isNaN(found[1])) return found;
  do key++;
  while (counts[key] === 0);
  return [found[0], least(withKey(values, halves, key, counts[key]), 0)];
}

/** The `count` values whose first bits are these. */
function withKey<T extends Float64Array | Float32Array>(
  values: T,
  halves: Uint16Array,
  key: number,
  count: number,
): T {
  const alike = values.slice(0, count) as T;
  const width = halves.length / values.length;
  for (let j = 0, to = 0; to < count; j++)
    if (keyOf(halves[width * j + width - 1]) === key) alike[to++] = values[j];
  return alike;
}

/** As {@link valuesAt}; changes the order of the values. */
function selected(values: Float64Array | Float32Array, rank: number): [at: number, behind: number] {
  return [select(values, rank), least(values, rank + 1)];
}

/** The least value from an index on; NaN where there is none. */
function least(values: Float64Array | Float32Array, from: number): number {
  let found = from < values.length ? values[from] : Number.NaN;
  for (let i = from + 1; i < values.length; i++) if (values[i] < found) found = values[i];
  return found;
}

/** The value that half of the weight does not exceed, by selection. @returns NaN where there is no value. */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let j = 0; j < weights.length; j++) total += weights[j];
  const [value, weight] = [values, weights].map(copyOf);
  let [from, to, before] = [0, value.length, 0];
  while (from < to) {
    const pivot = value[(from + to) >> 1];
    const { less, equal, weightLess, weightEqual } = partition(value, weight, from, to, pivot);
    if (before + weightLess >= total / 2 && less > from) to = less;
    else if (before + weightLess + weightEqual >= total / 2 || equal === to) return pivot;
    else [from, before] = [equal, before + weightLess + weightEqual];
  }
  return Number.NaN;
}

const copyOf = (values: Float64Array): Float64Array => {
  const copy = largeFloat64(values.length);
  copy.set(values);
  return copy;
};

/** Brings the values below the pivot to the front, before those equal to it. @returns where each kind ends, and their weights. */
function partition(value: Float64Array, weight: Float64Array, from: number, to: number, pivot: number) {
  let [less, equal, end] = [from, from, to];
  let [weightLess, weightEqual] = [0, 0];
  const swap = (a: number, b: number) => {
    [value[a], value[b]] = [value[b], value[a]];
    [weight[a], weight[b]] = [weight[b], weight[a]];
  };
  while (equal < end) {
    if (value[equal] < pivot) {
      weightLess += weight[equal];
      swap(less++, equal++);
    } else if (value[equal] > pivot) swap(equal, --end);
    else weightEqual += weight[equal++];
  }
  return { less, equal, weightLess, weightEqual };
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
  const [below, above] = valuesAt(values, rank);
  if (rank === place) return below;
  return quantile(Float64Array.of(below, above), place - rank);
}

/** The value that would be at `rank` if the values were sorted; those behind it are not smaller afterwards. */
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
