import { leastCalibrated } from './probe-weights.js';

export interface MonteCarloOptions {
  /** Random vectors, at least 2. @default {@link vectorsFor} the components */
  readonly vectors?: number;
  readonly seed: number;
  /** Of fits with one component; those with several take none of them, and hold every variance at or above 0. */
  readonly oneComponent: OneComponentOptions;
}

/** Options with a number of vectors. */
export type ChosenOptions = MonteCarloOptions & { readonly vectors: number };

export interface OneComponentOptions {
  /** Change of an estimate, as a part of its standard error, at which the Lanczos recurrence stops. */
  readonly tolerance: number;
  readonly maxSteps: number;
  /** Keep variances from falling below 0. */
  readonly constrain: boolean;
}

export const MONTE_CARLO_DEFAULTS: MonteCarloOptions = {
  seed: 1,
  oneComponent: { tolerance: 0.01, maxSteps: 300, constrain: true },
};

/** Vectors whose error is a tenth of the standard error or so, with one component. */
const ENOUGH = 30;

/**
 * How many random vectors there are where none are asked for: with several components enough for their averages to be corrected
 * by the known traces, which halves their error.
 */
export function vectorsFor(components: number): number {
  return components === 1 ? ENOUGH : Math.max(ENOUGH, leastCalibrated(components));
}
