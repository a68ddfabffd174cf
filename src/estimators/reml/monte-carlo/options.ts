export interface MonteCarloOptions {
  /** Random vectors or simulated traits, at least 2. */
  readonly vectors: number;
  readonly seed: number;
  /** Change of an estimate, as a part of its standard error, at which the iteration stops. */
  readonly tolerance: number;
  /** Steps of the Lanczos recurrence or of a conjugate gradient solve at most. */
  readonly maxSteps: number;
  /** Keep variances from falling below 0; always so with several components. */
  readonly constrain: boolean;
}

export const MONTE_CARLO_DEFAULTS: MonteCarloOptions = {
  vectors: 30,
  seed: 1,
  tolerance: 0.01,
  maxSteps: 300,
  constrain: true,
};

export type RemlProgress = (stage: string, done: number, total: number) => void;
