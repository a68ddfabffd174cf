import { type Design, type DesignGroup, groupBasis } from '../../association/design.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';
import { maskHas } from '../../genotypes/sample-mask.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { projectOut } from '../../linalg/orthonormal-basis.js';

// Vectors of the people of one group, zero elsewhere.

/** The vector among the people of the group, intercept and covariates out. */
export function masked(
  values: Float64Array,
  design: Design,
  group: DesignGroup,
  basis: readonly Float64Array[],
): Float64Array {
  const vector = new Float64Array(design.stride);
  for (let i = 0; i < design.samples; i++) vector[i] = maskHas(group.people, i) ? values[i] : 0;
  projectOut(vector, basis);
  return vector;
}

/** X b of each column of effects (variants x columns, row-major), {@link masked} to a group. One pass over the genotypes. */
export async function maskedProducts(
  genotypes: GenotypeOperator,
  design: Design,
  g: number,
  effects: Float32Array,
  columns: number,
): Promise<Float64Array[]> {
  const out = sharedFloat64(columns * design.stride);
  await genotypes.times(effects, columns, out);
  const group = design.groups[g];
  const basis = groupBasis(design, group);
  return Array.from({ length: columns }, (_, c) =>
    masked(out.subarray(c * design.stride, (c + 1) * design.stride), design, group, basis),
  );
}
