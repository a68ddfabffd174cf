import type { Design } from '../../../association/design.js';
import { ColumnProjector } from '../../../association/project-columns.js';
import { type GenotypeOperator, PART_NUMBERS } from '../../../genotypes/operator.js';
import type { Digits } from '../../../kernels/digits.js';
import { sharedFloat64 } from '../../../kernels/memory.js';
import { componentSizes, type GeneticComponents } from '../../components.js';
import { sumVariants, VariantSums } from '../../he/variant-sums.js';

/** Genotypes, traits and components of a Monte Carlo REML. */
export interface RelationshipData {
  /** Of all people of the run. */
  readonly genotypes: GenotypeOperator;
  readonly design: Design;
  readonly components: GeneticComponents;
}

/** Digits that are as good as float32. */
export const FULL_DIGITS = 3;

/**
 * The relationship matrices K_k = X A_k X' / M_k of each component, known only by their products with columns over
 * samples, covariates projected out (M K M): nothing of people by people is formed.
 */
export class Relationship {
  readonly data: RelationshipData;
  readonly projector: ColumnProjector;
  /** M_k. */
  readonly sizes: Float64Array;

  constructor(data: RelationshipData) {
    this.data = data;
    this.projector = new ColumnProjector(data.genotypes.pool, data.design);
    this.sizes = componentSizes(data.components);
  }

  /**
   * `out := M sum_k f_ck K_k v_c` for each column c, in one pass over the genotypes.
   * @param v columns over samples, shared, already projected.
   * @param groups group of each column.
   * @param factors f_ck: columns x components.
   * @param digits in which products are made where those pay: three are as good as float32.
   * @param out columns over samples, shared; overwritten.
   */
  async apply(
    v: Float32Array,
    groups: readonly number[],
    factors: Float64Array,
    digits: Digits,
    out: Float64Array,
  ): Promise<void> {
    const { genotypes, components } = this.data;
    const columns = groups.length;
    const count = components.names.length;
    const scaled = sharedFloat64(columns * count);
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < count; k++) scaled[c * count + k] = factors[c * count + k] / this.sizes[k];
    await genotypes.normalTimes(v, columns, components, scaled, digits, out);
    const own = out.subarray(0, columns * genotypes.columnStride);
    await this.projector.project(own, groups, own);
  }

  /** X'v in one pass over the genotypes, part by part of the variants: `onPart(first, scores)`, variants x columns. */
  async scores(
    v: Float32Array,
    columns: number,
    onPart: (first: number, scores: Float64Array) => void,
  ): Promise<void> {
    const { genotypes } = this.data;
    const side = await genotypes.sampleSide(v, columns, FULL_DIGITS, genotypes.digitRoom);
    for await (const part of genotypes.parts(Math.floor(PART_NUMBERS / columns))) {
      const scores = sharedFloat64(part.count * columns);
      await part.transposeTimesSide(side, scores);
      onPart(part.first, scores);
    }
  }

  /** tr(M K_k M) of each group: groups x components, exact. */
  async traces(): Promise<Float64Array[]> {
    const { genotypes, design } = this.data;
    const withoutTraits = {
      ...this.data,
      design: { ...design, groups: design.groups.map((group) => ({ ...group, traits: [], residuals: [] })) },
      jackknife: new Int32Array(genotypes.count),
    };
    const sums = new VariantSums(withoutTraits, this.projector, false);
    await sumVariants(genotypes, sums);
    return sums.groups.map(({ traces }) => traces.map((trace, k) => trace / this.sizes[k]));
  }
}
