import type { BlockDefinition } from './result.js';

/**
 * Some of the variants of a block, and the positions among them at which chromosomes start.
 * @param isLeft whether the variant at a position of the block stays.
 */
export function someOfBlock(
  { variants, breaks }: BlockDefinition,
  isLeft: (position: number) => boolean,
): Pick<BlockDefinition, 'variants' | 'breaks'> {
  const left = variants.filter((_, j) => isLeft(j));
  const moved = breaks.map((at) => variants.subarray(0, at).filter((_, j) => isLeft(j)).length);
  return { variants: left, breaks: [...new Set(moved)].filter((at) => at < left.length) };
}
