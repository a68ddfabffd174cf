import type { Cohort } from '../../cohort/cohort.js';
import { defineComponents } from '../../cohort/components.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { checkComponents } from '../../estimators/components.js';
import type { GrePartition } from '../../estimators/gre/partition.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { blockLabels } from '../../linalg/jackknife.js';
import { LossTable } from '../../provenance.js';
import type { RecordedRun } from '../../run.js';
import type { GreFlags } from './flags.js';

/** Blocks of variants that the jackknife leaves out in turn, where there are as many variants. */
const JACKKNIFE_BLOCKS = 100;

/**
 * The categories of a run, over all of its variants: those in no category stay in the model, so that nobody takes their signal over.
 * @throws HeredityError `degenerate-data` for categories without variants or with the same ones, or too few variants.
 */
export async function grePartition(cohort: Cohort, flags: GreFlags, run: RecordedRun): Promise<GrePartition> {
  const { variants } = cohort;
  if (variants.length < 2)
    throw new HeredityError('degenerate-data', 'a partition needs two variants at least', {
      fix: 'relax the filters',
    });
  const variantLosses = new LossTable(variants.length);
  const { components, variants: own } = await defineComponents(flags, { ...cohort, variantLosses }, run);
  const { names } = components;
  const count = names.length;
  const weights = sharedFloat64(variants.length * count);
  const rows = new Map(Array.from(own, (variant, row) => [variant, row] as const));
  let outside = 0;
  for (const [position, variant] of variants.entries()) {
    const row = rows.get(variant);
    if (row === undefined) outside++;
    else weights.set(components.weights.subarray(row * count, (row + 1) * count), position * count);
  }
  if (outside > 0)
    run.log.info(
      `${formatCount(outside)} variants are in no part: they stay in the model, and their heritability is in the total only`,
    );
  const categories = { names, weights };
  checkComponents(categories);
  return { categories, jackknife: blockLabels(variants.length, JACKKNIFE_BLOCKS) };
}
