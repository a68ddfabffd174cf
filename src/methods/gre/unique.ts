import { type Estimate, type Quantity, quantity, type SeKind } from '../../estimate/estimate.js';
import type { GrePartition } from '../../estimators/gre/partition.js';
import type { BlockDefinition, TraitEstimate } from '../../estimators/gre/result.js';
import { someOfBlock } from '../../estimators/gre/some-of-block.js';
import { uniqueHeritability } from '../../estimators/gre/unique.js';
import type { GenotypeOperator } from '../../genotypes/operator.js';

/** The blocks without the variants of a category, those that are left with none left out; each starts where it did. */
export function blocksWithout(
  blocks: readonly BlockDefinition[],
  genotypes: GenotypeOperator,
  { names, weights }: GrePartition,
  category: number,
): BlockDefinition[] {
  let isSameChromosome = true; // as the last block that is left
  return blocks.flatMap((block) => {
    isSameChromosome &&= block.continues === true;
    const positions = genotypes.positionsOf(block.variants);
    const isLeft = (j: number) => weights[positions[j] * names.length + category] === 0;
    const some = someOfBlock(block, isLeft);
    if (some.variants.length === 0) return [];
    const continues = isSameChromosome;
    isSameChromosome = true;
    return [{ ...block, ...some, continues }];
  });
}

/** @param without of each category, the estimates of all traits without its variants. */
export function besideUnique(
  estimate: Estimate,
  trait: number,
  found: TraitEstimate,
  without: readonly (readonly TraitEstimate[])[],
  seKind: SeKind,
): Estimate {
  const unique = (category: number): Quantity => {
    const { value, se } = uniqueHeritability(found, without[category][trait]);
    return quantity(value, se, found.corrected ? 'calibrated' : seKind);
  };
  return {
    ...estimate,
    parts: estimate.parts.map((part, c) => ({
      ...part,
      quantities: { ...part.quantities, unique: unique(c) },
    })),
  };
}
