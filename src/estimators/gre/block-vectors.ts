import { type Design, groupBasis } from '../../association/design.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { scaleToDegreesOfFreedom } from './overlap.js';
import { degreesOfFreedom } from './projection.js';

/**
 * The vectors that every block of a run projects: traits, written once, and room behind those of each group for random vectors, which each
 * block writes anew. All lie one behind another, group by group, so that products take them as they are: at 337,205 people copies of 22
 * traits for each block took as long as a tenth of its LD.
 */
export class BlockVectors {
  readonly #design: Design;
  readonly #traits: readonly (readonly Float64Array[])[];
  readonly #random: readonly (readonly Float64Array[])[];
  readonly #bases: Float64Array[][] = [];

  /** @param random random vectors of each group, in every block. */
  constructor(design: Design, random: readonly number[]) {
    this.#design = design;
    const { groups, stride } = design;
    const count = groups.reduce((sum, { residuals }, g) => sum + residuals.length + random[g], 0);
    const all = sharedFloat64(count * stride);
    let at = 0;
    const next = () => all.subarray(at, (at += stride));
    const rooms = groups.map(({ residuals }, g) => {
      const n = degreesOfFreedom(design, g);
      const traits = residuals.map((residual) => {
        const room = next();
        room.set(residual);
        return scaleToDegreesOfFreedom(room, n);
      });
      return { traits, random: Array.from({ length: random[g] }, next) };
    });
    this.#traits = rooms.map(({ traits }) => traits);
    this.#random = rooms.map(({ random: own }) => own);
  }

  /** Traits of a group, their squared norms its degrees of freedom. */
  traits(group: number): readonly Float64Array[] {
    return this.#traits[group];
  }

  /** Where random vectors of a group are written. */
  random(group: number): readonly Float64Array[] {
    return this.#random[group];
  }

  /** Intercept and covariates among the people of a group ({@link groupBasis}), made once. */
  basis(group: number): readonly Float64Array[] {
    this.#bases[group] ??= groupBasis(this.#design, this.#design.groups[group]);
    return this.#bases[group];
  }
}
