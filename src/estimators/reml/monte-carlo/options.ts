export interface MonteCarloOptions {
  /** Random vectors or simulated traits, at least 2. */
  readonly vectors: number;
  readonly seed: number;
  /** Of fits with one component; those with several take none of them, and hold every variance at or above 0. */
  readonly oneComponent: OneComponentOptions;
}

export interface OneComponentOptions {
  /** Change of an estimate, as a part of its standard error, at which the Lanczos recurrence stops. */
  readonly tolerance: number;
  readonly maxSteps: number;
  /** Keep variances from falling below 0. */
  readonly constrain: boolean;
}

export const MONTE_CARLO_DEFAULTS: MonteCarloOptions = {
  vectors: 30,
  seed: 1,
  oneComponent: { tolerance: 0.01, maxSteps: 300, constrain: true },
};
