import type { TraitSet } from '../../cohort/trait-set.js';
import { isHeredityError } from '../../errors.js';
import { quantity, type TraitPair } from '../../estimate/estimate.js';
import { failedPair, tested, traitPair } from '../../estimate/pair.js';
import { estimateRg, type RgOptions } from '../../estimators/ldsc/rg.js';
import type { LdScores } from '../../estimators/ldsc/score-regression.js';
import type { RunContext } from '../../run.js';
import type { MethodName } from '../facts.js';
import { jackknifed } from './estimate.js';
import { keepRows } from './merge.js';

/**
 * Genetic correlation of all pairs of traits by LD score regression, with LD scores and statistics of the people themselves; all SNPs
 * determine the intercepts, as for the heritability in sample.
 * @param method in whose terms: SumHer's taggings are scores of another model of effects.
 */
export async function inSamplePairs(
  ld: LdScores,
  traits: TraitSet,
  { method, ...options }: Pick<RgOptions, 'blocks' | 'intercepts'> & { readonly method: MethodName },
  run: RunContext,
): Promise<TraitPair[]> {
  const statistics = await traits.statistics(run);
  const pairs: TraitPair[] = [];
  for (const [a, first] of statistics.entries())
    for (const [b, second] of statistics.entries()) {
      if (b <= a) continue;
      const facts = [traits.facts[a], traits.facts[b]] as const;
      const rows = Int32Array.from(first.z.keys()).filter(
        (j) => !Number.isNaN(first.z[j]) && !Number.isNaN(second.z[j]),
      );
      const pick = (values: Float64Array) => Float64Array.from(rows, (j) => values[j]);
      try {
        const fit = estimateRg(
          keepRows(ld, rows),
          [
            { z: pick(first.z), n: pick(first.n) },
            { z: pick(second.z), n: pick(second.n) },
          ],
          { ...options, twoStep: null },
        );
        pairs.push(
          traitPair(facts, {
            method,
            rg: tested(jackknifed(fit.rg, fit.se)),
            covariance: jackknifed(fit.gencov, fit.gencovSe),
            h2: [jackknifed(fit.h2[0].h2, fit.h2[0].se), jackknifed(fit.h2[1].h2, fit.h2[1].se)],
            quantities: { 'cross-intercept': quantity(fit.intercept, fit.interceptSe, 'jackknife') },
            diagnostics: { variantsOfRegression: fit.snps, blocks: fit.blocks },
            words: {
              unreliable:
                'h² is not above 0 without some block of SNPs: the correlation has no standard error',
              behind: 'one h² is too small, or the statistics do not fit the model',
            },
          }),
        );
      } catch (error) {
        if (!isHeredityError(error, 'degenerate-data', 'numerical')) throw error;
        pairs.push(
          failedPair([facts[0].name, facts[1].name], method, error.problem, error.details.fix ?? null),
        );
      }
    }
  return pairs;
}
