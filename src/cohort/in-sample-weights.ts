import {
  LDAK_WEIGHT_DEFAULTS,
  type LdakWeightOptions,
  type LdakWeightResult,
  ldakWeights,
} from '../ld/ldak-weights.js';
import { THIN_DEFAULTS, thinVariants } from '../ld/thin.js';
import { chromosomeStarts, variantWindows, type WindowReach } from '../ld/windows.js';
import type { RecordedRun } from '../run.js';
import type { Cohort } from './cohort.js';

/**
 * Variants of the cohort that LDAK's thinning keeps, as indices in the file.
 * @param minR2 at which one of two variants within 100 kb is left out.
 */
export async function thinnedVariants(
  cohort: Cohort,
  memory: number,
  minR2: number,
  context: RecordedRun,
): Promise<Int32Array> {
  const { fileset, variants } = cohort;
  const windows = (reach: number) =>
    variantWindows(fileset.variants, variants, { unit: 'kb', reach }, fileset.paths.bim);
  const genotypes = await cohort.genotypes({ memory }, variants);
  const kept = await thinVariants(
    genotypes,
    { narrow: windows(THIN_DEFAULTS.narrowKb), wide: windows(THIN_DEFAULTS.wideKb) },
    minR2,
    context,
  );
  genotypes.close();
  return variants.filter((_, k) => kept[k] === 1);
}

/** LDAK weights of some of the cohort's variants (indices in the file). */
export async function inSampleWeights(
  cohort: Cohort,
  variants: Int32Array,
  reach: WindowReach,
  memory: number,
  context: RecordedRun,
  options: Partial<LdakWeightOptions> = {},
): Promise<LdakWeightResult> {
  const { fileset } = cohort;
  const windows = variantWindows(fileset.variants, variants, reach, fileset.paths.bim);
  const genotypes = await cohort.genotypes({ memory }, variants);
  const starts = chromosomeStarts(fileset.variants, variants);
  const result = await ldakWeights(
    genotypes,
    windows,
    starts,
    { ...LDAK_WEIGHT_DEFAULTS, ...options },
    context,
  );
  genotypes.close();
  return result;
}
