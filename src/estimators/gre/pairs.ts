import { leaveOneOutError } from '../../linalg/jackknife.js';
import { formVariance, type Moments, type TraitForm, type TraitMatrix } from './form-variance.js';

/** Two traits of the same people, as positions in the design. */
export type PairOfTraits = readonly [number, number];

/**
 * Genetic covariance and correlation of two traits measured on the same people. With b_i the marginal effects on trait i and r_P the
 * correlation of the traits, covariates removed, b₁'V⁺b₂ = ρ + (q/n) (r_P - ρ) on average in a block, as R² is for one trait, so
 *
 *     ρ_k = (n b₁'V⁺b₂ - q r_P) / (n - q),   ρ = sum of ρ_k,   r_g = ρ / √(h²₁ h²₂).
 */
export interface PairEstimate {
  /** People who have both traits. */
  readonly n: number;
  readonly covariates: number;
  /** r_P. */
  readonly phenotypic: number;
  /** Of both traits among these people. */
  readonly h2: readonly [WithError, WithError];
  readonly covariance: WithError;
  /** r_P - ρ. */
  readonly environmental: WithError;
  /** Undefined where a heritability is not above 0. */
  readonly rg?: WithError;
  /** What the errors hold: sampling, or the random genetic values only. */
  readonly errors: 'calibrated' | 'probes';
  /** The sum over blocks with what they share in it, where `covariance` has it taken out. */
  readonly plain?: number;
}

export interface WithError {
  readonly value: number;
  readonly se: number;
}

export interface PairValues {
  readonly h2: readonly [number, number];
  readonly covariance: number;
  readonly phenotypic: number;
}

export interface PairErrors {
  readonly covariance: number;
  readonly environmental: number;
  readonly rg: number | undefined;
}

/** @param product b₁'V⁺b₂. @param n people less columns projected out. */
export function blockCovariance(product: number, rank: number, phenotypic: number, n: number): number {
  return (n * product - rank * phenotypic) / (n - rank);
}

/** @returns undefined where a heritability is not above 0. */
function correlationOf({ h2, covariance }: PairValues): number | undefined {
  return h2[0] > 0 && h2[1] > 0 ? covariance / Math.sqrt(h2[0] * h2[1]) : undefined;
}

/**
 * Standard errors of covariance and correlation, with traits scaled to unit variance in the sample, by the delta method: both are forms
 * of {@link formVariance}. Where estimates are so far outside of what can be that a variance is below 0, they are put back inside for it.
 * @param genetic of each signal of the moments: covariance matrix of the two traits' genetic values.
 */
export function pairErrors(
  values: PairValues,
  genetic: readonly TraitMatrix[],
  moments: Moments,
  n: number,
): PairErrors {
  const errorOf = (form: TraitForm) => {
    const variance = formVariance(form, residualOf(values), genetic, moments, n);
    if (variance >= 0) return Math.sqrt(variance);
    const inside = putInside(values);
    const even = genetic.map(() => scaledBy(geneticOf(inside), 1 / genetic.length));
    return Math.sqrt(Math.max(0, formVariance(form, residualOf(inside), even, moments, n)));
  };
  return {
    covariance: errorOf(covarianceForm(values)),
    environmental: errorOf(environmentalForm(values)),
    rg: correlationOf(values) === undefined ? undefined : errorOf(correlationForm(values)),
  };
}

/** y₁'By₂ over the roots of both traits' squared norms. */
function covarianceForm({ covariance }: PairValues): TraitForm {
  return {
    m: [
      [0, 0.5],
      [0.5, 0],
    ],
    l: [
      [-covariance / 2, 0],
      [0, -covariance / 2],
    ],
  };
}

/** y₁'(I - B)y₂ over the roots of both traits' squared norms. */
function environmentalForm({ covariance, phenotypic }: PairValues): TraitForm {
  const rest = phenotypic - covariance;
  return {
    m: [
      [0, -0.5],
      [-0.5, 0],
    ],
    l: [
      [-rest / 2, 0.5],
      [0.5, -rest / 2],
    ],
  };
}

/** y₁'By₂ / √(y₁'By₁ y₂'By₂): traits may have any scale. */
function correlationForm(values: PairValues): TraitForm {
  const [first, second] = values.h2;
  const rg = correlationOf(values)!;
  const cross = 1 / (2 * Math.sqrt(first * second));
  return {
    m: [
      [-rg / (2 * first), cross],
      [cross, -rg / (2 * second)],
    ],
    l: [
      [0, 0],
      [0, 0],
    ],
  };
}

export function geneticOf({ h2, covariance }: PairValues): TraitMatrix {
  return [
    [h2[0], covariance],
    [covariance, h2[1]],
  ];
}

function residualOf({ h2, covariance, phenotypic }: PairValues): TraitMatrix {
  const rest = phenotypic - covariance;
  return [
    [1 - h2[0], rest],
    [rest, 1 - h2[1]],
  ];
}

function putInside({ h2, covariance, phenotypic }: PairValues): PairValues {
  const [first, second] = h2.map((value) => Math.min(1, Math.max(0, value)));
  const within = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));
  const genetic = within(covariance, Math.sqrt(first * second));
  const rest = within(phenotypic - genetic, Math.sqrt((1 - first) * (1 - second)));
  return { h2: [first, second], covariance: genetic, phenotypic: genetic + rest };
}

function scaledBy(matrix: TraitMatrix, factor: number): TraitMatrix {
  return matrix.map((row) => row.map((value) => factor * value));
}

/** Standard error that random genetic values leave in covariance and correlation, from what both are without each value. */
export function probeErrors(deleted: readonly PairValues[]): PairErrors {
  if (deleted.length < 2) return { covariance: 0, environmental: 0, rg: 0 };
  const correlations = deleted.map(correlationOf);
  const covariance = leaveOneOutError(deleted.map((values) => values.covariance));
  return {
    covariance,
    environmental: covariance,
    rg: correlations.every((rg) => rg !== undefined) ? leaveOneOutError(correlations) : undefined,
  };
}

/** Values of a pair with their errors. */
export function pairEstimate(
  values: PairValues,
  heritabilityErrors: readonly [number, number],
  errors: PairErrors,
): Pick<PairEstimate, 'h2' | 'covariance' | 'environmental' | 'rg'> {
  const rg = correlationOf(values);
  return {
    h2: [
      { value: values.h2[0], se: heritabilityErrors[0] },
      { value: values.h2[1], se: heritabilityErrors[1] },
    ],
    covariance: { value: values.covariance, se: errors.covariance },
    environmental: { value: values.phenotypic - values.covariance, se: errors.environmental },
    ...(rg !== undefined && { rg: { value: rg, se: errors.rg ?? Number.NaN } }),
  };
}
