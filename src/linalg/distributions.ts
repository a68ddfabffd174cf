import { normalQuantile as wichuraQuantile } from '../kernels/typescript/random.js';
import { erfc } from './erfc.js';

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** P(Z <= x) for a standard normal Z; full relative precision in the lower tail. */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x / Math.SQRT2);
}

/** The x with P(Z <= x) = p; -Infinity at 0, Infinity at 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  return p < SMALLEST ? -normalTailQuantile(Math.log(p)) : wichuraQuantile(p);
}

/** Below it, the logarithm of P(Z <= x) is what has to be given. */
const SMALLEST = 1e-300;

/**
 * The x with log P(Z > x) = logP, for tails that no float64 holds; relative error below 1e-14.
 *
 * log P(Z > x) = -x²/2 - log(x √(2π)) + log(1 - 1/x² + 3/x⁴ - 15/x⁶ + ...) (Abramowitz and Stegun 26.2.12), solved by Newton's
 * steps; in these tails x is above 37.
 */
export function normalTailQuantile(logP: number): number {
  if (logP > LOG_SMALLEST) return -wichuraQuantile(Math.exp(logP));
  let x = Math.sqrt(-2 * logP);
  for (let step = 0; step < 4; step++) {
    const r = 1 / (x * x);
    const series = -r * (1 - r * (3 - r * (15 - r * (105 - r * 945))));
    const value = -0.5 * x * x - Math.log(x * Math.sqrt(2 * Math.PI)) + Math.log1p(series);
    // the derivative of log P(Z > x) is -density / tail, about -x - 1/x
    x += (value - logP) / (x + 1 / x);
  }
  return x;
}

const LOG_SMALLEST = Math.log(SMALLEST);

/** P(X > x) for a chi-square X with a whole number of degrees of freedom; 1 at df 0 and x <= 0, 0 at df 0 above. */
export function chiSquareTail(x: number, df: number): number {
  if (x <= 0) return 1;
  if (df === 0) return 0;
  // Q_{k+2} = Q_k + (x/2)^{k/2} e^{-x/2} / Gamma(k/2 + 1), from Q_1 or Q_2.
  const odd = df % 2 === 1;
  let tail = odd ? erfc(Math.sqrt(x / 2)) : Math.exp(-x / 2);
  let term = odd ? Math.exp(-x / 2) * Math.sqrt((2 * x) / Math.PI) : (Math.exp(-x / 2) * x) / 2;
  for (let k = odd ? 1 : 2; k < df; k += 2) {
    tail += term;
    term *= x / (k + 2);
  }
  return tail;
}
