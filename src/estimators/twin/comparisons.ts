import { chiSquareTail } from '../../linalg/distributions.js';
import { choleskyFactor, choleskyInverse } from '../../linalg/small-dense.js';
import { type Bounds, componentColumn } from './components.js';
import { COMPONENTS, type ModelEstimate, varianceKey } from './models.js';
import type { Component } from './relatives.js';
import type { PairSums } from './strata.js';

/** A distribution of the test statistic under the restricted model: chi-squares with these weights. */
export type Mixture = readonly { readonly df: number; readonly weight: number }[];

/** A likelihood-ratio test of a restricted model against one that contains it. */
export interface Comparison {
  readonly model: string;
  readonly against: string;
  /** Rise of -2 lnL. */
  readonly lrt: number;
  /** Difference in parameters. */
  readonly df: number;
  readonly p: number;
  readonly mixture: Mixture;
}

/**
 * Likelihood-ratio tests of every model against every larger one that contains it, and against the saturated model.
 * Where components are bounded at 0, dropping one of them has the distribution 1/2 chi2(0) + 1/2 chi2(1), and dropping
 * two (1/2 - w) chi2(0) + 1/2 chi2(1) + w chi2(2) with w from the information matrix (Self and Liang 1987).
 */
export function compareModels(
  models: readonly ModelEstimate[],
  saturated: Fitted | undefined,
  bounds: Bounds,
  correlation: DroppedCorrelation,
): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const against of models) {
    for (const model of models) {
      const dropped = COMPONENTS.filter((c) => against.name.includes(c) && !model.name.includes(c));
      const nested = dropped.length === against.name.length - model.name.length && dropped.length > 0;
      if (!nested || dropped.length > 2) continue;
      const mixture =
        bounds === 'free' ? plain(dropped.length) : boundaryMixture(model, dropped, correlation);
      comparisons.push(compare(model, against, mixture));
    }
  }
  if (saturated) {
    for (const model of models) {
      const df = saturated.parameters - model.parameters;
      if (df > 0) comparisons.push(compare(model, saturated, plain(df)));
    }
  }
  return comparisons;
}

/** P(T > t) where T follows a mixture of chi-squares; 1 where t is 0 to rounding. */
function mixtureTail(t: number, mixture: Mixture): number {
  if (t < 1e-9) return 1;
  return mixture.reduce((sum, { df, weight }) => sum + weight * chiSquareTail(t, df), 0);
}

/**
 * Correlation of the estimates of two components that `restricted` lacks, at its fit, from the expected information of
 * the model with both.
 */
export type DroppedCorrelation = (restricted: ModelEstimate, dropped: readonly Component[]) => number;

/** A model as tests need it. */
export interface Fitted {
  readonly name: string;
  readonly minus2lnL: number;
  readonly parameters: number;
}

/** The test of a model against one that contains it. @param mixture of the statistic where the smaller model holds */
export function compare(model: Fitted, against: Fitted, mixture: Mixture): Comparison {
  // Below rounding of -2 lnL, a restricted fit may look better by some 1e-12.
  const lrt = Math.max(0, model.minus2lnL - against.minus2lnL);
  return {
    model: model.name,
    against: against.name,
    lrt,
    df: against.parameters - model.parameters,
    p: mixtureTail(lrt, mixture),
    mixture,
  };
}

function plain(df: number): Mixture {
  return [{ df, weight: 1 }];
}

function boundaryMixture(
  restricted: ModelEstimate,
  dropped: readonly Component[],
  correlation: DroppedCorrelation,
): Mixture {
  if (dropped.length === 1) return mix([0.5, 0.5]);
  const w = quadrantWeight(correlation(restricted, dropped));
  return mix([0.5 - w, 0.5, w]);
}

function mix(weights: readonly number[]): Mixture {
  return weights.map((weight, df) => ({ df, weight }));
}

/** P(both of two standard normals with this correlation are positive). */
function quadrantWeight(correlation: number): number {
  return 0.25 + Math.asin(correlation) / (2 * Math.PI);
}

/** {@link DroppedCorrelation} of models fitted to pairs. */
export function droppedCorrelation(sums: PairSums): DroppedCorrelation {
  return (restricted, dropped) => {
    const kept = COMPONENTS.filter((component) => restricted.name.includes(component));
    const columns = [...dropped, ...kept].map((component) => componentColumn(sums, component));
    const order = columns.length;
    const information = new Float64Array(order * order);
    sums.strata.forEach(({ count }, k) => {
      const v = kept.reduce(
        (sum, c, j) => sum + restricted[varianceKey(c)] * columns[dropped.length + j][k],
        0,
      );
      for (let i = 0; i < order; i++) {
        for (let j = 0; j < order; j++)
          information[i * order + j] += (count * columns[i][k] * columns[j][k]) / v ** 2;
      }
    });
    return firstPairCorrelation(information, order);
  };
}

/** Correlation of the first two parameters' estimates. The model was fitted, so its information has a factor. */
export function firstPairCorrelation(information: Float64Array, order: number): number {
  const inverse = choleskyInverse(choleskyFactor(information, order)!, order);
  return inverse[1] / Math.sqrt(inverse[0] * inverse[order + 1]);
}
