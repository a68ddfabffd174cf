/**
 * Natural logarithm of the two-sided P value of Student's t: P(|T| >= |t|) with `df` degrees of freedom.
 *
 * P is the regularised incomplete beta function I_x(df/2, 1/2) at x = df / (df + t²). Working with its logarithm keeps
 * P values that no double can hold, which genome-wide scans meet. About 13 significant digits of P.
 */
export function studentLogP(t: number, df: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY; // a perfect fit
  const y = square / (df + square);
  const logX = -Math.log1p(square / df); // ln x, exact where x is near 1
  const logY = Math.log(y);
  if (y === 0) return 0;
  const a = df / 2;
  const b = 0.5;
  const logFront = a * logX + b * logY - logBetaHalf(a);
  // The continued fraction converges fast below the mean of the beta distribution; above it take the complement.
  if (1 - y < (a + 1) / (a + b + 2)) return logFront - Math.log(a) + Math.log(betaFraction(1 - y, a, b));
  return Math.log1p(-Math.exp(logFront - Math.log(b)) * betaFraction(y, b, a));
}

/** The t with P(|T| >= t) = p, `df` degrees of freedom; by bisection, as a handful are asked for in a run. */
export function studentTwoSided(p: number, df: number): number {
  const logP = Math.log(p);
  let high = 1;
  while (studentLogP(high, df) > logP) high *= 2;
  let low = 0;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentLogP(middle, df) > logP) low = middle;
    else high = middle;
  }
  return high;
}

/** Lentz's evaluation of the continued fraction of the incomplete beta function (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      d = 1 + coefficient * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + coefficient / c;
      if (Math.abs(c) < tiny) c = tiny;
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln B(a, 1/2) = ln Γ(a) + ln Γ(1/2) - ln Γ(a + 1/2); by recurrence upwards, then the asymptotic series of the ratio. */
function logBetaHalf(a: number): number {
  let sum = 0;
  while (a < 20) {
    sum += Math.log1p(0.5 / a); // Γ(a) / Γ(a + 1/2) = (a + 1/2) / a  Γ(a + 1) / Γ(a + 3/2)
    a++;
  }
  // ln Γ(a + 1/2) - ln Γ(a) = ½ ln a - 1/(8a) + 1/(192a³) - 1/(640a⁵) + 17/(14336a⁷) - …
  const r = 1 / (a * a);
  const series = (-1 / 8 + r * (1 / 192 + r * (-1 / 640 + r * (17 / 14336 + r * (-31 / 18432))))) / a;
  return sum + 0.5 * Math.log(Math.PI) - (0.5 * Math.log(a) + series);
}
