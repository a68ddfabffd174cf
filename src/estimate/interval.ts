/** A 95 % confidence interval of a normal estimate reaches this many standard errors to each side. */
export const Z95 = 1.959963984540054;

/** Whether an estimate with this standard error cannot be told from 0: its 95 % interval includes it. */
export function includesZero(value: number, se: number): boolean {
  return Math.abs(value) < Z95 * se;
}
