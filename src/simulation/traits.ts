import { HeredityError } from '../errors.js';
import { product, sampleColumnStride } from '../genotypes/products.js';
import { sampleStandardised } from '../genotypes/standardise.js';
import type { VariantStatistics } from '../genotypes/statistics.js';
import type { GenotypeBlock } from '../genotypes/store.js';
import type { Kernels } from '../kernels/kernels.js';
import { sharedFloat32, sharedFloat64 } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { streamOf } from '../kernels/random-stream.js';

/** How a trait depends on the genotypes: sigma_i² in proportion to c_i w_i^gamma [f_i (1 - f_i)]^(1 + alpha) (METHODS 2.1). */
export interface Architecture {
  readonly h2: number;
  /** Causal variants (c_i = 1), drawn without replacement. @default every variant that varies */
  readonly causal?: number;
  /** Minor allele frequencies, ends included, of the variants that may be causal. @default [0, 0.5] */
  readonly causalFrequency?: readonly [number, number];
  /** How effects depend on frequency f: -1, not at all on the standardised scale. @default -1 */
  readonly alpha?: number;
  /** Power of the weights w, such as LDAK's. @default 0 */
  readonly gamma?: number;
}

export interface TraitOptions {
  readonly seed: number;
  /**
   * `expected`: the effect variances sum to h2, and noise has expected variance 1 - h2. `exact`: genetic values and
   * noise are rescaled to those sample variances, as the published simulations did. @default 'expected'
   */
  readonly scaling?: 'expected' | 'exact';
  /** Weight w_i of each variant, in the order of the blocks; needed where a gamma is not 0. */
  readonly weights?: Float64Array;
}

export interface SimulatedTrait {
  /** One value a sample. */
  readonly values: Float64Array;
  /** Per standardised genotype, in the order of the blocks; 0 where a variant is not causal. */
  readonly effects: Float64Array;
  /** h2 as asked for: the sum of the effect variances. */
  readonly expectedH2: number;
  /** Sample variance of the genetic values over that of the trait. */
  readonly realisedH2: number;
}

/** A block of variants and their statistics over the same samples. */
export interface TraitBlock {
  readonly block: GenotypeBlock;
  readonly statistics: VariantStatistics;
}

/**
 * Traits y = X beta + e of known heritability, X standardised over all samples, missing genotypes at the mean; all
 * traits in one pass over the genotypes. Trait t is a pure function of the seed, t, and the variants' places in the file.
 * Memory: 8 bytes a trait and variant, and 16 a trait and sample.
 * @throws HeredityError `degenerate-data` where fewer variants can be causal than asked for, or genetic values that
 *   should be rescaled do not vary.
 */
export async function simulateTraits(
  pool: KernelPool,
  blocks: readonly TraitBlock[],
  architectures: readonly Architecture[],
  options: TraitOptions,
): Promise<SimulatedTrait[]> {
  const { seed, scaling = 'expected', weights } = options;
  const variants = describeVariants(blocks, weights);
  const effects = architectures.map((architecture, t) =>
    drawEffects(pool.kernels, variants, architecture, seed, t),
  );
  const genetic = await geneticValues(pool, blocks, effects);
  return architectures.map(({ h2 }, t) => {
    const noise = new Float64Array(genetic[t]!.length);
    pool.kernels.normal(seed, streamOf('noise', t), 0, noise);
    let noiseScale = Math.sqrt(1 - h2);
    if (scaling === 'exact') {
      noiseScale = scaleTo(noise, 1 - h2);
      const geneticScale = scaleTo(genetic[t]!, h2);
      for (const values of [effects[t]!, genetic[t]!]) {
        for (const [i, x] of values.entries()) values[i] = x * geneticScale;
      }
    }
    const values = genetic[t]!.map((g, i) => g + noiseScale * noise[i]!);
    const realisedH2 = variance(genetic[t]!) / variance(values);
    return { values, effects: effects[t]!, expectedH2: h2, realisedH2 };
  });
}

/** The variants of all blocks. */
interface TraitVariants {
  /** Place in the file, ascending. */
  readonly index: Int32Array;
  readonly frequency: Float64Array;
  /** 1 where it varies among the samples. */
  readonly varies: Uint8Array;
  readonly weights: Float64Array | undefined;
}

function describeVariants(blocks: readonly TraitBlock[], weights: Float64Array | undefined): TraitVariants {
  const count = blocks.reduce((sum, { block }) => sum + block.variants.length, 0);
  if (weights !== undefined && weights.length !== count) {
    throw new HeredityError('internal', `${weights.length} weights were given for ${count} variants`);
  }
  const variants = {
    index: new Int32Array(count),
    frequency: new Float64Array(count),
    varies: new Uint8Array(count),
    weights,
  };
  let at = 0;
  for (const { block, statistics } of blocks) {
    for (const [v, index] of block.variants.entries()) {
      variants.index[at] = index;
      variants.frequency[at] = statistics.allele1Frequency(v);
      variants.varies[at] = statistics.variance(v) > 0 ? 1 : 0;
      at++;
    }
  }
  return variants;
}

/** One number for each variant of the file up to the last one that is used. */
const fileNumbers = ({ index }: TraitVariants): Float64Array => new Float64Array((index.at(-1) ?? -1) + 1);

/** Effects of trait t, as float32 holds them. */
function drawEffects(
  kernels: Kernels,
  variants: TraitVariants,
  architecture: Architecture,
  seed: number,
  t: number,
): Float64Array {
  const { h2, alpha = -1, gamma = 0 } = architecture;
  const { index, frequency: f, weights } = variants;
  if (gamma !== 0 && weights === undefined) throw new HeredityError('internal', 'gamma needs weights');
  const causal = chooseCausal(kernels, variants, architecture, seed, t);
  const variances = new Float64Array(index.length);
  let total = 0;
  for (const v of causal) {
    const weight = gamma === 0 ? 1 : weights![v]! ** gamma;
    variances[v] = weight * (f[v]! * (1 - f[v]!)) ** (1 + alpha);
    total += variances[v]!;
  }
  if (h2 > 0 && !(total > 0)) {
    throw new HeredityError('degenerate-data', 'no variant can have an effect', {
      fix: 'relax the choice of causal variants',
    });
  }
  const normal = fileNumbers(variants);
  kernels.normal(seed, streamOf('effects', t), 0, normal);
  const effects = new Float64Array(index.length);
  for (const v of causal)
    effects[v] = Math.fround(normal[index[v]!]! * Math.sqrt((h2 * variances[v]!) / total));
  return effects;
}

/** Causal variants, in ascending order: those with the smallest of random numbers. */
function chooseCausal(
  kernels: Kernels,
  variants: TraitVariants,
  architecture: Architecture,
  seed: number,
  t: number,
): number[] {
  const { causal, causalFrequency: [lowest, highest] = [0, 0.5] } = architecture;
  const { index, frequency, varies } = variants;
  const candidates: number[] = [];
  for (let v = 0; v < index.length; v++) {
    const minor = Math.min(frequency[v]!, 1 - frequency[v]!);
    if (varies[v] && minor >= lowest && minor <= highest) candidates.push(v);
  }
  if (causal === undefined) return candidates;
  if (candidates.length < causal) {
    throw new HeredityError('degenerate-data', 'there are too few variants that can be causal', {
      value: candidates.length,
      expected: `at least ${causal}`,
      fix: 'ask for fewer causal variants or widen their frequencies',
    });
  }
  const keys = fileNumbers(variants);
  kernels.uniform(seed, streamOf('causal', t), 0, keys);
  candidates.sort((a, b) => keys[index[a]!]! - keys[index[b]!]!);
  return candidates.slice(0, causal).sort((a, b) => a - b);
}

/** X beta of each trait, one pass over the blocks. */
async function geneticValues(
  pool: KernelPool,
  blocks: readonly TraitBlock[],
  effects: readonly Float64Array[],
): Promise<Float64Array[]> {
  const columns = effects.length;
  const { samples, stride } = blocks[0]!.block;
  const columnStride = sampleColumnStride({ stride });
  const out = sharedFloat64(columns * columnStride);
  let done = 0;
  for (const { block, statistics } of blocks) {
    const b = sharedFloat32(block.variants.length * columns);
    for (let v = 0; v < block.variants.length; v++) {
      for (let t = 0; t < columns; t++) b[v * columns + t] = effects[t]![done + v]!;
    }
    await product(pool, block, sampleStandardised(statistics), b, columns, out);
    done += block.variants.length;
  }
  return effects.map((_, t) => out.slice(t * columnStride, t * columnStride + samples));
}

/** The factor that gives the values this sample variance. */
function scaleTo(values: Float64Array, wanted: number): number {
  if (wanted === 0) return 0;
  const found = variance(values);
  if (found > 0) return Math.sqrt(wanted / found);
  throw new HeredityError('degenerate-data', 'the simulated genetic values do not vary', {
    fix: 'add samples or causal variants',
  });
}

/** Sample variance with divisor n. */
function variance(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
}
