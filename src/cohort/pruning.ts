import { formatCount } from '../estimate/number.js';
import { GenotypeOperator } from '../genotypes/operator.js';
import { createMask, maskHas } from '../genotypes/sample-mask.js';
import { GenotypeStore } from '../genotypes/store.js';
import { type PruningRule, pruneVariants } from '../ld/prune.js';
import { string } from '../options/flags.js';
import type { RecordedRun } from '../run.js';
import type { Cohort } from './cohort.js';
import { foundersOf } from './quality.js';

const EXPECTED =
  'a window, a step no longer than it and r² between commas: 50,5,0.2 in variants, or 500kb,0.2';

/** `50,5,0.2` or `500kb,0.2`: PLINK's three values; undefined for what is none. */
export function pruningRule(text: string): PruningRule | undefined {
  const values = /^([\d.]+)(kb)?(?:[, ]+(\d+))?[, ]+([\d.]+)$/i.exec(text.trim());
  if (!values) return undefined;
  const [, window, kb, step, r2] = values;
  const rule: PruningRule = {
    unit: kb ? 'kb' : 'snps',
    window: Number(window),
    step: Number(step ?? 1),
    r2: Number(r2),
  };
  const isWhole = kb
    ? rule.step === 1
    : Number.isInteger(rule.window) && rule.window >= Math.max(2, rule.step);
  return isWhole && rule.window > 0 && rule.step >= 1 && rule.r2 >= 0 && rule.r2 < 1 ? rule : undefined;
}

/** The rule as it is typed; {@link pruningRule} reads it. */
export const indepPairwise = {
  ...string(
    "window, step and r² as for PLINK's --indep-pairwise, between commas: variants, or kilobases with kb (no step)",
    { heading: 'Method', placeholder: 'window[kb][,step],r2', default: '500kb,0.2' },
  ),
  expected: EXPECTED,
  parse: (text: string) => (pruningRule(text) ? text : undefined),
};

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
