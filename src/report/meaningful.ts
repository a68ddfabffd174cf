/** A double holds 15 digits and a part of the 16th and 17th, which are noise after any sum. */
const DIGITS = 15;

/**
 * A number as files have it: without the digits that rounding makes up (0.30000000000000004, or 4.7e-17 beside a standard
 * error of 0.01).
 * @param scale what the number is small beside: its standard error, where it has one.
 */
export function meaningful(value: number, scale = 0): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return value;
  if (Math.abs(value) < 1e-12 * Math.abs(scale)) return 0;
  return Number(value.toPrecision(DIGITS));
}

/** A number of people, which need not be whole: the mean over variants. */
export function meaningfulCount(n: number): number {
  return Number(n.toFixed(3));
}
