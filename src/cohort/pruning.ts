import { formatCount } from '../estimate/number.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskHas } from '../genotypes/sample-mask.js';
import { GenotypeStore } from '../genotypes/store.js';
import { type PruningRule, pruneVariants } from '../ld/prune.js';
import type { RecordedRun } from '../run.js';
import type { Cohort } from './cohort.js';
import { foundersOf } from './quality.js';

/** PLINK's --indep-pairwise in words of its own: fewer founders say little about LD. */
const FEW_FOUNDERS = 50;

/** What is left of a cohort's variants, as indices in the file, ascending. */
export interface PrunedVariants {
  readonly kept: Int32Array;
  readonly removed: Int32Array;
}

/** Prunes a cohort's variants, by the LD among founders. @see pruneVariants */
export async function prune(
  cohort: Cohort,
  rule: PruningRule,
  { nonfounders }: { readonly nonfounders: boolean },
  context: RecordedRun,
): Promise<PrunedVariants> {
  const { fileset, people, pool, variants } = cohort;
  const isFounder = foundersOf(fileset.samples, people, { nonfounders }, context.log, 'LD is that');
  const founders = createMask(people.samples, (i) => maskHas(people, i) && isFounder(i));
  if (founders.count < FEW_FOUNDERS)
    context.log.warn(
      `LD is that of ${formatCount(founders.count)} founders: fewer than ${FEW_FOUNDERS} are few, and r² among them is too high`,
    );
  const store = new GenotypeStore(fileset.source, founders, pool);
  const statistics =
    founders.count === people.count ? cohort.statistics(variants) : await store.count(variants, context);
  const genotypes = await GenotypeOperator.open(store, variants, { memory: 0, statistics });
  const kept = await pruneVariants(genotypes, fileset.variants, rule, fileset.variantFile, context);
  genotypes.close();
  return {
    kept: variants.filter((_, k) => kept[k] === 1),
    removed: variants.filter((_, k) => kept[k] === 0),
  };
}
