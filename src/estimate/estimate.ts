import type { LossRecord } from '../provenance.js';
import { Z95 } from './interval.js';
import type { Warning } from './warnings.js';

/**
 * The one result type of every method. Commands, studies, the library, reports and files all take it, and none of them
 * knows a method: a table of nine methods is a loop over estimates.
 *
 * @example
 * const estimate: Estimate = {
 *   trait: 'bmi', method: 'gre', n: 337205, scale: 'observed', liability: null,
 *   estimand: { what: 'variance explained by the variants in this sample', assumption: 'none', ld: 'in-sample', … },
 *   h2: quantity(0.27, 0.007, 'analytic'),
 *   parts: [{ kind: 'block', id: 'chr1', variants: 46000, h2: quantity(0.02, 0.002, 'analytic') }],
 *   quantities: {}, diagnostics: { rank: 45981 }, warnings: [],
 * };
 */
export interface Estimate {
  readonly trait: string;
  /** Name in the catalogue of methods, such as `gre` or `ldms-mc`. */
  readonly method: string;
  /** People behind the estimate; the mean over variants where they differ, as in summary statistics. */
  readonly n: number;
  readonly estimand: Estimand;
  /** Heritability on {@link scale}; its value is null where there is none, and a warning says why. */
  readonly h2: Quantity;
  /** The scale of {@link h2} and of all parts. */
  readonly scale: 'observed' | 'liability';
  /** The same on the liability scale, where a prevalence is known. */
  readonly liability: LiabilityQuantity | null;
  /** What the heritability consists of, in order: blocks, components, categories. */
  readonly parts: readonly Part[];
  /** Other numbers about the trait with their errors, by name in the vocabulary: intercept, residual variance. */
  readonly quantities: Quantities;
  /** How the estimate came about: ranks, iterations, log-likelihoods. Names of one word, values as they are. */
  readonly diagnostics: Diagnostics;
  readonly warnings: readonly Warning[];
  /** What only this method has and no table shows, such as fitted submodels. */
  readonly details?: unknown;
  /** What another program would have said and written of it; in no document of ours. */
  readonly native?: NativeResult | undefined;
}

/** The same result as another program has it. */
export interface NativeResult {
  /** What it would have printed. */
  readonly text?: string;
  /** Variants that the trait lost. */
  readonly losses?: LossRecord;
  /** Its files, by what comes after the prefix and a dot. */
  readonly files: Readonly<Record<string, string>>;
}

/** A number with its standard error and 95 % interval. */
export interface Quantity {
  /** Null where there is no estimate. */
  readonly value: number | null;
  /** Always that of the number beside it; null where there is none. */
  readonly se: number | null;
  /** Symmetric unless it is a profile-likelihood interval. */
  readonly ci95: readonly [number, number] | null;
  readonly seKind: SeKind | null;
  /** P value of the null hypothesis that its definition in the vocabulary names. */
  readonly p?: number | null;
}

/** How a standard error came about (docs/outputs.md). */
export type SeKind =
  /** A formula for the estimator's sampling variance. */
  | 'analytic'
  /** The analytic formula with the terms that the spread over samples showed to be missing. */
  | 'calibrated'
  /** A block jackknife over variants or people. */
  | 'jackknife'
  /** Theory for even effects, with what a jackknife over variants finds beyond it. */
  | 'combined'
  /** Inverse of the average or expected information. */
  | 'information'
  /** Curvature of a likelihood at its maximum. */
  | 'curvature'
  /** Profile likelihood: the interval is exact, the standard error its local counterpart. */
  | 'profile'
  /** Ordinary least squares. */
  | 'least-squares'
  /** The delta method from errors of any of these kinds. */
  | 'delta'
  /** Random vectors alone: sampling error is not in it. */
  | 'probes'
  /** Spread over traits that were simulated on the same people. */
  | 'simulation';

export type Quantities = Readonly<Record<string, Quantity>>;
export type Diagnostics = Readonly<Record<string, number | string | boolean | null>>;

export interface LiabilityQuantity extends Quantity {
  /** Share of cases in the population and in the sample. */
  readonly prevalence: number;
  readonly ascertainment: number;
}

/** A part of the heritability. */
export interface Part {
  readonly kind: PartKind;
  readonly id: string;
  readonly variants: number | null;
  readonly h2: Quantity;
  /** Other numbers about the part: share, enrichment, coefficient, variance. */
  readonly quantities?: Quantities;
  readonly diagnostics?: Diagnostics;
}

export type PartKind =
  /** Variants that lie together: a chromosome, a block of weak LD. */
  | 'block'
  /** A variance component: variants with one distribution of effects, or A, C, D and E of a twin model. */
  | 'component'
  /** An annotation, which may overlap with others. */
  | 'category'
  /** A quantile of a continuous annotation. */
  | 'quantile'
  /** A cell type, tested beside a baseline. */
  | 'cell-type';

/** What is estimated and under which assumption: the numbers that make estimates of different methods differ. */
export interface Estimand {
  /** In a sentence: what the heritability is the share of. */
  readonly what: string;
  /** In a sentence: what the method takes for granted about effects. */
  readonly assumption: string;
  /** Where LD comes from. */
  readonly ld: 'in-sample' | 'reference' | 'none';
  /** What the standard error of the heritability is the spread around; null or absent where that is not known. */
  readonly spread?: Spread | null;
  /** Numbers of variants; null where the set plays no part. */
  readonly variants: {
    /** Whose LD is counted. */
    readonly reference: number | null;
    /** Whose statistics are used. */
    readonly regression: number | null;
    /** Whose heritability it is. */
    readonly heritability: number | null;
  };
}

/** One of the two questions that a standard error can answer (docs/reading-a-result.md). */
export type Spread =
  /** How far is the estimate from what these very effects explain among people like these? */
  | 'realised'
  /** How far is it from what the architecture explains, were effects drawn again? */
  | 'expected';

/** What the standard error of an estimate's number is the spread around; null where it is of random vectors alone, or not known. */
export function spreadOf({ estimand }: Pick<Estimate, 'estimand'>, { seKind }: Quantity): Spread | null {
  if (seKind === null || seKind === 'probes') return null;
  return seKind === 'jackknife' || seKind === 'combined' ? 'expected' : (estimand.spread ?? null);
}

/** Two traits of one run. */
export interface TraitPair {
  readonly trait1: string;
  readonly trait2: string;
  readonly method: string;
  /** Genetic correlation; its value is null where a heritability is not above 0. */
  readonly rg: Quantity;
  /** Genetic covariance, in units of both traits' standard deviations. */
  readonly covariance: Quantity;
  readonly quantities: Quantities;
  readonly diagnostics: Diagnostics;
  readonly warnings: readonly Warning[];
}

/** What a run found. */
export interface Findings {
  readonly estimates: readonly Estimate[];
  readonly pairs: readonly TraitPair[];
  /** About the run as a whole. */
  readonly warnings: readonly Warning[];
}

/** Names the documents in which findings are written; docs/schemas/result.schema.json is their schema. */
export const RESULT_SCHEMA = 'heredity/result@1';

/** @returns a number with the symmetric 95 % interval that its standard error gives. */
export function quantity(value: number | null, se: number | null, seKind: SeKind | null = null): Quantity {
  const usable = se !== null && Number.isFinite(se) ? se : null;
  const known = value !== null && Number.isFinite(value) ? value : null;
  if (known === null) return NOTHING;
  return {
    value: known,
    se: usable,
    ci95: usable === null ? null : [known - Z95 * usable, known + Z95 * usable],
    seKind: usable === null ? null : seKind,
  };
}

/** @returns a number whose interval is not symmetric, such as that of a profile likelihood. */
export function quantityWithin(
  value: number,
  se: number | null,
  ci95: readonly [number, number] | null,
  seKind: SeKind,
): Quantity {
  return { ...quantity(value, se, seKind), ci95, seKind };
}

/** No estimate. */
export const NOTHING: Quantity = { value: null, se: null, ci95: null, seKind: null };

/** @returns the quantity in other units: value, error and interval times the factor. */
export function scaled(q: Quantity, factor: number): Quantity {
  const times = (x: number | null) => (x === null ? null : x * factor);
  const ci95 = q.ci95 && ([q.ci95[0] * factor, q.ci95[1] * factor].sort((a, b) => a - b) as [number, number]);
  return { ...q, value: times(q.value), se: q.se === null ? null : q.se * Math.abs(factor), ci95 };
}
