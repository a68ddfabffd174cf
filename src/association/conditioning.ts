import { largestSize } from '../linalg/extremes.js';

/** Values as they are computed with: `value = unit (values + offset)`. */
export interface Conditioned {
  readonly values: Float64Array;
  readonly offset: number;
  readonly unit: number;
}

/** Squares of values beyond these leave float64, or are lost in it. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;
/** Quadratic forms of a trait whose mean is so many standard deviations from 0 lose too many digits. */
const FAR = 1e3;

/**
 * Values in a unit and less an offset that keep every digit where squares of them are summed: unchanged, unless they are of a
 * size that float64 cannot square, or their mean is far from 0 (the difference of near numbers is exact).
 * @param values NaN where missing. @param far how many standard deviations from 0 a mean may lie.
 */
export function conditioned(values: Float64Array, far = FAR): Conditioned {
  const size = largestSize(values);
  const isExtreme = size > LARGEST || (size < SMALLEST && size > 0);
  const unit = isExtreme ? 10 ** Math.floor(Math.log10(size)) : 1;
  const inUnit = isExtreme ? values.map((value) => value / unit) : values;
  const mean = meanOf(inUnit);
  const spread = spreadAround(mean, inUnit);
  if (!(spread > 0) || Math.abs(mean) <= far * spread) return { values: inUnit, offset: 0, unit };
  return { values: inUnit.map((value) => value - mean), offset: mean, unit };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** Root mean square of the distance from the mean. */
function spreadAround(mean: number, values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i] - mean;
    if (Number.isNaN(distance)) continue;
    sum += distance ** 2;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}
