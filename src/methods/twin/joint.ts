import type { Estimate, TraitPair } from '../../estimate/estimate.js';
import type { BivariateFit } from '../../estimators/twin/bivariate.js';
import type { Comparison } from '../../estimators/twin/comparisons.js';
import type { ModerationFit } from '../../estimators/twin/moderation.js';
import type { SexLimitationFit } from '../../estimators/twin/sex-limitation.js';

/** Models of two traits. */
export interface BivariateAnalysis {
  readonly trait1: string;
  readonly trait2: string;
  readonly models: readonly BivariateFit[];
  readonly comparisons: readonly Comparison[];
  /** The model with the lowest AIC. */
  readonly preferred: string;
}

/** Models of one trait in two sexes. */
export interface SexAnalysis {
  readonly models: readonly SexLimitationFit[];
  readonly comparisons: readonly Comparison[];
  readonly preferred: string;
}

/** Models of one trait along a moderator. */
export interface ModerationAnalysis {
  readonly moderator: string;
  readonly models: readonly ModerationFit[];
  readonly comparisons: readonly Comparison[];
  readonly preferred: string;
}

/** What models of more than one trait, sex or age have found; the details of the estimates hold the same. */
export interface JointDetails {
  readonly bivariate?: readonly BivariateAnalysis[];
  readonly sexes?: SexAnalysis;
  readonly moderation?: ModerationAnalysis;
}

export interface JointAnswer {
  readonly estimates: readonly Estimate[];
  readonly pairs: readonly TraitPair[];
  readonly details: JointDetails;
}

/** The name of the model with the lowest AIC. */
export function lowestAic(models: readonly { readonly name: string; readonly aic: number }[]): string {
  return models.reduce((best, model) => (model.aic < best.aic ? model : best)).name;
}
