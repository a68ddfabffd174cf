import { type ComponentFlags, defineComponents } from '../../cohort/components.js';
import type { Dataset } from '../../cohort/dataset.js';
import { HeredityError } from '../../errors.js';
import { formatCount } from '../../estimate/number.js';
import { checkComponents } from '../../estimators/components.js';
import type { GrePartition } from '../../estimators/gre/partition.js';
import type { TraitEstimate } from '../../estimators/gre/result.js';
import { sharedFloat64 } from '../../kernels/memory.js';
import { LossTable } from '../../provenance.js';
import type { RunContext } from '../../run.js';

/** Whether heritability by category is wanted. */
export function isPartitioned(flags: Partial<ComponentFlags>): flags is ComponentFlags {
  const { partition, ldms = false, mafBins, annot } = flags;
  return partition !== undefined || ldms || mafBins !== undefined || annot !== undefined;
}

/**
 * The categories of a run, over all of its variants: those in no category stay in the model, so that nobody takes their signal over.
 * @throws HeredityError `degenerate-data` for categories without variants or with the same ones, or too few variants.
 */
export async function grePartition(
  data: Dataset,
  flags: ComponentFlags,
  run: RunContext,
): Promise<GrePartition> {
  const { variants } = data.genotypes;
  if (variants.length < 2)
    throw new HeredityError('degenerate-data', 'a partition needs two variants at least', {
      fix: 'relax the filters',
    });
  const told = data.told(run);
  const counted = { ...data.counted, variantLosses: new LossTable(variants.length) };
  const { components, variants: own } = await defineComponents(flags, counted, told);
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
    told.log.info(
      `${formatCount(outside)} variants are in no part: they stay in the model, and their heritability is in the total only`,
    );
  const categories = { names, weights };
  checkComponents(categories);
  return categories;
}

/** Variants that are a sum of others have no effect of their own: with them goes the category. */
export function tellAliased(
  estimates: readonly TraitEstimate[],
  { bim }: Dataset,
  tell: (text: string) => void,
): void {
  const aliased = [...new Set(estimates.flatMap((estimate) => estimate.aliased ?? []))];
  if (aliased.length === 0) return;
  const names = aliased.slice(0, 3).map((variant) => bim.id[variant]);
  tell(
    `${aliased.length === 1 ? '1 variant depends' : `${formatCount(aliased.length)} variants depend`} on others of their block (${names.join(', ')}${aliased.length > names.length ? ', …' : ''}): what they explain counts for the categories of those; leave one of each set out (--exclude) to say which`,
  );
}
