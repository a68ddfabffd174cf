import { HeredityError } from '../../errors.js';
import { choleskyFactor, choleskyInverse, quadraticForm } from '../../linalg/small-dense.js';
import { type Bounds, type ComponentFit, fitComponents, type Held } from './components.js';
import { type Interval, profileInterval } from './profile.js';
import type { Component } from './relatives.js';
import { familyCount, type PairSums } from './strata.js';

/** Components in the order of model names, and the keys under which results list their variances and shares. */
export const COMPONENTS = ['A', 'C', 'D', 'E'] as const;
export type VarianceKey = `V${Component}`;
export type ShareKey = 'a2' | 'c2' | 'd2' | 'e2';
export type EstimateKey = VarianceKey | ShareKey;

export function varianceKey(component: Component): VarianceKey {
  return `V${component}`;
}

export function shareKey(component: Component): ShareKey {
  return `${component.toLowerCase()}2` as ShareKey;
}

/** A fitted model of the family ACDE. A component that the model lacks is 0, without a standard error. */
export interface ModelEstimate extends Readonly<Record<EstimateKey, number>> {
  readonly name: string;
  readonly minus2lnL: number;
  /** Free parameters, those of the mean included. */
  readonly parameters: number;
  readonly aic: number;
  readonly bic: number;
  /** From the inverse observed information (delta method for shares); null at the bound 0. */
  readonly se: Partial<Readonly<Record<EstimateKey, number | null>>>;
  /** Of a2 + d2; null where neither is free. */
  readonly geneticSe: number | null;
  /** 95 % profile-likelihood intervals of the model's components. */
  readonly ci95: Partial<Readonly<Record<EstimateKey, Interval>>>;
  /** Components held at the bound 0. */
  readonly atBound: readonly Component[];
  readonly means: readonly { readonly name: string; readonly value: number; readonly se: number }[];
}

export interface ModelOptions {
  readonly bounds?: Bounds;
  /** Profile-likelihood intervals; they cost some hundred small fits. @default true */
  readonly intervals?: boolean;
}

/**
 * Fits one model, such as `ACE` or `AE`, by maximum likelihood (METHODS 9.2).
 * @param name letters of {@link COMPONENTS}, E among them
 * @throws HeredityError `degenerate-data` where the relatives do not identify the model, or do not differ at all
 */
export function fitModel(name: string, sums: PairSums, options: ModelOptions = {}): ModelEstimate {
  const { bounds = 'bounded', intervals = true } = options;
  const components = COMPONENTS.filter((component) => name.includes(component));
  const fit = fitComponents(sums, components, bounds);
  if (!fit)
    throw new HeredityError('degenerate-data', `model ${name} has no positive variances on these data`);
  if (fit.fit.isDegenerate) {
    throw new HeredityError(
      'degenerate-data',
      'relatives do not differ at all: a variance of the model goes to 0',
      { fix: 'check that the two phenotype columns are not one column twice' },
    );
  }
  const parameters = components.length + sums.meanNames.length;
  const estimates: Partial<Record<EstimateKey, number>> = {};
  const total = [...fit.variances.values()].reduce((sum, value) => sum + value, 0);
  for (const component of COMPONENTS) {
    const variance = fit.variances.get(component) ?? 0;
    estimates[varianceKey(component)] = variance;
    estimates[shareKey(component)] = variance / total;
  }
  return {
    name,
    ...(estimates as Record<EstimateKey, number>),
    minus2lnL: fit.minus2lnL,
    parameters,
    aic: fit.minus2lnL + 2 * parameters,
    bic: fit.minus2lnL + parameters * Math.log(familyCount(sums)),
    ...standardErrors(components, fit),
    ci95: intervals ? profileIntervals(sums, components, bounds, fit) : {},
    atBound: components.filter((component) => !fit.interior.includes(component)),
    means: sums.meanNames.map((meanName, i) => ({
      name: meanName,
      value: fit.fit.means[i],
      se: Math.sqrt(fit.fit.meanCovariance[i * sums.meanNames.length + i]),
    })),
  };
}

function standardErrors(
  components: readonly Component[],
  { interior, fit }: ComponentFit,
): Pick<ModelEstimate, 'se' | 'geneticSe'> {
  const order = interior.length;
  // The Hessian is that of -2 lnL: the covariance is twice its inverse.
  const factor = choleskyFactor(fit.hessian, order);
  const covariance = factor && choleskyInverse(factor, order).map((value) => 2 * value);
  const total = fit.parameters.reduce((sum, value) => sum + value, 0);
  /** Standard error of the share of some components, by the delta method. */
  const shareError = (members: readonly Component[]) => {
    const isMember = interior.map((component) => members.includes(component));
    if (covariance === undefined || !isMember.includes(true)) return null;
    const part = fit.parameters.reduce((sum, value, i) => (isMember[i] ? sum + value : sum), 0);
    const gradient = fit.parameters.map((_, i) => ((isMember[i] ? 1 : 0) - part / total) / total);
    return Math.sqrt(Math.max(0, quadraticForm(covariance, order, gradient)));
  };
  const se: Partial<Record<EstimateKey, number | null>> = {};
  for (const component of components) {
    const j = interior.indexOf(component);
    const known = covariance !== undefined && j >= 0;
    se[varianceKey(component)] = known ? Math.sqrt(covariance[j * order + j]) : null;
    se[shareKey(component)] = shareError([component]);
  }
  return { se, geneticSe: shareError(['A', 'D']) };
}

function profileIntervals(
  sums: PairSums,
  components: readonly Component[],
  bounds: Bounds,
  fit: ComponentFit,
): ModelEstimate['ci95'] {
  const total = [...fit.variances.values()].reduce((sum, value) => sum + value, 0);
  const minus2lnL = (held: Held) =>
    fitComponents(sums, components, bounds, held)?.minus2lnL ?? Number.POSITIVE_INFINITY;
  const [lowest, largest] =
    bounds === 'bounded' ? [0, 1] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const step = 4 / Math.sqrt(familyCount(sums));
  const intervals: Partial<Record<EstimateKey, Interval>> = {};
  for (const component of components) {
    const variance = fit.variances.get(component)!;
    intervals[varianceKey(component)] = profileInterval(
      (value) => minus2lnL({ component, variance: value }),
      variance,
      fit.minus2lnL,
      step * total,
      [lowest, Number.POSITIVE_INFINITY],
    );
    // With no other component the share is 1, whatever the data.
    intervals[shareKey(component)] =
      components.length === 1
        ? [1, 1]
        : profileInterval(
            (value) => minus2lnL({ component, share: value }),
            variance / total,
            fit.minus2lnL,
            step,
            [lowest, largest],
          );
  }
  return intervals;
}
