import { HeredityError } from '../errors.js';
import type { VariantTable } from '../formats/bim.js';
import { type WindowFlags, windowReach } from '../options/window-flags.js';
import {
  chromosomeStarts,
  gctaWindows,
  ldscWindows,
  takesInWholeChromosomes,
  variantWindows,
  type Windows,
} from './windows.js';

/** Exact windows, GCTA's blocks of so many kb, or LDSC's chunks of variants. */
export type WindowRule = 'exact' | 'gcta' | { readonly chunk: number };

/**
 * The windows that the flags ask for.
 * @throws HeredityError `usage` for windows of whole chromosomes, unless that is allowed.
 */
export function chooseWindows(
  flags: WindowFlags,
  { variants: bim, variantFile: file }: { readonly variants: VariantTable; readonly variantFile: string },
  variants: Int32Array,
  rule: WindowRule = 'exact',
): Windows {
  const reach = windowReach(flags);
  const windows =
    rule === 'gcta'
      ? gctaWindows(bim, variants, reach.reach, file)
      : rule === 'exact'
        ? variantWindows(bim, variants, reach, file)
        : ldscWindows(bim, variants, reach, rule.chunk, file);
  if (!flags.yesReally && takesInWholeChromosomes(windows, chromosomeStarts(bim, variants))) {
    throw new HeredityError('usage', 'the window takes in whole chromosomes', {
      value: reach.reach,
      expected: `a window in ${{ kb: 'thousands of base pairs', cm: 'centimorgans', snps: 'variants' }[reach.unit]} in which LD decays`,
      fix: 'use a smaller one, or pass --yes-really if this is meant',
    });
  }
  return windows;
}
