import { type Design, type DesignGroup, groupBasis } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { dot } from '../../linalg/orthonormal-basis.js';
import { masked } from './group-vectors.js';
import type { BlockDefinition } from './result.js';

// The random vectors of cut blocks: genetic values of the whole genome, and noise.

/** Vectors of one group of people, and what all blocks together make of them. */
export interface GroupProbes {
  /** ‖M g‖² / n of each random genetic value. */
  readonly norms: Float64Array;
  /** Vectors that are projected in full for the standard error: the first are genetic, the last noise. */
  readonly vectors: readonly Float64Array[];
  readonly genetic: number;
}

/** Random genetic values, and vectors of noise, that are projected in full: the error needs two digits. */
const ERROR_GENETIC = 4;
const ERROR_NOISE = 2;

/** Numbers of each block's variants, the same each time for a seed: variants x probes, row-major. */
export function drawNumbers(
  { pool }: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  probes: number,
  seed: number,
): Float64Array[] {
  return blocks.map(({ variants }, k) => {
    const numbers = sharedFloat64(variants.length * probes);
    pool.kernels.normal(seed, streamOf('probes', 0, k), 0, numbers);
    return numbers;
  });
}

/** g = sum over blocks of X_k z_k, in one pass. */
export async function geneticValues(
  genotypes: GenotypeOperator,
  blocks: readonly BlockDefinition[],
  z: readonly Float64Array[],
  probes: number,
): Promise<Float64Array> {
  const b = sharedFloat32(genotypes.count * probes);
  for (const [k, { variants }] of blocks.entries())
    for (const [j, position] of genotypes.positionsOf(variants).entries())
      for (let t = 0; t < probes; t++) b[position * probes + t] = z[k][j * probes + t];
  const out = sharedFloat64(probes * genotypes.columnStride);
  await genotypes.times(b, probes, out);
  return out;
}

export interface PreparedProbes {
  readonly kept: GroupProbes;
  /** All random genetic values, then the noise: the columns that blocks multiply. */
  readonly columns: Float32Array;
  readonly width: number;
}

export function prepareProbes(
  { pool }: GenotypeOperator,
  design: Design,
  group: DesignGroup,
  genetic: Float64Array,
  seed: number,
): PreparedProbes {
  const basis = groupBasis(design, group);
  const n = group.people.count - group.columns;
  const probes = genetic.length / design.stride;
  const noise = new Float64Array(ERROR_NOISE * design.samples);
  pool.kernels.normal(seed, streamOf('probes', 1), 0, noise);
  const values = Array.from({ length: probes }, (_, t) =>
    masked(genetic.subarray(t * design.stride, (t + 1) * design.stride), design, group, basis),
  );
  const noises = Array.from({ length: ERROR_NOISE }, (_, t) =>
    masked(noise.subarray(t * design.samples, (t + 1) * design.samples), design, group, basis),
  );
  const columns = sharedFloat32((probes + ERROR_NOISE) * design.stride);
  for (const [t, vector] of [...values, ...noises].entries()) columns.set(vector, t * design.stride);
  return {
    kept: {
      norms: Float64Array.from(values, (vector) => dot(vector, vector) / n),
      vectors: [...values.slice(0, ERROR_GENETIC), ...noises],
      genetic: Math.min(ERROR_GENETIC, probes),
    },
    columns,
    width: probes + ERROR_NOISE,
  };
}
