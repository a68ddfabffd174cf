import { normalCdf, normalDensity } from '../../linalg/distributions.js';
import { integrate } from '../../linalg/quadrature.js';

/** Chances of a pair whose two liabilities are standard normal, correlated, and compared with one threshold. */
export interface QuadrantChances {
  /** Both above the threshold, exactly one of them, neither. They sum to 1. */
  readonly both: number;
  readonly one: number;
  readonly neither: number;
}

/**
 * P(both liabilities above the threshold) = Q(t)^2 + (1 / 2 pi) int_0^asin r exp(-t^2 / (1 + sin x)) dx, from
 * d P / d r = bivariate density at (t, t) and r = sin x. The integrand is smooth up to r = 1.
 */
export function quadrantChances(threshold: number, correlation: number): QuadrantChances {
  const above = normalCdf(-threshold);
  const area = integrate((x) => Math.exp(-(threshold ** 2) / (1 + Math.sin(x))), 0, Math.asin(correlation));
  const excess = area / (2 * Math.PI);
  const both = above * above + excess;
  return { both, one: 2 * (above * (1 - above) - excess), neither: (1 - above) ** 2 + excess };
}

/** d P(both above) / d correlation: the bivariate normal density at (threshold, threshold). */
export function quadrantCorrelationSlope(threshold: number, correlation: number): number {
  return Math.exp(-(threshold ** 2) / (1 + correlation)) / (2 * Math.PI * Math.sqrt(1 - correlation ** 2));
}

/** d P(both above) / d threshold. */
export function quadrantThresholdSlope(threshold: number, correlation: number): number {
  const other = normalCdf(-threshold * Math.sqrt((1 - correlation) / (1 + correlation)));
  return -2 * normalDensity(threshold) * other;
}
