import type { BlockDefinition } from './result.js';

/** Variants to each side of a block with which its LD is looked at one by one, at least, where the chromosome goes on so far. */
const REACH = 500;

/**
 * The neighbours of each block: the blocks before and after it on its chromosome, one to each side and more until they hold
 * {@link REACH} variants. Symmetric but for where blocks differ much in size.
 * @returns positions of blocks, ascending, the block itself not among them.
 */
export function neighboursOf(blocks: readonly BlockDefinition[]): number[][] {
  return blocks.map((_, k) => {
    const before = walk(blocks, k, -1);
    return [...before.reverse(), ...walk(blocks, k, 1)];
  });
}

function walk(blocks: readonly BlockDefinition[], k: number, step: 1 | -1): number[] {
  const found: number[] = [];
  let held = 0;
  for (let at = k; held < REACH; at += step) {
    // the later one of two blocks says whether LD can cross the cut between them
    const isCut = (step > 0 ? blocks[at + 1] : blocks[at])?.continues === true;
    if (!isCut || (at !== k && blocks[at].breaks.length > 0)) break;
    found.push(at + step);
    held += blocks[at + step].variants.length;
  }
  return found;
}
