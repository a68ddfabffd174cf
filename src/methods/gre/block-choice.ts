import type { GreFlags } from './flags.js';

/**
 * The blocks of a run. `auto` stands for whole chromosomes where they are the only ones that make sense: conjugate gradients are for
 * large blocks, random values of each block for few, and the published implementation cuts nothing.
 */
export function blockChoice(flags: GreFlags): string {
  const { blocks, referenceCompatible, solver, crossBlock } = flags;
  const isWhole = referenceCompatible || crossBlock || solver === 'iterative';
  return blocks === 'auto' && isWhole ? 'chromosome' : blocks;
}
