import { HeredityError } from '../errors.js';
import { heterozygoteCode, sampleDominance } from '../genotypes/dominance.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import { HET, HOM_ALLELE1, HOM_ALLELE2, MISSING } from '../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import { defineTask } from '../kernels/pool.js';
import { streamOf } from '../kernels/random-stream.js';
import {
  type Architecture,
  describeVariants,
  drawDominance,
  drawEffects,
  type TraitEffects,
  type TraitVariants,
} from './effects.js';

export type { Architecture, TraitEffects } from './effects.js';

/** Something besides genotypes and chance that a trait depends on: a covariate, or a group or principal component. */
export interface CovariateEffect {
  /** One value a sample; standardised before it is added. */
  readonly values: Float64Array;
  /** Part of the trait's variance that it explains. */
  readonly share: number;
}

export interface TraitOptions {
  readonly seed: number;
  /**
   * `expected`: the effect variances sum to h2, and noise has expected variance 1 - h2 (less the shares of covariates).
   * `exact`: genetic values and noise are rescaled to those sample variances, as the published simulations did.
   * @default 'expected'
   */
  readonly scaling?: 'expected' | 'exact';
  /** Weight w_i of each variant; needed where a gamma is not 0. */
  readonly weights?: Float64Array;
  /** Every trait depends on these too. @default none */
  readonly covariates?: readonly CovariateEffect[];
  /** Number of the first trait, for many traits in several calls: trait t has its own random numbers. @default 0 */
  readonly first?: number;
  /**
   * Shared room for the values: a column a trait, {@link GenotypeOperator.columnStride} apart, which is zero from the
   * last sample on, as products take it. @default new
   */
  readonly out?: Float64Array;
  /** Receives the genetic values X beta of every trait, laid out like `out`. @default they are not kept */
  readonly geneticOut?: Float64Array;
}

export interface SimulatedTrait {
  /** One value a sample, in the shared room. */
  readonly values: Float64Array;
  readonly effects: TraitEffects;
  /** Of heterozygotes, beside what the copies do; undefined where there is no dominance. */
  readonly dominance: TraitEffects | undefined;
  /** Sample variance of the dominance. */
  readonly dominanceVariance: number;
  /** h2 as asked for: the sum of the effect variances. */
  readonly expectedH2: number;
  /** Sample variance of the genetic values over that of the trait. */
  readonly realisedH2: number;
  /** Sample variances (divisor n) of the genetic values and of the noise. */
  readonly geneticVariance: number;
  readonly noiseVariance: number;
}

/** Values that one thread adds noise to in a millisecond, for deciding on threads. */
const VALUES_PER_MS = 5e4;

/**
 * Traits y = X beta + D delta + covariates + e of known heritability and dominance, X standardised over all samples, missing genotypes at the
 * mean; all traits in one pass over the genotypes (two where genotypes are missing). Trait t is a pure function of the
 * seed, t, and the variants' places in the file: the same bits on any backend and number of threads. Memory: 12 bytes a
 * trait and causal variant, 4 a trait and variant, and 8 a trait and sample.
 * @throws HeredityError `degenerate-data` where fewer variants can be causal than asked for, or genetic values that
 *   should be rescaled do not vary; `usage` where h2 and the covariates explain more than everything.
 */
export async function simulateTraits(
  genotypes: GenotypeOperator,
  architectures: readonly Architecture[],
  options: TraitOptions,
): Promise<SimulatedTrait[]> {
  const { seed, scaling = 'expected', weights, covariates = [], first = 0, geneticOut } = options;
  const { pool, samples, columnStride } = genotypes;
  const out = options.out ?? sharedFloat64(architectures.length * columnStride);
  const columns = out.subarray(0, architectures.length * columnStride).fill(0);
  const variants = describeVariants(genotypes, weights);
  const effects = await drawEffects(pool, variants, architectures, seed, first);
  const offsets = await sumSteps(genotypes, effects, columns, COPIES);
  const dominance = await sumDominance(genotypes, variants, architectures, effects, seed, first);
  const added = covariateSum(covariates, samples);
  const explained = covariates.reduce((sum, { share }) => sum + share, 0);
  const calls = architectures.map(({ h2, dominance: ofDominance = 0 }, t) => {
    const noise = 1 - h2 - ofDominance - explained;
    if (noise < -1e-12) {
      throw new HeredityError(
        'usage',
        'heritability, dominance and covariates explain more than all variance',
        {
          value: h2 + ofDominance + explained,
          expected: 'at most 1',
          fix: 'lower one of them',
        },
      );
    }
    const plan: ColumnPlan = {
      seed,
      stream: streamOf('noise', first + t),
      samples,
      unit: effects[t].unit,
      offset: offsets[t],
      genetic: scaling === 'exact' ? h2 : undefined,
      noise: Math.max(0, noise),
    };
    const columnOf = (room: Float64Array) => room.subarray(t * columnStride, (t + 1) * columnStride);
    const genetic = geneticOut && columnOf(geneticOut);
    const beside = dominance[t] && {
      ...dominance[t],
      variance: scaling === 'exact' ? ofDominance : undefined,
    };
    return [plan, columnOf(columns), added, sharedFloat64(6), genetic, beside] as const;
  });
  await pool.run(finishColumn, calls, { milliseconds: (samples * calls.length) / VALUES_PER_MS });
  return calls.map(([, column, , found], t): SimulatedTrait => {
    const [unit, genetic, noise, total, dominanceUnit, dominanceVariance] = found;
    const { h2 } = architectures[t];
    if (scaling === 'exact' && h2 > 0 && !(genetic > 0)) {
      throw new HeredityError('degenerate-data', 'the simulated genetic values do not vary', {
        fix: 'add samples or causal variants',
      });
    }
    return {
      values: column.subarray(0, samples),
      effects: effects[t].inUnit(unit),
      dominance: dominance[t]?.effects.inUnit(dominanceUnit),
      dominanceVariance,
      expectedH2: h2,
      realisedH2: total > 0 ? genetic / total : 0,
      geneticVariance: genetic,
      noiseVariance: noise,
    };
  });
}

/** What a genotype counts for, whole numbers by its code, and the mean of a variant. */
interface StepCode {
  readonly codes: readonly (readonly [code: number, value: number])[];
  readonly mean: (statistics: VariantStatistics, variant: number) => number;
}

const COPIES: StepCode = {
  codes: [
    [HOM_ALLELE1, 1],
    [HOM_ALLELE2, -1],
  ],
  mean: (statistics, v) => statistics.centredMean(v),
};

const HETEROZYGOUS: StepCode = {
  codes: [[HET, 1]],
  mean: (statistics, v) =>
    statistics.present(v) === 0 ? 0 : statistics.counts[4 * v + HET] / statistics.present(v),
};

/** Dominance of a trait in steps, before it has its size. */
interface DominanceColumn {
  readonly column: Float64Array;
  readonly offset: number;
  readonly unit: number;
}

/**
 * Dominance of each trait, in steps of heterozygotes less what their copies predict of them (METHODS 13.1); undefined where it has none.
 */
async function sumDominance(
  genotypes: GenotypeOperator,
  variants: TraitVariants,
  architectures: readonly Architecture[],
  effects: readonly TraitEffects[],
  seed: number,
  first: number,
): Promise<((DominanceColumn & { readonly effects: TraitEffects }) | undefined)[]> {
  if (!architectures.some(({ dominance = 0 }) => dominance > 0)) return architectures.map(() => undefined);
  const { statistics, count, columnStride, pool } = genotypes;
  const sd = sharedFloat64(count);
  const slopes = Float64Array.from({ length: count }, (_, v) => {
    const values = sampleDominance(statistics, v);
    const { slope, heterozygote } = heterozygoteCode(values);
    if (heterozygote === 0) return 0;
    sd[v] = 1 / (2 * heterozygote); // of what is left of being heterozygous
    return slope / (2 * heterozygote);
  });
  const drawn = await drawDominance(pool, variants, sd, architectures, effects, seed, first);
  const none = { variants: new Int32Array(0), steps: new Int32Array(0) };
  const columns = sharedFloat64(architectures.length * columnStride);
  const ofHeterozygotes = await sumSteps(
    genotypes,
    drawn.map((own) => own ?? none),
    columns,
    HETEROZYGOUS,
  );
  const ofCopies = await sumSteps(
    genotypes,
    drawn.map((own) =>
      own
        ? {
            variants: own.variants,
            steps: own.steps.map((size, k) => Math.round(size * slopes[own.variants[k]])),
          }
        : none,
    ),
    columns,
    COPIES,
  );
  return drawn.map(
    (own, t) =>
      own && {
        effects: own,
        column: columns.subarray(t * columnStride, (t + 1) * columnStride),
        offset: ofHeterozygotes[t] + ofCopies[t],
        unit: own.unit,
      },
  );
}

/**
 * Adds up the steps of each person's alleles in `columns`: whole numbers, exact whatever adds them up in which order.
 * A missing genotype counts as the mean, to the nearest step.
 * @returns for each trait what is to be added to all samples for genotypes of mean 0.
 */
async function sumSteps(
  genotypes: GenotypeOperator,
  effects: readonly Pick<TraitEffects, 'variants' | 'steps'>[],
  columns: Float64Array,
  { codes, mean }: StepCode,
): Promise<Float64Array> {
  const count = effects.length;
  const { count: variants, statistics } = genotypes;
  const offsets = new Float64Array(count);
  const steps = sharedFloat32(variants * count);
  const meanSteps = sharedFloat32(variants * count);
  const present = sharedFloat32(4 * variants);
  const missing = sharedFloat32(4 * variants);
  let someMissing = false;
  for (let v = 0; v < variants; v++) {
    for (const [code, value] of codes) present[4 * v + code] = value;
    missing[4 * v + MISSING] = 1;
    someMissing ||= statistics.missing(v) > 0;
  }
  for (const [t, effect] of effects.entries()) {
    for (const [k, v] of effect.variants.entries()) {
      const size = effect.steps[k];
      const meanSize = size * mean(statistics, v);
      steps[v * count + t] = size;
      meanSteps[v * count + t] = Math.round(meanSize);
      offsets[t] -= meanSize;
    }
  }
  await genotypes.times(steps, count, columns, { values32: present });
  if (someMissing) await genotypes.times(meanSteps, count, columns, { values32: missing });
  return offsets;
}

/** Standardised covariates times the square roots of their shares, in shared memory. */
function covariateSum(covariates: readonly CovariateEffect[], samples: number): Float64Array | undefined {
  if (covariates.length === 0) return undefined;
  const sum = sharedFloat64(samples);
  for (const { values, share } of covariates) {
    const { mean, variance } = moments(values, samples);
    if (!(variance > 0)) {
      throw new HeredityError('degenerate-data', 'a covariate that traits should depend on does not vary', {
        fix: 'leave it out, or keep more samples',
      });
    }
    const scale = Math.sqrt(share / variance);
    for (let i = 0; i < samples; i++) sum[i] += scale * (values[i] - mean);
  }
  return sum;
}

/** How sums of steps become the values of a trait. */
interface ColumnPlan {
  readonly seed: number;
  readonly stream: number;
  readonly samples: number;
  readonly unit: number;
  readonly offset: number;
  /** Sample variance that the genetic values are to have; undefined where they stay as drawn. */
  readonly genetic: number | undefined;
  /** Variance of the noise: expected, or in the sample where `genetic` is given. */
  readonly noise: number;
}

/** Turns sums of steps into a trait; `found` receives unit, genetic variance, noise variance, trait variance, and unit and variance of the dominance. */
const finishColumn = defineTask(
  'finishTrait',
  (
    kernels,
    { seed, stream, samples, unit, offset, genetic, noise }: ColumnPlan,
    column: Float64Array,
    added: Float64Array | undefined,
    found: Float64Array,
    geneticColumn: Float64Array | undefined,
    dominance: (DominanceColumn & { readonly variance: number | undefined }) | undefined,
  ): void => {
    const steps = moments(column, samples);
    const exact = genetic !== undefined;
    const size = exact && steps.variance > 0 ? Math.sqrt(genetic / steps.variance) : unit;
    for (let i = 0; i < samples; i++) column[i] = size * (column[i] + offset);
    column.fill(0, samples); // the code for missing, which the padding has, may have counted
    geneticColumn?.set(column);
    const random = new Float64Array(samples);
    kernels.normal(seed, stream, 0, random);
    const { variance } = moments(random, samples);
    const noiseSize = Math.sqrt(exact && variance > 0 ? noise / variance : noise);
    found[0] = size;
    found[1] = moments(column, samples).variance;
    found[2] = noiseSize ** 2 * variance;
    for (let i = 0; i < samples; i++) column[i] += noiseSize * random[i] + (added?.[i] ?? 0);
    if (dominance) {
      const { column: own, offset: toMean, variance: wanted } = dominance;
      const inSteps = moments(own, samples).variance;
      const ownSize = wanted !== undefined && inSteps > 0 ? Math.sqrt(wanted / inSteps) : dominance.unit;
      for (let i = 0; i < samples; i++) column[i] += ownSize * (own[i] + toMean);
      found[4] = ownSize;
      found[5] = ownSize ** 2 * inSteps;
    }
    found[3] = moments(column, samples).variance;
  },
);

/** Mean and variance (divisor n) of the first `count` values. */
function moments(values: Float64Array, count: number): { mean: number; variance: number } {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i];
  mean /= count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (values[i] - mean) ** 2;
  return { mean, variance: variance / count };
}
