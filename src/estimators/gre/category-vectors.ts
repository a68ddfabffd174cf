import { type Design, groupBasis } from '../../association/design.js';
import { HeredityError } from '../../errors.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { commonToParts } from '../../parts/division.js';
import type { RunContext } from '../../run.js';
import { type EffectClasses, effectClasses, LEVELS, levelOf } from './effect-classes.js';
import { masked } from './group-vectors.js';
import type { GrePartition } from './partition.js';

/**
 * So many numbers are drawn for people and for variants, in whole vectors: few directions, those in which LD is all but singular, make most of
 * the traces, which are then known to about a tenth.
 */
const NUMBERS = 100_000;
const MOST_VECTORS = 32;
/** With more classes of variants than that, genetic values are of all in low and all in high LD: their forms cost the square of the number. */
const MOST_SEPARATE = 8;
/** Vectors, at least, by which variants are ordered by LD. */
const LD_VECTORS = 16;

/** Random vectors of the people of the run: genetic values of each genetic class, and noise. */
export interface CategoryVectors {
  /** Behind each other, as products take them: genetic values of each genetic class, as often as they were drawn, then noise. */
  readonly columns: Float64Array;
  readonly count: number;
  /** Genetic classes: the classes of effects or, where those are too many, low and high LD. */
  readonly classes: number;
  readonly genetic: number;
}

/** A partition with what its errors are measured by, before blocks are solved. */
export interface CategoryWork {
  readonly partition: GrePartition;
  readonly classes: EffectClasses;
  readonly vectors: CategoryVectors;
}

/**
 * Three passes over the genotypes.
 * @param memory for what blocks keep of the vectors, in bytes.
 * @throws HeredityError `resource` where that is not enough.
 */
export async function prepareCategories(
  genotypes: GenotypeOperator,
  partition: GrePartition,
  { seed, memory }: { readonly seed: number; readonly memory: number },
  run: RunContext,
): Promise<CategoryWork> {
  const forms = partition.names.length + 1;
  const ld = await commonToParts(run, 'order of variants by LD', () => roughLd(genotypes, seed));
  const classes = effectClasses(partition, ld);
  const { genetic, noise } = vectorCounts(genotypes, classes.count);
  const needed = genotypes.count * (genetic + noise) * forms * Float64Array.BYTES_PER_ELEMENT;
  if (needed > memory)
    throw new HeredityError('resource', 'the errors of so many categories do not fit in memory', {
      value: `${Math.floor(memory / 1e6)} MB`,
      expected: `at least ${Math.ceil(needed / 1e6)} MB`,
      fix: 'allow more with --memory, or take fewer categories',
    });
  const vectors = await commonToParts(run, 'random vectors of categories', () =>
    drawCategoryVectors(genotypes, classes, seed),
  );
  return { partition, classes, vectors };
}

const vectorsFor = (size: number, least: number) =>
  Math.max(least, Math.min(MOST_VECTORS, Math.ceil(NUMBERS / size)));

function vectorCounts({ count: variants, samples }: GenotypeOperator, allClasses: number) {
  const classes = allClasses > MOST_SEPARATE ? LEVELS : allClasses;
  const draws = vectorsFor(variants, 1);
  return { classes, draws, genetic: draws * classes, noise: vectorsFor(samples, 2) };
}

/** Of each variant about Σ r² with all others, over a factor, by what it shares with random genetic values: it orders variants. */
async function roughLd(genotypes: GenotypeOperator, seed: number): Promise<Float64Array> {
  const { count: variants, columnStride, pool } = genotypes;
  const draws = vectorsFor(variants, LD_VECTORS);
  const effects = sharedFloat32(variants * draws);
  const numbers = new Float64Array(variants * draws);
  pool.kernels.normal(seed, streamOf('categories', 2), 0, numbers);
  effects.set(numbers);
  const values = sharedFloat64(draws * columnStride);
  await genotypes.times(effects, draws, values);
  const scores = sharedFloat64(variants * draws);
  await genotypes.transposeTimes(values, draws, scores);
  return Float64Array.from({ length: variants }, (_, j) =>
    scores.subarray(j * draws, (j + 1) * draws).reduce((sum, score) => sum + score ** 2, 0),
  );
}

async function drawCategoryVectors(
  genotypes: GenotypeOperator,
  { count: allClasses, shares }: EffectClasses,
  seed: number,
): Promise<CategoryVectors> {
  const { count: variants, columnStride, samples, pool } = genotypes;
  const { classes, draws, genetic, noise } = vectorCounts(genotypes, allClasses);
  const z = new Float64Array(variants * draws);
  pool.kernels.normal(seed, streamOf('categories', 0), 0, z);
  const effects = sharedFloat32(variants * genetic);
  const own = new Float64Array(classes);
  for (let j = 0; j < variants; j++) {
    own.fill(0);
    for (let d = 0; d < allClasses; d++)
      own[classes === allClasses ? d : levelOf(d)] += shares[j * allClasses + d];
    for (let t = 0; t < genetic; t++)
      effects[j * genetic + t] = z[j * draws + Math.floor(t / classes)] * Math.sqrt(own[t % classes]);
  }
  const columns = sharedFloat64((genetic + noise) * columnStride);
  await genotypes.times(effects, genetic, columns.subarray(0, genetic * columnStride));
  for (let t = 0; t < noise; t++) {
    const at = (genetic + t) * columnStride;
    pool.kernels.normal(seed, streamOf('categories', 1, t), 0, columns.subarray(at, at + samples));
  }
  return { columns, count: genetic + noise, classes, genetic };
}

/** The vectors among the people of a group, covariates out, zero elsewhere. */
export function vectorsOfGroup(
  { columns, count }: CategoryVectors,
  design: Design,
  g: number,
): Float64Array[] {
  const group = design.groups[g];
  const basis = groupBasis(design, group);
  return Array.from({ length: count }, (_, t) =>
    masked(columns.subarray(t * design.stride, (t + 1) * design.stride), design, group, basis),
  );
}
