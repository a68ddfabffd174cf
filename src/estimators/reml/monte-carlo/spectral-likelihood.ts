import { choleskyFactor, choleskyInverse } from '../../../linalg/small-dense.js';
import type { Quadrature } from '../../../linalg/tridiagonal.js';

/**
 * The distribution of the eigenvalues of M K M over the n dimensions that the covariates leave, estimated by random
 * vectors; weights add up to 1.
 */
export class Spectrum implements Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  /** Random vectors behind it. */
  readonly vectors: number;
  readonly #logDeterminants = new Map<number, number>();

  /**
   * From one quadrature a random vector, weights tilted so that the mean is the exact one. For any function that is the
   * regression estimator with tr K as control variate: what moves with the mean is no random error any more.
   * @param mean tr(M K M) / n.
   */
  constructor(parts: readonly Quadrature[], mean: number) {
    this.vectors = parts.length;
    this.nodes = Float64Array.from(parts.flatMap((part) => [...part.nodes]));
    const weights = Float64Array.from(
      parts.flatMap((part) => Array.from(part.weights, (w) => w / parts.length)),
    );
    const plain = { nodes: this.nodes, weights };
    const observed = integrate(plain, (theta) => theta);
    const variance = integrate(plain, (theta) => (theta - observed) ** 2);
    const slope = variance > 0 ? (mean - observed) / variance : 0;
    this.weights = weights.map((w, k) => w * (1 + slope * (this.nodes[k] - observed)));
  }

  /** Mean of log(h θ + 1 - h); kept, as the points of a grid are the same for all traits. */
  logDeterminant(h: number): number {
    let value = this.#logDeterminants.get(h);
    if (value === undefined) {
      value = integrate(this, (theta) => Math.log1p(h * (theta - 1)));
      this.#logDeterminants.set(h, value);
    }
    return value;
  }
}

export function integrate({ nodes, weights }: Quadrature, f: (theta: number) => number): number {
  let sum = 0;
  for (let k = 0; k < nodes.length; k++) sum += weights[k] * f(nodes[k]);
  return sum;
}

/** Restricted likelihood of a trait with y'y = n under V = s² (h K + (1 - h) I), s² at its best for each h. */
export class SpectralLikelihood {
  readonly trait: Quadrature;
  readonly spectrum: Spectrum;
  /** Dimensions: people less columns projected out. */
  readonly n: number;

  /** @param trait weights add up to 1. */
  constructor(trait: Quadrature, spectrum: Spectrum, n: number) {
    this.trait = trait;
    this.spectrum = spectrum;
    this.n = n;
  }

  /** s² for a share h. */
  scale(h: number): number {
    return integrate(this.trait, (theta) => 1 / (1 + h * (theta - 1)));
  }

  /** log L, without the constant in 2π: -(log|M V M| + y'(M V M)⁻¹y) / 2. */
  value(h: number): number {
    return -0.5 * this.n * (Math.log(this.scale(h)) + this.spectrum.logDeterminant(h) + 1);
  }

  /** d log L / dh. */
  score(h: number): number {
    const fall = integrate(this.trait, (theta) => (theta - 1) / (1 + h * (theta - 1)) ** 2);
    const rise = integrate(this.spectrum, (theta) => (theta - 1) / (1 + h * (theta - 1)));
    return 0.5 * this.n * (fall / this.scale(h) - rise);
  }

  /** Where log L is largest between two bounds: the best point of a grid, made exact by bisection of the score. */
  maximise(low: number, high: number): number {
    const at = (k: number) => low + ((high - low) * k) / GRID;
    let best = 0;
    let most = -Infinity;
    for (let k = 0; k <= GRID; k++) {
      const value = this.value(at(k));
      if (value > most) [best, most] = [k, value];
    }
    let [from, to] = [at(Math.max(0, best - 1)), at(Math.min(GRID, best + 1))];
    if (best === 0 && this.score(low) <= 0) return low;
    if (best === GRID && this.score(high) >= 0) return high;
    for (let step = 0; step < BISECTIONS; step++) {
      const middle = (from + to) / 2;
      if (this.score(middle) > 0) from = middle;
      else to = middle;
    }
    return (from + to) / 2;
  }

  /** Sampling covariance of (σ²_g, σ²_e), row-major; zeros where the information is singular, as at the ends of h. */
  covariance(h: number): Float64Array {
    const factor = choleskyFactor(this.averageInformation(h), 2);
    return factor ? choleskyInverse(factor, 2) : new Float64Array(4);
  }

  /** Standard error of h by the delta method (METHODS 5.2), random error not included. */
  standardError(h: number): number {
    const covariance = this.covariance(h);
    const scale = this.scale(h);
    const [dg, de] = [(1 - h) / scale, -h / scale];
    const variance = dg * dg * covariance[0] + 2 * dg * de * covariance[1] + de * de * covariance[3];
    return Math.sqrt(Math.max(0, variance));
  }

  /**
   * Average information of (σ²_g, σ²_e) = s² (h, 1 - h), with y'y = n: y'P K P K P y / 2 and so on (METHODS 5.2), row-major.
   */
  averageInformation(h: number): Float64Array {
    const scale = this.scale(h);
    const of = (power: number) =>
      (this.n / 2 / scale ** 3) *
      integrate(this.trait, (theta) => theta ** power / (1 + h * (theta - 1)) ** 3);
    return Float64Array.of(of(2), of(1), of(1), of(0));
  }

  /**
   * What random vectors add to the sampling variance of h, as a share of it: a vector's estimate of the trace in the score has
   * the variance of the score itself, less what the calibrated mean explains, and B vectors a B-th of it.
   */
  randomShare(h: number): number {
    const g = (theta: number) => (theta - 1) / (1 + h * (theta - 1));
    const [meanG, mean] = [integrate(this.spectrum, g), integrate(this.spectrum, (theta) => theta)];
    const variance = integrate(this.spectrum, (theta) => (g(theta) - meanG) ** 2);
    const spread = integrate(this.spectrum, (theta) => (theta - mean) ** 2);
    const together = integrate(this.spectrum, (theta) => (g(theta) - meanG) * (theta - mean));
    const left = variance - (spread > 0 ? together ** 2 / spread : 0);
    return Math.max(0, left) / variance / this.spectrum.vectors;
  }
}

const GRID = 32;
/** Halvings of two grid steps: to the last digits of float64. */
const BISECTIONS = 45;
