import { createTiledLower, type TiledLower } from '../linalg/tiled-lower.js';
import type { RelationshipRows } from './merge.js';

/**
 * The matrix with relationships below the threshold at 0 (GCTA's --make-bK; the second matrix of Zaitlen et al. 2013): with it beside the
 * whole one, distant relationships show what the variants explain, and close ones what the pedigree does.
 * @returns the matrix, how many pairs of different people are left in it, and the spread of the relationships of all others around 0.
 */
export function relativesOnly(
  { order, panels }: TiledLower,
  threshold: number,
): { readonly relatives: TiledLower; readonly pairs: number; readonly spread: number } {
  const relatives = createTiledLower(order);
  let [pairs, square] = [0, 0];
  for (const [k, { values, height, width }] of panels.entries()) {
    const out = relatives.panels[k].values;
    for (let r = 0; r < height; r++) {
      const row = width - height + r;
      out[r * width + row] = values[r * width + row];
      for (let at = r * width; at < r * width + row; at++) {
        if (values[at] >= threshold) {
          out[at] = values[at];
          pairs++;
        } else square += values[at] ** 2;
      }
    }
  }
  const others = (order * (order - 1)) / 2 - pairs;
  return { relatives, pairs, spread: Math.sqrt(square / Math.max(1, others)) };
}

/** Rows of a matrix on their way to a file, the same done to them. */
export async function* relativesOnlyRows(
  rows: AsyncIterable<RelationshipRows>,
  threshold: number,
): AsyncGenerator<RelationshipRows> {
  for await (const { firstRow, endRow, values, variants } of rows) {
    const kept = values.slice();
    for (let row = firstRow, at = 0; row < endRow; at += ++row)
      for (let k = at; k < at + row; k++) if (!(kept[k] >= threshold)) kept[k] = 0;
    yield { firstRow, endRow, values: kept, variants };
  }
}
