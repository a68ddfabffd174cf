import type { Cell } from './families.js';

/** A product of parameters and a number: `times` x the parameters at `of`, one or two of them. */
export interface Term {
  readonly times: number;
  readonly of: readonly [number] | readonly [number, number];
}

/** How much a measure takes of a factor: a sum of terms; none is 0. */
export type Loading = readonly Term[];

/**
 * A cause of differences of variance 1. Two measures covary by the product of their loadings: within a person whole, between members
 * of a pair by the part that they share.
 */
export interface Factor {
  /** By position of the cell. */
  readonly loadings: readonly Loading[];
  readonly shared: number;
}

/**
 * Every twin model here: covariances are sums over factors, and polynomials in the parameters. Path coefficients need no bounds, as
 * any of them gives a covariance matrix; a variance of 0 is a point like any other.
 */
export interface FactorModel<K> {
  readonly parameters: number;
  factors(cell: Cell<K>): readonly Factor[];
  /** False for points that stand for another model, such as those at which a correlation would change its sign. @default all */
  isAllowed?(point: Float64Array): boolean;
}

/** One parameter as it is, or times a number. */
export function loading(parameter: number, times = 1): Loading {
  return [{ times, of: [parameter] }];
}

/** The model with some parameters held at 0 and left out; those behind them move up. */
export function withoutParameters<K>(model: FactorModel<K>, places: readonly number[]): FactorModel<K> {
  const placeOf = (k: number) => k - places.filter((place) => place < k).length;
  const { isAllowed } = model;
  return {
    parameters: model.parameters - places.length,
    factors: (cell) =>
      model.factors(cell).map((factor) => ({
        ...factor,
        loadings: factor.loadings.map((own) =>
          own
            .filter(({ of }) => of.every((k) => !places.includes(k)))
            .map(
              ({ times, of }): Term => ({
                times,
                of: of.length === 1 ? [placeOf(of[0])] : [placeOf(of[0]), placeOf(of[1])],
              }),
            ),
        ),
      })),
    ...(isAllowed && { isAllowed: (point: Float64Array) => isAllowed(withZeros(point, places)) }),
  };
}

/** A point of {@link withoutParameters} as one of the whole model. */
export function withZeros(point: Float64Array, places: readonly number[]): Float64Array {
  let next = 0;
  return Float64Array.from({ length: point.length + places.length }, (_, k) =>
    places.includes(k) ? 0 : point[next++],
  );
}

/** The covariance of a cell's positions at a point, with what its derivatives need. */
export interface CellCovariance {
  readonly covariance: Float64Array;
  /** d covariance / d parameter, a matrix each. */
  readonly slopes: readonly Float64Array[];
  /** Sum over i and j of weights_ij d2 covariance_ij / d k d l, row-major in k and l. */
  curvature(weights: Float64Array): Float64Array;
}

export function covarianceOf(
  factors: readonly Factor[],
  positions: Cell<unknown>['positions'],
  point: Float64Array,
): CellCovariance {
  const order = positions.length;
  const size = point.length;
  const covariance = new Float64Array(order * order);
  const slopes = Array.from({ length: size }, () => new Float64Array(order * order));
  const expanded = factors.map(({ loadings, shared }) => ({
    shared,
    values: loadings.map((own) => own.reduce((sum, term) => sum + termValue(term, point), 0)),
    gradients: loadings.map((own) => gradientOf(own, point)),
  }));
  const share = (i: number, j: number, shared: number) =>
    positions[i].member === positions[j].member ? 1 : shared;
  for (const { shared, values, gradients } of expanded)
    for (let i = 0; i < order; i++)
      for (let j = 0; j < order; j++) {
        const s = share(i, j, shared);
        if (s === 0) continue;
        covariance[i * order + j] += s * values[i] * values[j];
        for (let k = 0; k < size; k++)
          slopes[k][i * order + j] += s * (gradients[i][k] * values[j] + values[i] * gradients[j][k]);
      }
  const curvature = (weights: Float64Array) => {
    const sum = new Float64Array(size * size);
    expanded.forEach(({ shared, values, gradients }, f) => {
      for (let i = 0; i < order; i++) {
        let pull = 0;
        for (let j = 0; j < order; j++) {
          const w = weights[i * order + j] * share(i, j, shared);
          if (w === 0) continue;
          pull += w * values[j];
          for (let k = 0; k < size; k++)
            for (let l = 0; l < size; l++) sum[k * size + l] += 2 * w * gradients[i][k] * gradients[j][l];
        }
        for (const { times, of } of factors[f].loadings[i]) {
          if (of.length === 1) continue;
          const [k, l] = of;
          sum[k * size + l] += 2 * pull * times;
          sum[l * size + k] += 2 * pull * times;
        }
      }
    });
    return sum;
  };
  return { covariance, slopes, curvature };
}

function termValue({ times, of }: Term, point: Float64Array): number {
  return of.length === 1 ? times * point[of[0]] : times * point[of[0]] * point[of[1]];
}

function gradientOf(own: Loading, point: Float64Array): Float64Array {
  const gradient = new Float64Array(point.length);
  for (const { times, of } of own) {
    if (of.length === 1) gradient[of[0]] += times;
    else {
      gradient[of[0]] += times * point[of[1]];
      gradient[of[1]] += times * point[of[0]];
    }
  }
  return gradient;
}
