import type { UnitWork } from '../../division.js';
import type { BlockDefinition } from './gre.js';

/** Variants of a block of which reading and multiplying costs as much as their LD. */
const READING = 2000;

/**
 * The work of all blocks: about the square of their variants where LD is factored, and a good deal of reading.
 * @param solvers of each, where there was a choice.
 */
export function workOfBlocks(blocks: readonly BlockDefinition[], solvers?: readonly string[]): UnitWork {
  return {
    name: 'blocks',
    weights: blocks.map(({ variants }) => variants.length * (variants.length + READING)),
    choices: blocks.map(({ id, variants }, k) => ({
      id,
      variants: variants.length,
      first: variants[0] ?? null,
      last: variants.at(-1) ?? null,
      ...(solvers && { solver: solvers[k] }),
    })),
  };
}
