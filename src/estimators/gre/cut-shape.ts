import { largest } from '../../linalg/extremes.js';
import { tiledLowerBytes } from '../../linalg/tiled-lower.js';
import { neighboursOf } from './neighbours.js';
import type { BlockDefinition } from './result.js';

/** Whether LD can cross a cut between two of the blocks. */
export function sharesLd(blocks: readonly BlockDefinition[]): boolean {
  return blocks.some(({ continues }) => continues === true);
}

/** Whether the exact correction can be had: blocks of consecutive variants. */
export function canCorrect(blocks: readonly BlockDefinition[]): boolean {
  return blocks.every(({ variants }, k) => {
    const before = blocks[k - 1]?.variants;
    return before === undefined || before[before.length - 1] < variants[0];
  });
}

/** Memory of the exact correction, beside vectors: a block's factor, and its genotypes with those of the blocks near it. */
export function correctionBytes(rowStride: number, blocks: readonly BlockDefinition[]): number {
  const near = neighboursOf(blocks);
  return largest(
    blocks.map(({ variants }, k) => {
      const window = near[k].reduce((sum, l) => sum + blocks[l].variants.length, variants.length);
      return tiledLowerBytes(variants.length) + window * rowStride;
    }),
  );
}
