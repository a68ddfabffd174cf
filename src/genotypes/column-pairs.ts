import { DIGIT_SAMPLES, largestOfDigits } from '../kernels/digits.js';

/** Digits of each column of a pair. */
export const PAIR_DIGITS = 3;

/**
 * A column over samples in float64 as two in float32 whose products in digits add up to its own, at float64's accuracy: what three
 * digits hold of it, unit by unit as the kernels round it (native/digits.c), and what they leave.
 * @param whole, rest receive the columns, as long as it is.
 */
export function pairOfColumn(column: Float64Array, whole: Float32Array, rest: Float32Array): void {
  whole.set(column);
  const largest = largestOfDigits(PAIR_DIGITS);
  for (let first = 0; first < column.length; first += DIGIT_SAMPLES) {
    const end = Math.min(column.length, first + DIGIT_SAMPLES);
    let most = 0;
    for (let i = first; i < end; i++) most = Math.max(most, Math.abs(whole[i]));
    if (most === 0) continue; // and so is the rest
    const [unit, inverse] = [most / largest, largest / most];
    for (let i = first; i < end; i++) rest[i] = column[i] - nearest(whole[i] * inverse) * unit;
  }
}

/** To the nearest whole number, ties to even, as the kernels do it. */
function nearest(x: number): number {
  const shift = 1.5 * 2 ** 52;
  return x + shift - shift;
}
