import { HeredityError } from '../errors.js';
import type { GenotypeOperator } from '../genotypes/operator.js';
import { sharedFloat64, sharedInt32 } from '../kernels/memory.js';
import { defineTask, type KernelPool } from '../kernels/pool.js';
import { streamOf } from '../kernels/random-stream.js';

/** How a trait depends on the genotypes: sigma_i² in proportion to c_i w_i^gamma [f_i (1 - f_i)]^(1 + alpha) (METHODS 2.1). */
export interface Architecture {
  readonly h2: number;
  /** Causal variants (c_i = 1), drawn without replacement from those that can have an effect. @default all of these */
  readonly causal?: number;
  /** Minor allele frequencies, ends included, of the variants that may be causal. @default [0, 0.5] */
  readonly causalFrequency?: readonly [number, number];
  /** How effects depend on frequency f: -1, not at all on the standardised scale. @default -1 */
  readonly alpha?: number;
  /** Power of the weights w, such as LDAK's. @default 0 */
  readonly gamma?: number;
  /** Share of the variance that is dominance of the causal variants, the same of each that shows all three genotypes. @default 0 */
  readonly dominance?: number;
}

/** What effects depend on of each variant, in shared memory. */
export interface TraitVariants {
  /** Place in the file, ascending. */
  readonly index: Int32Array;
  /** Of allele 1. */
  readonly frequency: Float64Array;
  /** Standard deviation of the allele counts; 0 where a variant does not vary. */
  readonly sd: Float64Array;
  readonly weights: Float64Array | undefined;
}

/**
 * Effects are at most so many steps: the kernels sum up to 512 variants in float32, which holds whole numbers up to 2^24.
 */
const MOST_STEPS = 2 ** 15;

/**
 * Effects of one trait: whole numbers of steps of one unit. So X beta is a sum of whole numbers, the same bits on every
 * backend, and what is written down reproduces it; the largest effect has 32,768 steps.
 */
export class TraitEffects {
  /** Positions of the causal variants among the genotypes' variants, ascending. */
  readonly variants: Int32Array;
  /** Effect of an allele 1 of each, in units. */
  readonly steps: Int32Array;
  readonly unit: number;
  readonly #sd: Float64Array;

  constructor(variants: Int32Array, steps: Int32Array, unit: number, sd: Float64Array) {
    this.variants = variants;
    this.steps = steps;
    this.unit = unit;
    this.#sd = sd;
  }

  /** Effect of one more allele 1 of causal variant k. */
  perAllele(k: number): number {
    return this.steps[k] * this.unit;
  }

  /** Effect of one standard deviation of the genotypes of causal variant k. */
  standardised(k: number): number {
    return this.perAllele(k) * this.#sd[this.variants[k]];
  }

  /** The same effects in another unit. */
  inUnit(unit: number): TraitEffects {
    return new TraitEffects(this.variants, this.steps, unit, this.#sd);
  }
}

/** How many variants are causal where a share of all is: the whole part of share * variants (METHODS 2.1). */
export function causalCount(variants: number, share: number): number {
  return Math.floor(variants * share + 1e-9); // 0.29 * 100 is 28.999…
}

export function describeVariants(
  { variants: indices, count, statistics }: GenotypeOperator,
  weights: Float64Array | undefined,
): TraitVariants {
  if (weights !== undefined && weights.length !== count) {
    throw new HeredityError('internal', `${weights.length} weights were given for ${count} variants`);
  }
  const variants = {
    index: sharedInt32(count),
    frequency: sharedFloat64(count),
    sd: sharedFloat64(count),
    weights: weights && sharedFloat64(count),
  };
  if (weights) variants.weights!.set(weights);
  for (const [v, index] of indices.entries()) {
    variants.index[v] = index;
    variants.frequency[v] = statistics.allele1Frequency(v);
    variants.sd[v] = Math.sqrt(statistics.variance(v));
  }
  return variants;
}

const drawEffectsTask = defineTask(
  'drawEffects',
  (
    kernels,
    variants: TraitVariants,
    candidates: Int32Array,
    { h2, alpha = -1, gamma = 0 }: Architecture,
    seed: number,
    stream: number,
    trait: number,
    causal: Int32Array,
    steps: Int32Array,
    unit: Float64Array,
  ): void => {
    const { index, frequency, sd, weights } = variants;
    const fileLength = index.at(-1)! + 1;
    if (causal.length === candidates.length) causal.set(candidates);
    else {
      const keys = new Float64Array(fileLength);
      kernels.uniform(seed, streamOf('causal', trait), 0, keys);
      chooseSmallest(keys, candidates, index, causal);
    }
    const variances = new Float64Array(causal.length);
    let total = 0;
    for (const [k, v] of causal.entries()) {
      const f = frequency[v];
      const weight = gamma === 0 ? 1 : weights![v] ** gamma;
      variances[k] = alpha === -1 ? weight : weight * (f * (1 - f)) ** (1 + alpha);
      total += variances[k];
    }
    if (h2 === 0 || total === 0) return;
    const normal = new Float64Array(fileLength);
    kernels.normal(seed, stream, 0, normal);
    const perAllele = variances; // the same room
    let largest = 0;
    for (const [k, v] of causal.entries()) {
      perAllele[k] = (normal[index[v]] * Math.sqrt((h2 * variances[k]) / total)) / sd[v];
      largest = Math.max(largest, Math.abs(perAllele[k]));
    }
    unit[0] = largest / MOST_STEPS;
    for (let k = 0; k < causal.length; k++) steps[k] = Math.round(perAllele[k] / unit[0]);
  },
);

/** Draws the effects of traits number `first`, `first` + 1, … */
export async function drawEffects(
  pool: KernelPool,
  variants: TraitVariants,
  architectures: readonly Architecture[],
  seed: number,
  first: number,
): Promise<TraitEffects[]> {
  const candidatesOf = candidateLists(variants);
  const calls = architectures.map((architecture, t) => {
    const candidates = candidatesOf(architecture);
    const causal = sharedInt32(architecture.causal ?? candidates.length);
    const steps = sharedInt32(causal.length);
    const stream = streamOf('effects', first + t);
    return [
      variants,
      candidates,
      architecture,
      seed,
      stream,
      first + t,
      causal,
      steps,
      sharedFloat64(1),
    ] as const;
  });
  await pool.run(drawEffectsTask, calls, {
    milliseconds: (architectures.length * variants.index.length) / 1e4,
  });
  return calls.map(([, , { h2 }, , , , causal, steps, unit]) => {
    if (h2 > 0 && unit[0] === 0) {
      throw new HeredityError('degenerate-data', 'every causal variant has weight 0', {
        fix: 'ask for more causal variants, or simulate with --gamma 0',
      });
    }
    return new TraitEffects(causal, steps, unit[0], variants.sd);
  });
}

/**
 * Draws effects of dominance of the causal variants: of being heterozygous, with the variance that this has beside the copies.
 * @param effects of the same traits. @param sd of each variant's dominance, 0 where it shows none, in shared memory.
 * @returns per trait; undefined where it has no dominance.
 * @throws HeredityError `degenerate-data` where no causal variant shows all three genotypes.
 */
export async function drawDominance(
  pool: KernelPool,
  variants: TraitVariants,
  sd: Float64Array,
  architectures: readonly Architecture[],
  effects: readonly TraitEffects[],
  seed: number,
  first: number,
): Promise<(TraitEffects | undefined)[]> {
  const calls = architectures.map(({ dominance = 0 }, t) => {
    const candidates = sharedInt32(effects[t].variants.length);
    const own = effects[t].variants.filter((v) => sd[v] > 0);
    if (dominance > 0 && own.length === 0)
      throw new HeredityError('degenerate-data', 'no causal variant can show dominance', {
        expected: 'all three genotypes of some of them',
        fix: 'ask for more causal variants, or more frequent ones (--cv-maf)',
      });
    candidates.set(own);
    const chosen = candidates.subarray(0, dominance > 0 ? own.length : 0);
    const [causal, steps] = [sharedInt32(chosen.length), sharedInt32(chosen.length)];
    const stream = streamOf('dominance', first + t);
    const even = { h2: dominance };
    return [
      { ...variants, sd },
      chosen,
      even,
      seed,
      stream,
      first + t,
      causal,
      steps,
      sharedFloat64(1),
    ] as const;
  });
  await pool.run(drawEffectsTask, calls, {
    milliseconds: (architectures.length * variants.index.length) / 1e4,
  });
  return calls.map(([, , { h2 }, , , , causal, steps, unit]) =>
    h2 > 0 ? new TraitEffects(causal, steps, unit[0], sd) : undefined,
  );
}

/**
 * Gives the variants that can be causal under an architecture: those that vary and have a frequency in its range, whatever
 * their weight (METHODS 2.1). Lists are made once for each range.
 */
function candidateLists(variants: TraitVariants): (architecture: Architecture) => Int32Array {
  const lists = new Map<string, Int32Array>();
  return ({ h2, causal, causalFrequency: [lowest, highest] = [0, 0.5], gamma = 0 }) => {
    if (gamma !== 0 && variants.weights === undefined)
      throw new HeredityError('internal', 'effects that depend on weights need weights');
    const key = `${lowest} ${highest}`;
    let list = lists.get(key);
    if (list === undefined) {
      const { frequency, sd } = variants;
      const fits = (v: number) => {
        const minor = Math.min(frequency[v], 1 - frequency[v]);
        return sd[v] > 0 && minor >= lowest && minor <= highest;
      };
      const chosen = Array.from(frequency.keys()).filter(fits);
      list = sharedInt32(chosen.length);
      list.set(chosen);
      lists.set(key, list);
    }
    if (list.length < (causal ?? 0)) {
      throw new HeredityError('degenerate-data', 'there are too few variants that can be causal', {
        value: list.length,
        expected: `at least ${causal}`,
        fix: 'ask for fewer causal variants or widen their frequencies',
      });
    }
    if (h2 > 0 && list.length === 0) {
      throw new HeredityError('degenerate-data', 'no variant can have an effect', {
        fix: 'relax the choice of causal variants',
      });
    }
    return list;
  };
}

/** Fills `chosen`, ascending, with those of the candidates that have the smallest keys. */
function chooseSmallest(
  keys: Float64Array,
  candidates: Int32Array,
  index: Int32Array,
  chosen: Int32Array,
): void {
  if (chosen.length === 0) return;
  const limit = Float64Array.from(candidates, (v) => keys[index[v]]).sort()[chosen.length - 1];
  let count = 0;
  for (const v of candidates) if (keys[index[v]] <= limit && count < chosen.length) chosen[count++] = v;
}
