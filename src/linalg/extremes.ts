/** Largest number of a list of any length, which `Math.max(...)` cannot take; -Infinity where it is empty. */
export function largest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Smallest number of a list of any length; Infinity where it is empty. */
export function smallest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** Largest absolute value of a list of any length; 0 where it is empty. */
export function largestSize(values: Iterable<number>): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > found) found = Math.abs(value);
  return found;
}
