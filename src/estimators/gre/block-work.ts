import type { UnitWork } from '../../parts/division.js';
import type { SolverCost } from './choose-solver.js';
import type { BlockDefinition } from './result.js';

/** Variants of a block of which reading and multiplying costs as much as their LD. */
const READING = 2000;

/**
 * The work of all blocks.
 * @param solvers of each, where there was a choice, with about how long it takes; else LD is factored: about the square of their variants, and a
 *   good deal of reading.
 */
export function workOfBlocks(
  blocks: readonly BlockDefinition[],
  solvers?: readonly Pick<SolverCost, 'solver' | 'seconds'>[],
): UnitWork {
  return {
    name: 'blocks',
    weights: blocks.map(
      ({ variants }, k) => solvers?.[k].seconds ?? variants.length * (variants.length + READING),
    ),
    choices: blocks.map(({ id, variants }, k) => ({
      id,
      variants: variants.length,
      first: variants[0] ?? null,
      last: variants.at(-1) ?? null,
      ...(solvers && { solver: solvers[k].solver }),
    })),
  };
}
