import type { Kernels } from '../kernels.js';

/**
 * Philox 4x32-10 (Salmon et al., SC 2011): four words from a key of two and a counter of four.
 * Products of 32-bit words are put together from 16-bit halves, which float64 holds exactly.
 */
export function philox(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): Uint32Array {
  let [key0, key1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0 >>> 0;
    key0 = (key0 + 0x9e3779b9) >>> 0;
    key1 = (key1 + 0xbb67ae85) >>> 0;
  }
  return Uint32Array.of(c0, c1, c2, c3);
}

/** Upper 32 bits of the product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}

const WORD = 2 ** 32;

/** Block `index` of a stream: the key is the seed, the counter is (index, stream), low words first. */
export function philoxBlock(seed: number, stream: number, index: number): Uint32Array {
  return philox(
    [seed >>> 0, Math.floor(seed / WORD)],
    [index >>> 0, Math.floor(index / WORD), stream >>> 0, Math.floor(stream / WORD)],
  );
}

/** An odd multiple of 2^-53 in (0, 1) from the upper 52 bits of two words. */
export function toUniform(low: number, high: number): number {
  return (2 * (high * 2 ** 20 + (low >>> 12)) + 1) * 2 ** -53;
}

const float = new Float64Array(1);
const floatWords = new Uint32Array(float.buffer);
/** Which of the two words holds the sign and the exponent. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0];

/** Natural logarithm of a positive normal number, operation by operation as in native/random.c. */
export function naturalLog(x: number): number {
  float[0] = x;
  let exponent = (floatWords[HIGH] >>> 20) - 1023;
  floatWords[HIGH] = (floatWords[HIGH] & 0xfffff) | 0x3ff00000;
  let m = float[0];
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 1 / 23;
  for (let k = 21; k >= 3; k -= 2) series = series * z + 1 / k;
  return exponent * Math.LN2 + (2 * s + 2 * s * (z * series));
}

// Wichura's algorithm AS 241: numerator and denominator from the constant term up.
const CENTRAL = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const TAIL = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const FAR = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

const horner = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient);

const rational = (x: number, [numerator, denominator]: readonly (readonly number[])[]): number =>
  horner(x, numerator) / horner(x, denominator);

/** Inverse of the standard normal distribution function on (0, 1). */
export function normalQuantile(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(0.180625 - q * q, CENTRAL);
  const r = Math.sqrt(-naturalLog(u < 0.5 ? u : 1 - u));
  const x = r <= 5 ? rational(r - 1.6, TAIL) : rational(r - 5, FAR);
  return u < 0.5 ? -x : x;
}

function uniform(seed: number, stream: number, first: number, out: Float64Array): void {
  let words: Uint32Array = new Uint32Array(4);
  for (let k = 0; k < out.length; k++) {
    const index = first + k;
    const half = index % 2;
    if (half === 0 || k === 0) words = philoxBlock(seed, stream, (index - half) / 2);
    out[k] = toUniform(words[2 * half], words[2 * half + 1]);
  }
}

export const randomKernels = {
  uniform,

  normal(seed, stream, first, out) {
    uniform(seed, stream, first, out);
    for (let k = 0; k < out.length; k++) out[k] = normalQuantile(out[k]);
  },
} satisfies Pick<Kernels, 'uniform' | 'normal'>;
