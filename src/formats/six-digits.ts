/** Numbers as PLINK 2 prints them: six significant digits, no trailing zeros, `1e-05` below 0.0001 and `1e+06` upwards. */

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LETTER_E = 101;
const PLUS = 43;

/** Room that one number needs. */
export const MOST_BYTES = 24;

/** 10^0 to 10^308. */
const POWERS_OF_TEN = Float64Array.from({ length: 309 }, (_, power) => Number(`1e${power}`));

/** Below it, exp() is no longer a normal float64. */
const LOWEST_EXPONENT = -690;

const scratch = new Uint8Array(MOST_BYTES);

/** A number in PLINK 2's notation; NaN is `NA`. */
export function formatSixDigits(value: number): string {
  return String.fromCharCode(...scratch.subarray(0, putSixDigits(value, scratch, 0)));
}

/** Writes a number in PLINK 2's notation at `at`; returns where it ends. */
export function putSixDigits(value: number, bytes: Uint8Array, at: number): number {
  if (Number.isNaN(value)) return putAscii('NA', bytes, at);
  if (value < 0) bytes[at++] = MINUS;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return putAscii('0', bytes, at);
  if (magnitude === Infinity) return putAscii('inf', bytes, at);
  const exponent = Math.floor(Math.log10(magnitude));
  return putScientific(timesPowerOfTen(magnitude, 5 - exponent), exponent, bytes, at);
}

/**
 * Writes exp(logValue), which may be too small for float64: P-values are kept as their natural logarithms.
 * @param logValue NaN is written as `NA`.
 */
export function putExpSixDigits(logValue: number, bytes: Uint8Array, at: number): number {
  if (!(logValue < LOWEST_EXPONENT)) return putSixDigits(Math.exp(logValue), bytes, at);
  if (logValue === -Infinity) return putAscii('0', bytes, at);
  const exponent = Math.floor(logValue / Math.LN10);
  return putScientific(1e5 * Math.exp(logValue - exponent * Math.LN10), exponent, bytes, at);
}

/** Writes a whole number. */
export function putInteger(value: number, bytes: Uint8Array, at: number): number {
  if (value < 0) bytes[at++] = MINUS;
  let rest = Math.abs(value);
  let end = at + 1;
  for (let power = 10; power <= rest; power *= 10) end++;
  for (let i = end - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10);
    bytes[i] = ZERO + rest - 10 * tens;
    rest = tens;
  }
  return end;
}

/** Writes a finite number with so many decimals, the same digits as its `toFixed`. */
export function putFixed(value: number, decimals: number, bytes: Uint8Array, at: number): number {
  const scaled = Math.abs(value) * POWERS_OF_TEN[decimals];
  const whole = Math.round(scaled);
  // near a half the product's own rounding would decide
  const unsure = Math.abs(Math.abs(scaled - whole) - 0.5) < 1e-6 || scaled > 2 ** 50;
  if (unsure) return putAscii(value.toFixed(decimals), bytes, at);
  if (value < 0) bytes[at++] = MINUS;
  const power = POWERS_OF_TEN[decimals];
  const before = Math.floor(whole / power);
  at = putInteger(before, bytes, at);
  if (decimals === 0) return at;
  bytes[at] = POINT;
  let rest = whole - before * power;
  for (let i = at + decimals; i > at; i--) {
    const tens = Math.floor(rest / 10);
    bytes[i] = ZERO + rest - 10 * tens;
    rest = tens;
  }
  return at + 1 + decimals;
}

/** Writes mantissa * 10^(exponent - 5), where the mantissa is about 100,000 to 1,000,000. */
function putScientific(mantissa: number, exponent: number, bytes: Uint8Array, at: number): number {
  // the logarithm may have been a little off at a power of ten
  if (mantissa < 99999.5) {
    mantissa *= 10;
    exponent--;
  }
  let digits = roundHalfToEven(mantissa);
  if (digits >= 1_000_000) {
    digits = 100_000;
    exponent++;
  }
  let length = 6;
  for (; length > 1 && digits % 10 === 0; length--) digits /= 10;
  if (exponent < -4 || exponent > 5) {
    at = putDigits(digits, length, 1, bytes, at);
    bytes[at++] = LETTER_E;
    bytes[at++] = exponent < 0 ? MINUS : PLUS;
    const power = Math.abs(exponent);
    if (power < 10) bytes[at++] = ZERO;
    return putInteger(power, bytes, at);
  }
  if (exponent >= 0) return putDigits(digits, length, exponent + 1, bytes, at);
  bytes[at++] = ZERO;
  bytes[at++] = POINT;
  for (let zeros = -1 - exponent; zeros > 0; zeros--) bytes[at++] = ZERO;
  return putDigits(digits, length, length, bytes, at);
}

/** Writes `length` digits with the point after `whole` of them, zeros added where there are fewer. */
function putDigits(digits: number, length: number, whole: number, bytes: Uint8Array, at: number): number {
  const end = at + (length > whole ? length + 1 : whole);
  let i = end - 1;
  for (let zeros = whole - length; zeros > 0; zeros--) bytes[i--] = ZERO;
  for (let place = length; place > 0; place--) {
    if (place === whole && place < length) bytes[i--] = POINT;
    const tens = (digits / 10) | 0;
    bytes[i--] = ZERO + digits - 10 * tens;
    digits = tens;
  }
  return end;
}

/** To the nearest whole number; what is within 5e-9 of a half counts as one and goes to the even side, as in PLINK 2. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below >= (below % 2 === 0 ? 0.500000005 : 0.499999995) ? below + 1 : below;
}

function timesPowerOfTen(value: number, power: number): number {
  if (power < 0) return value / POWERS_OF_TEN[-power];
  return power <= 308 ? value * POWERS_OF_TEN[power] : value * 1e300 * POWERS_OF_TEN[power - 300];
}

function putAscii(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}
