import erfc from '@stdlib/math-base-special-erfc';

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
  if (p > 0.5) return -normalQuantile(1 - p);
  // Rational starting value of Abramowitz and Stegun 26.2.23 (error < 5e-4), then Halley steps on the exact function.
  const t = Math.sqrt(-2 * Math.log(p));
  let x = -(
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
  for (let step = 0; step < 3; step++) {
    const newton = (normalCdf(x) - p) / normalDensity(x);
    x -= newton / (1 + (x * newton) / 2);
  }
  return x;
}

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
