import { sharedFloat64 } from '../../../kernels/memory.js';
import { streamOf } from '../../../kernels/random-stream.js';
import type { Relationship } from './relationship.js';

/**
 * Random normal vectors, the same for every group of people; masked and projected.
 * @param groups group of each vector: all of the first, then all of the second, and so on, equally many each.
 * @param columns receives padded columns over samples, shared.
 */
export async function drawProbes(
  { data, projector }: Relationship,
  groups: readonly number[],
  seed: number,
  columns: Float32Array,
): Promise<void> {
  const { genotypes, design } = data;
  const vectors = groups.length / design.groups.length;
  const drawn = sharedFloat64(groups.length * design.stride);
  for (let p = 0; p < groups.length; p++) {
    const own = drawn.subarray(p * design.stride, p * design.stride + design.samples);
    genotypes.pool.kernels.normal(seed, streamOf('remlProbes', 0, p % vectors), 0, own);
  }
  await projector.project(drawn, groups, columns.subarray(0, drawn.length));
}
