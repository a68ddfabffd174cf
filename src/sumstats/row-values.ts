import type { HeredityError } from '../errors.js';
import type { GwasRow } from '../formats/gwas/table.js';

/**
 * A number of a row; ±Infinity where the file says so.
 * @throws HeredityError `bad-input` for what is no number.
 */
export function numberIn(row: GwasRow, column: number): number {
  const value = row.numeric(column);
  if (!Number.isNaN(value)) return value;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(row.text(column));
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  throw row.error(column, 'this is not a number', {
    expected: 'a decimal number, or NA where there is none',
    fix: /^[+-]?\d+(,\d+)+(e[+-]?\d+)?$/i.test(row.text(column))
      ? 'write it with a point as the decimal mark, and without commas between thousands'
      : 'correct the value, or check that the column is read as what it is',
  });
}

/** Whether a number is one of people. */
export const isSampleSize = (n: number): boolean => n >= 0 && n < Infinity;

/** An error about a value that is no number of people. */
export function notPeople(row: GwasRow, column: number): HeredityError {
  return row.error(column, 'the sample size is not a number of people', {
    expected: 'a number of at least 0',
  });
}
