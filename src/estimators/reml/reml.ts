import type { KernelPool } from '../../kernels/pool.js';
import { chiSquareTail } from '../../linalg/distributions.js';
import { dot, orthonormalBasis, projectOut } from '../../linalg/orthonormal-basis.js';
import { completeDiagonalTiles, symmetricSubmatrix } from '../../linalg/symmetric-tiled.js';
import { type TiledLower, TiledWorkspace } from '../../linalg/tiled-lower.js';
import { Stages, weighing } from '../../progress.js';
import { partOf, type RunContext, silentRun } from '../../run.js';
import { groupByPeople, pick, sampleVariance } from '../people.js';
import {
  REML_DEFAULTS,
  type RemlFailure,
  type RemlFit,
  type RemlIteration,
  type RemlOptions,
} from './iteration.js';
import { remlManyGrms } from './many-grms.js';
import { reduceGrm, remlOneGrm } from './one-grm.js';

/** A number and its standard error. */
export interface WithError {
  readonly variance: number;
  readonly se: number;
}

export interface RemlComponent extends WithError {
  readonly name: string;
  /** Share of the phenotypic variance, σ_i² / V_p. */
  readonly h2: number;
  readonly h2Se: number;
  /** Whether the variance was held at its least value, just above 0. */
  readonly constrained: boolean;
}

/** Effect of a column that is taken out. */
export interface FixedEffect {
  /** 0 for the intercept, else the position of the covariate, counted from 1. */
  readonly column: number;
  readonly estimate: number;
  readonly se: number;
}

export interface RemlEstimate {
  readonly n: number;
  /** Columns taken out: intercept and covariates, less those that depend on others. */
  readonly covariates: number;
  /** One a relationship matrix. */
  readonly components: readonly RemlComponent[];
  readonly residual: WithError & { readonly constrained: boolean };
  readonly phenotypic: WithError;
  /** Sum of the components' shares. */
  readonly h2: number;
  readonly se: number;
  readonly logL: number;
  /** Without the components tested; null, and no test, where that fit has no answer. */
  readonly logL0: number | null;
  readonly lrt: number | null;
  readonly df: number;
  /** Half the tail of χ²(df), GCTA's convention for any df. */
  readonly p: number | null;
  readonly iterations: number;
  /** Intercept and covariates, by generalised least squares, in their own units. */
  readonly effects: readonly FixedEffect[];
  /** Covariance of the variances' estimates, residual last, row-major. */
  readonly covariance: Float64Array;
}

export type RemlResult =
  | RemlEstimate
  | { readonly n: number; readonly failure: RemlFailure; readonly iterations: number };

export const hasFailed = (result: RemlResult): result is Exclude<RemlResult, RemlEstimate> =>
  'failure' in result;

export interface RemlSettings extends RemlOptions {
  /** Positions of the components that the likelihood ratio test leaves out. */
  readonly tested: readonly number[];
}

/**
 * REML of many traits with some relationship matrices (METHODS 5.2, 5.3). Traits of the same people share all that can be
 * shared: with one matrix, one reduction serves them all.
 *
 * @param matrices over the same samples; not changed, but for what lies above the diagonal. @param names one a matrix.
 * @param traits one value a sample, NaN where missing. @param covariates columns over the samples, none missing.
 */
export async function estimateReml(
  pool: KernelPool,
  matrices: readonly TiledLower[],
  names: readonly string[],
  traits: readonly Float64Array[],
  covariates: readonly Float64Array[],
  settings: Partial<RemlSettings> = {},
  run: RunContext = silentRun,
): Promise<RemlResult[]> {
  const options: RemlSettings = { ...REML_DEFAULTS, tested: [0], ...settings };
  const results: RemlResult[] = [];
  const workspaces = matrices.map(() => new TiledWorkspace());
  const groups = groupByPeople(traits);
  const others = matrices.map((_, i) => i).filter((i) => !options.tested.includes(i));
  const phase = run.progress.phase('variance components', {
    total: groups.length * (others.length === 0 ? 1 : 2),
  });
  const own = partOf(run, weighing(phase, 1));
  for (const { people, members } of groups) {
    const columns = [new Float64Array(people.length).fill(1), ...covariates.map((own) => pick(own, people))];
    const { basis, dependent } = orthonormalBasis(columns);
    const keptColumns = columns.flatMap((_, c) => (dependent.includes(c) ? [] : [c]));
    const kept = keptColumns.map((c) => columns[c]);
    // GCTA's likelihood has log|X'V⁻¹X| of the columns as they are
    const logDeterminant = basis.reduce((sum, q, k) => sum + Math.log(Math.abs(dot(q, kept[k]))), 0);
    const y = members.map((t) => pick(traits[t], people));
    const chosen = (indices: readonly number[]) =>
      indices.map((i) => part(matrices[i], people, workspaces[i], indices.length === 1));
    const all = matrices.map((_, i) => i);
    const fits = await fitAll(pool, chosen(all), basis, y, options, own);
    const nullFits =
      others.length === 0
        ? y.map((values) => residualLikelihood(values, basis))
        : (await fitAll(pool, chosen(others), basis, y, { ...options, priors: undefined }, own)).map(
            ({ fit }) => fit?.logLikelihood,
          );
    for (const [k, t] of members.entries()) {
      const { fit, failure, iterations } = fits[k];
      results[t] = fit
        ? estimateOf(
            fit,
            names,
            people.length,
            basis.length,
            nullFits[k],
            all.length - others.length,
            logDeterminant,
            fixedEffects(fit, basis, kept, keptColumns),
          )
        : { n: people.length, failure: failure!, iterations };
    }
  }
  phase.end();
  return results;
}

/** Fits all traits of the same people. With one matrix, it is destroyed. */
async function fitAll(
  pool: KernelPool,
  matrices: readonly TiledLower[],
  basis: readonly Float64Array[],
  traits: readonly Float64Array[],
  { priors, ...rest }: Omit<RemlSettings, 'priors'> & { readonly priors?: readonly number[] | undefined },
  run: RunContext,
): Promise<RemlIteration[]> {
  const options: RemlOptions = { ...rest, ...(priors && { priors }) };
  const variances = traits.map(sampleVariance);
  if (matrices.length === 1) {
    const reduced = await reduceGrm(pool, matrices[0], basis, traits, run);
    return remlOneGrm(pool, reduced, variances, options);
  }
  const fits: RemlIteration[] = [];
  const stages = new Stages(run.progress);
  for (const [t, y] of traits.entries()) {
    const share = (iteration: number) =>
      stages.at('iterating', t + iteration / (iteration + 3), traits.length);
    fits.push(await remlManyGrms(pool, matrices, basis, y, variances[t], options, share));
  }
  stages.end();
  return fits;
}

/** The rows and columns of some people: a copy where they are not all, or where it will be destroyed. */
function part(
  matrix: TiledLower,
  people: Int32Array,
  workspace: TiledWorkspace,
  willBeDestroyed: boolean,
): TiledLower {
  const own =
    people.length === matrix.order && !willBeDestroyed
      ? matrix
      : symmetricSubmatrix(matrix, people, workspace);
  completeDiagonalTiles(own);
  return own;
}

/** Largest restricted log-likelihood with a residual alone, X as orthonormal columns. */
export function residualLikelihood(y: Float64Array, basis: readonly Float64Array[]): number {
  const residual = y.slice();
  projectOut(residual, basis);
  const freedom = y.length - basis.length;
  return (-freedom * (Math.log(dot(residual, residual) / freedom) + 1)) / 2;
}

/** Effects of the columns themselves from those of their orthonormal basis: X = Q R, so b = R⁻¹ Q'Xb. */
function fixedEffects(
  { effects, effectsCovariance }: RemlFit,
  basis: readonly Float64Array[],
  kept: readonly Float64Array[],
  positions: readonly number[],
): FixedEffect[] {
  const count = basis.length;
  const r = basis.map((q, k) => kept.map((x, c) => (c < k ? 0 : dot(q, x))));
  /** R⁻¹, upper triangular, a row after another from the last. */
  const inverse = r.map(() => new Float64Array(count));
  for (let i = count - 1; i >= 0; i--)
    for (let c = i; c < count; c++) {
      let sum = Number(i === c);
      for (let k = i + 1; k <= c; k++) sum -= r[i][k] * inverse[k][c];
      inverse[i][c] = sum / r[i][i];
    }
  return positions.map((column, c) => {
    const row = inverse[c];
    let variance = 0;
    for (let i = 0; i < count; i++)
      for (let k = 0; k < count; k++) variance += row[i] * row[k] * effectsCovariance[i * count + k];
    return { column, estimate: dot(row, effects), se: root(variance) };
  });
}

/**
 * Share of the phenotypic variance of some of the components, by the delta method: the gradient of Σ w σ² / Σ σ² is (w - share) / Σ σ².
 * @param variances residual last. @param covariance of their estimates, row-major. @param weights w, one a variance.
 */
export function varianceShare(
  variances: ArrayLike<number>,
  covariance: Float64Array,
  weights: readonly number[],
): { readonly value: number; readonly se: number } {
  const count = weights.length;
  let [total, part] = [0, 0];
  for (let i = 0; i < count; i++) {
    total += variances[i];
    part += weights[i] * variances[i];
  }
  const value = part / total;
  const gradient = weights.map((weight) => (weight - value) / total);
  let variance = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) variance += gradient[i] * gradient[j] * covariance[i * count + j];
  return { value, se: root(variance) };
}

/** Shares with their errors, and the likelihood ratio test, from a fit's variances (residual last) and their covariance. */
export function estimateOf(
  {
    variances,
    covariance,
    logLikelihood,
    iterations,
    constrained,
  }: Omit<RemlFit, 'effects' | 'effectsCovariance'>,
  names: readonly string[],
  n: number,
  covariates: number,
  nullLogLikelihood: number | undefined,
  df: number,
  logDeterminant: number,
  effects: readonly FixedEffect[] = [],
): RemlEstimate {
  const count = variances.length;
  const genetic = count - 1;
  const total = variances.reduce((sum, value) => sum + value, 0);
  const cov = (i: number, j: number) => covariance[i * count + j];
  const share = (isIn: (i: number) => boolean) =>
    varianceShare(
      variances,
      covariance,
      Array.from({ length: count }, (_, i) => Number(isIn(i))),
    );
  const all = share((i) => i < genetic);
  const logL = logLikelihood - logDeterminant;
  const logL0 = nullLogLikelihood === undefined ? null : nullLogLikelihood - logDeterminant;
  const lrt = logL0 === null ? null : Math.max(0, 2 * (logL - logL0));
  return {
    n,
    covariates,
    components: names.map((name, i) => {
      const { value, se } = share((j) => i === j);
      return {
        name,
        variance: variances[i],
        se: root(cov(i, i)),
        h2: value,
        h2Se: se,
        constrained: constrained[i],
      };
    }),
    residual: {
      variance: variances[genetic],
      se: root(cov(genetic, genetic)),
      constrained: constrained[genetic],
    },
    phenotypic: { variance: total, se: root(covariance.reduce((sum, value) => sum + value, 0)) },
    h2: all.value,
    se: all.se,
    logL,
    logL0,
    lrt,
    df,
    p: lrt === null ? null : chiSquareTail(lrt, df) / 2,
    iterations,
    effects,
    covariance,
  };
}

/** Rounding may leave a variance of sampling a hair below 0. */
const root = (variance: number): number => Math.sqrt(Math.max(0, variance));
