import { HeredityError } from '../errors.js';
import type { GrmFile } from '../formats/grm.js';
import { IdIndex } from '../formats/id-index.js';
import { sampleKey } from '../formats/sample-id.js';
import { createTiledLower, TILE, type TiledLower } from '../linalg/tiled-lower.js';

/** A matrix on file, for some samples in their order. */
export interface LoadedGrm {
  readonly matrix: TiledLower;
  /** Mean number of variants behind an element; undefined where it is not on file. */
  readonly variants: number | undefined;
}

/**
 * Reads the rows and columns of some samples, matched by ID.
 * @throws HeredityError `mismatch` where the matrix lacks one of them.
 */
export async function loadGrm(
  file: GrmFile,
  samples: { readonly familyId: readonly string[]; readonly individualId: readonly string[] },
): Promise<LoadedGrm> {
  const wanted = new IdIndex();
  for (const [i, family] of samples.familyId.entries())
    wanted.add(sampleKey(family, samples.individualId[i]));
  const place = Int32Array.from({ length: file.count }, (_, i) =>
    wanted.indexOf(sampleKey(file.familyId[i], file.individualId[i])),
  );
  const found = new Uint8Array(wanted.count);
  for (const to of place) if (to >= 0) found[to] = 1;
  const absent = found.indexOf(0);
  if (absent >= 0)
    throw new HeredityError(
      'mismatch',
      `the matrix lacks sample ${samples.familyId[absent]} ${samples.individualId[absent]}`,
      {
        file: `${file.prefix}.grm.id`,
        expected: 'the same samples in every matrix',
        fix: 'make all matrices from the same samples, or name those that all have with --keep',
      },
    );
  const matrix = createTiledLower(wanted.count);
  let variantSum = 0;
  let hasVariants = false;
  for await (const { firstRow, endRow, values, variants } of file.rows(true)) {
    if (variants) hasVariants = true;
    for (let row = firstRow, at = 0; row < endRow; at += ++row) {
      const to = place[row];
      if (to < 0) continue;
      for (let k = 0; k <= row; k++) {
        const other = place[k];
        if (other < 0) continue;
        const [high, low] = to > other ? [to, other] : [other, to];
        const panel = matrix.panels[Math.floor(high / TILE)];
        panel.values[(high % TILE) * panel.width + low] = values[at + k];
        if (variants) variantSum += variants[at + k];
      }
    }
  }
  const pairs = (wanted.count * (wanted.count + 1)) / 2;
  return { matrix, variants: hasVariants ? variantSum / pairs : undefined };
}
