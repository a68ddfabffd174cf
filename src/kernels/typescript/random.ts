import type { Kernels } from '../kernels.js';

/**
 * Philox 4x32-10 (Salmon et al., SC 2011): four words from a key of two and a counter of four.
 * Products of 32-bit words are put together from 16-bit halves, which float64 holds exactly.
 */
export function philox(key: readonly [number, number], counter: readonly [number, number, number, number]): Uint32Array {
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
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0]!;

/** Natural logarithm of a positive normal number, operation by operation as in native/random.c. */
export function naturalLog(x: number): number {
  float[0] = x;
  let exponent = (floatWords[HIGH]! >>> 20) - 1023;
  floatWords[HIGH] = (floatWords[HIGH]! & 0xfffff) | 0x3ff00000;
  let m = float[0]!;
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 1 / 23;
  for (let k = 21; k >= 3; k -= 2) series = series * z + 1 / k;
  return exponent * 0.6931471805599453 + (2 * s + 2 * s * (z * series));
}

// Wichura's algorithm AS 241: numerator and denominator from the constant term up.
const CENTRAL = [
  [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561,
  ],
] as const;
const TAIL = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
    0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459, 0.0151986665636164571966,
    5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
] as const;
const FAR = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
    0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  [
    1, 0.59983220655588793769, 0.1369298809227358053, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
] as const;

const horner = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient);

const rational = (x: number, [numerator, denominator]: readonly (readonly number[])[]): number =>
  horner(x, numerator!) / horner(x, denominator!);

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
    out[k] = toUniform(words[2 * half]!, words[2 * half + 1]!);
  }
}

export const randomKernels = {
  uniform,

  normal(seed, stream, first, out) {
    uniform(seed, stream, first, out);
    for (let k = 0; k < out.length; k++) out[k] = normalQuantile(out[k]!);
  },
} satisfies Pick<Kernels, 'uniform' | 'normal'>;
