import { type Design, groupBasis } from '../../association/design.js';
import { HeredityError } from '../../errors.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { commonToParts } from '../../parts/division.js';
import type { RunContext } from '../../run.js';
import { masked } from './cut-probes.js';
import type { GrePartition } from './partition.js';

/**
 * So many numbers are drawn for people and for variants, in whole vectors: few directions, those in which LD is all but singular, make most of
 * the traces, which are then known to about a tenth.
 */
const NUMBERS = 100_000;
const MOST_VECTORS = 32;
/** With more categories than that, genetic values are of all variants together: their forms cost the square of the number. */
const MOST_SEPARATE = 8;

/**
 * Classes of variants within which effects are taken as even: the categories and, where there are any, the variants in none. A variant of several
 * categories is shared out among them.
 */
export interface EffectClasses {
  readonly count: number;
  /** Share of each variant in each class, variants x classes, row-major: they add up to 1. */
  readonly shares: Float64Array;
  /** Sums of the shares. */
  readonly sizes: readonly number[];
}

function effectClasses({ names, weights }: GrePartition): EffectClasses {
  const categories = names.length;
  const variants = weights.length / categories;
  const isOutside = (j: number) =>
    weights.subarray(j * categories, (j + 1) * categories).every((w) => w === 0);
  const count = Array.from({ length: variants }, (_, j) => j).some(isOutside) ? categories + 1 : categories;
  const shares = new Float64Array(variants * count);
  const sizes = new Array<number>(count).fill(0);
  for (let j = 0; j < variants; j++) {
    const own = weights.subarray(j * categories, (j + 1) * categories);
    const total = own.reduce((sum, weight) => sum + weight, 0);
    for (let d = 0; d < count; d++) {
      const share = d < categories ? (total > 0 ? own[d] / total : 0) : total > 0 ? 0 : 1;
      shares[j * count + d] = share;
      sizes[d] += share;
    }
  }
  return { count, shares, sizes };
}

/** Random vectors of the people of the run: genetic values of each class, or of all variants, and noise. */
export interface CategoryVectors {
  /** Behind each other, as products take them: genetic values of each class, as often as they were drawn, then noise. */
  readonly columns: Float64Array;
  readonly count: number;
  /** Classes of the genetic values; 1 where they are of all variants together. */
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
 * One pass over the genotypes.
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
  const classes = effectClasses(partition);
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
  const classes = allClasses > MOST_SEPARATE ? 1 : allClasses;
  const draws = vectorsFor(variants, 1);
  return { classes, draws, genetic: draws * classes, noise: vectorsFor(samples, 2) };
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
  for (let j = 0; j < variants; j++)
    for (let t = 0; t < genetic; t++) {
      const share = classes === 1 ? 1 : shares[j * allClasses + (t % classes)];
      effects[j * genetic + t] = z[j * draws + Math.floor(t / classes)] * Math.sqrt(share);
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
