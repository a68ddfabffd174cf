import type { GenotypeOperator } from '../genotypes/operator.js';
import { type RunContext, silentRun } from '../run.js';
import { r2Bands } from './windowed-r2.js';
import type { Windows } from './windows.js';

/** LDAK's defaults (METHODS 8.1): one of two variants within 100 kb with r² of at least .98 is left out. */
export const THIN_DEFAULTS = { r2: 0.98, narrowKb: 10, wideKb: 100 } as const;

/**
 * LDAK's thinning in two passes (METHODS 8.1): a variant is left out where one behind it, within the narrow window, has an r² of at
 * least `minR2` with it; then the same within the wide window, with those that are left.
 *
 * @param narrow windows within `wide`.
 * @returns 1 for each variant that is kept, else 0.
 */
export async function thinVariants(
  genotypes: GenotypeOperator,
  { narrow, wide }: { readonly narrow: Windows; readonly wide: Windows },
  minR2: number = THIN_DEFAULTS.r2,
  run: RunContext = silentRun,
): Promise<Uint8Array> {
  /** Pairs j < k that are too alike, one after another. */
  const alike: number[] = [];
  const options = { adjusted: false, label: 'thinning' };
  for await (const { first, variants, starts, values } of r2Bands(genotypes, wide, options, run)) {
    for (let i = 0; i < variants; i++) {
      const behind = first + i + 1;
      for (let at = starts[i]; at < starts[i + 1]; at++)
        if (values[at] >= minR2) alike.push(first + i, behind + at - starts[i]);
    }
  }
  const afterNarrow = new Uint8Array(genotypes.count).fill(1);
  for (let p = 0; p < alike.length; p += 2)
    if (alike[p + 1] <= narrow.last[alike[p]]) afterNarrow[alike[p]] = 0;
  const kept = afterNarrow.slice();
  for (let p = 0; p < alike.length; p += 2) if (afterNarrow[alike[p + 1]] === 1) kept[alike[p]] = 0;
  return kept;
}
