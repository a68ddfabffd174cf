import { HeredityError } from '../errors.js';

/** A number and its standard error; 0 for a number that is known. */
export interface Uncertain {
  readonly value: number;
  readonly se: number;
  /** Its 95 % interval where that is not value ± 1.96 se, such as one from a profile likelihood. */
  readonly interval?: readonly [number, number];
}

/**
 * A number and its standard error, `0.52:0.06`; without one it is taken as known.
 * @throws HeredityError `usage` where it is neither
 */
export function parseUncertain(text: string, what: string): Uncertain {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [value, se = 0] = parts;
  if (parts.length <= 2 && Number.isFinite(value) && se >= 0 && Number.isFinite(se)) return { value, se };
  throw new HeredityError('usage', `${what} is not a number with a standard error`, {
    value: text,
    expected: 'a number such as 0.52, or with its standard error 0.52:0.06',
  });
}
