import { putInteger } from './six-digits.js';

/** Numbers with a fixed number of decimals as C's printf writes them, which LDSC's files take: rounded from the exact value. */

const POINT = 46;
const ZERO = 48;
const MINUS = 45;

/** Room that one number needs. */
export const MOST_DECIMAL_BYTES = 64;

/** A tie is a multiple of a power of two that is not small, and so ends within so many further decimals. */
const TIE_DECIMALS = 40;

/** Below it, the product with a power of ten is so near to the exact one that only ties need a closer look. */
const LARGEST = 2 ** 40;

/** Writes a number below 10^21 in size at `at`; returns where it ends. */
export function putDecimals(value: number, decimals: number, bytes: Uint8Array, at: number): number {
  const unit = 10 ** decimals;
  const scaled = Math.abs(value) * unit;
  const rounded = Math.round(scaled);
  if (!(scaled < LARGEST) || Math.abs(scaled - rounded) > 0.4999)
    return putText(exactly(value, decimals), bytes, at);
  if (value < 0 || Object.is(value, -0)) bytes[at++] = MINUS;
  const whole = Math.floor(rounded / unit);
  let end = putInteger(whole, bytes, at);
  if (decimals === 0) return end;
  bytes[end] = POINT;
  end += decimals + 1;
  let rest = rounded - whole * unit;
  for (let i = end - 1, place = decimals; place > 0; place--, i--) {
    const tens = Math.floor(rest / 10);
    bytes[i] = ZERO + rest - 10 * tens;
    rest = tens;
  }
  return end;
}

/** toFixed rounds from the exact value too, but takes a tie away from zero where C takes it to the even side. */
function exactly(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals + TIE_DECIMALS);
  const kept = text.slice(0, -TIE_DECIMALS);
  const isTieAfterEven = /[02468]\.?$/.test(kept) && /^50*$/.test(text.slice(-TIE_DECIMALS));
  const rounded = isTieAfterEven ? kept.replace(/\.$/, '') : Math.abs(value).toFixed(decimals);
  return value < 0 ? `-${rounded}` : rounded;
}

function putText(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}
