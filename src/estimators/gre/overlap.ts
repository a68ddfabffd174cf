import { type Design, type DesignGroup, groupBasis } from '../../association/design.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import { sharedFloat32, sharedFloat64 } from '../../kernels/memory.js';
import { streamOf } from '../../kernels/random-stream.js';
import { norm, projectOut } from '../../linalg/orthonormal-basis.js';
import type { BlockData } from './projection.js';

/**
 * Random genetic values of a block: probe t is X z_t with z ~ N(0, I) over the block's variants, the same numbers each
 * time for a seed. Projected on another block they estimate how much of one block's signal the other explains.
 * @returns probes padded vectors over samples, variance about the number of variants.
 */
export async function blockProbes(
  data: BlockData,
  blockIndex: number,
  probes: number,
  seed: number,
): Promise<Float64Array[]> {
  const { genotypes, design } = data;
  const numbers = new Float64Array(genotypes.count * probes);
  genotypes.pool.kernels.normal(seed, streamOf('probes', blockIndex), 0, numbers);
  const z = sharedFloat32(numbers.length);
  z.set(numbers);
  const out = sharedFloat64(probes * design.stride);
  await genotypes.times(z, probes, out);
  return Array.from({ length: probes }, (_, t) => out.subarray(t * design.stride, (t + 1) * design.stride));
}

/**
 * A probe as a vector to project: the people of the group only, intercept and covariates out, squared norm n.
 * Its squared norm before scaling is the weight of its share: the ratio of sums over probes is T_kl, while a mean of ratios
 * would be biased where few directions carry the variance, as among relatives.
 * @param vector padded, where it is written; may be the probe itself.
 */
export function prepareProbe(
  probe: Float64Array,
  design: Design,
  group: DesignGroup,
  basis: readonly Float64Array[] = groupBasis(design, group),
  vector = sharedFloat64(design.stride),
): { vector: Float64Array; weight: number } {
  for (let i = 0; i < design.samples; i++) vector[i] = maskHas(group.people, i) ? probe[i] : 0;
  projectOut(vector, basis);
  const weight = norm(vector) ** 2;
  return { vector: scaleToDegreesOfFreedom(vector, group.people.count - group.columns), weight };
}

/** The vector with squared norm n, in place. */
export function scaleToDegreesOfFreedom(vector: Float64Array, n: number): Float64Array {
  const length = norm(vector);
  const scale = length > 0 ? Math.sqrt(n) / length : 0;
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return vector;
}
