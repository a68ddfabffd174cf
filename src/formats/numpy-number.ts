/** Numbers as NumPy and pandas print them with a precision of 4: programs that read LDSC's logs expect these. */

const DIGITS = 4;

/** An array as `str(numpy.matrix)` prints it, without brackets: `0.3909`, `6.6619e-02 -9.4351e-04`. */
export function numpyText(values: ArrayLike<number>): string {
  const numbers = Array.from(values);
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const isWide = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
  return (sizes.length > 0 && isWide ? powersOfTen(numbers) : plain(numbers)).trim();
}

/** One number in the same way. */
export function numpyNumber(value: number): string {
  return numpyText([value]);
}

/** Up to four decimals without trailing zeros but with the point, padded so that points stand below each other. */
function plain(numbers: readonly number[]): string {
  const parts = numbers.map(
    (value) => value.toFixed(DIGITS).replace(/0+$/, '').split('.') as [string, string],
  );
  const left = Math.max(...parts.map(([whole]) => whole.length));
  const right = Math.max(...parts.map(([, decimals]) => decimals.length));
  return parts.map(([whole, decimals]) => `${whole.padStart(left)}.${decimals.padEnd(right)}`).join(' ');
}

/** All with as many decimals as the one that needs most, up to four. */
function powersOfTen(numbers: readonly number[]): string {
  const decimals = Math.max(
    ...numbers.map((value) => /^-?\d(?:\.(\d*?))?0*e/.exec(value.toExponential(DIGITS))![1].length),
  );
  const texts = numbers.map((value) => scientific(value, decimals));
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width)).join(' ');
}

/** `1.e-05`, `6.6619e-02`: two digits of exponent, and a point in any case. */
function scientific(value: number, decimals: number): string {
  const text = value.toExponential(decimals).replace(/e([+-])(\d)$/, 'e$10$2');
  return decimals === 0 ? text.replace('e', '.e') : text;
}

/** A column of a pandas table: four decimals, or powers of ten where a value is too small for them. */
export function pandasColumn(values: readonly (number | string)[]): string[] {
  const isTiny = values.some((value) => typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-4);
  return values.map((value) => {
    if (typeof value === 'string') return value;
    return isTiny ? scientific(value, DIGITS) : value.toFixed(DIGITS);
  });
}
