import type { Work } from '../kernels/rates.js';
import {
  LDAK_WEIGHT_DEFAULTS,
  type LdakWeightOptions,
  type LdakWeightResult,
  ldakWeights,
  ldakWeightsWork,
  WEIGHTS_HEAP,
} from '../ld/ldak-weights.js';
import { THIN_DEFAULTS, thinVariants } from '../ld/thin.js';
import { bandedR2Bytes, ldScoreWork } from '../ld/windowed-r2.js';
import { chromosomeStarts, variantWindows } from '../ld/windows.js';
import type { WindowReach } from '../options/window-flags.js';
import type { MemoryTerms } from '../plan.js';
import type { RunContext } from '../run.js';
import type { CountedVariants } from './counted-variants.js';

/**
 * Variants of the cohort that LDAK's thinning keeps, as indices in the file.
 * @param minR2 at which one of two variants within 100 kb is left out.
 */
export async function thinnedVariants(
  cohort: CountedVariants,
  memory: number,
  minR2: number,
  context: RunContext,
): Promise<Int32Array> {
  const { variants } = cohort;
  const windows = (reach: number) => windowsOf(cohort, { unit: 'kb', reach });
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

/** Refuses r² of neighbours that do not fit. */
export const pairsMemory = ({ requireMemory }: Pick<CountedVariants, 'requireMemory'>) =>
  requireMemory &&
  ((bytes: number) => requireMemory('r² of all pairs of neighbours, for LDAK weights,', bytes));

/** LDAK's window for weights. */
export const WEIGHT_WINDOW_KB = 100;

/** LDAK weights of some of the cohort's variants (indices in the file). */
export async function inSampleWeights(
  cohort: CountedVariants,
  variants: Int32Array,
  reach: WindowReach,
  memory: number,
  context: RunContext,
  options: Partial<LdakWeightOptions> = {},
): Promise<LdakWeightResult> {
  const { fileset } = cohort;
  const windows = variantWindows(fileset.variants, variants, reach, fileset.variantFile);
  const room = Math.max(0, memory - bandedR2Bytes(windows));
  const genotypes = await cohort.genotypes({ memory: room }, variants);
  const starts = chromosomeStarts(fileset.variants, variants);
  const result = await ldakWeights(
    genotypes,
    windows,
    starts,
    { ...LDAK_WEIGHT_DEFAULTS, onMemory: pairsMemory(cohort), ...options },
    context,
  );
  genotypes.close();
  return result;
}

/** Variants whose genotypes need not have been counted. */
export type ListedVariants = Pick<CountedVariants, 'fileset' | 'variants'>;

/** What {@link thinnedVariants} of so many people takes. */
export function thinningWork(open: ListedVariants, people: number): Work {
  return ldScoreWork(windowsOf(open, { unit: 'kb', reach: THIN_DEFAULTS.wideKb }), people);
}

/** What something takes, and the bytes that it holds beside the genotypes. */
export interface Needs {
  readonly work: Work;
  readonly memory: MemoryTerms;
}

/** {@link inSampleWeights} of so many people: of all variants, where thinning leaves fewer. */
export function inSampleWeightsNeeds(
  open: ListedVariants,
  { people, threads }: { readonly people: number; readonly threads: number },
  reach: WindowReach,
): Needs {
  const windows = windowsOf(open, reach);
  return {
    work: ldakWeightsWork(windows, people),
    memory: { pairs: bandedR2Bytes(windows), process: WEIGHTS_HEAP * threads },
  };
}

const windowsOf = ({ fileset, variants }: ListedVariants, reach: WindowReach) =>
  variantWindows(fileset.variants, variants, reach, fileset.variantFile);
