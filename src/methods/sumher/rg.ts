import type { TraitSet } from '../../cohort/trait-set.js';
import type { TraitPair } from '../../estimate/estimate.js';
import type { LdScores } from '../../estimators/ldsc/score-regression.js';
import type { Taggings } from '../../formats/tagging.js';
import type { RunContext } from '../../run.js';
import type { MethodName } from '../facts.js';
import { inSamplePairs } from '../ldsc/rg-in-sample.js';

/**
 * Genetic correlation of all pairs of traits under a heritability model (METHODS 8.6): products of Z scores on taggings, by least squares with the
 * variances of SumHer and errors of a jackknife, and a constant for the people whom both traits have.
 */
export function sumherPairs(
  method: MethodName,
  taggings: Taggings,
  traits: TraitSet,
  { blocks, intercept }: { readonly blocks: number; readonly intercept: boolean },
  run: RunContext,
): Promise<TraitPair[]> {
  const intercepts = intercept ? undefined : ([1, 1] as const);
  return inSamplePairs(asScores(taggings), traits, { method, blocks, intercepts }, run);
}

/** Taggings as LD scores: in units of the average variant's expected heritability, of which the reference has one a variant. */
function asScores({ names, variants, tagging, byCategory, contribution, reference }: Taggings): LdScores {
  const categories = names.length;
  const counts = Float64Array.from(names, (_, c) => contribution[c * categories + c]);
  const unit = counts.reduce((sum, count) => sum + count, 0) / reference;
  return {
    scores: names.map((_, c) =>
      byCategory.slice(c * variants, (c + 1) * variants).map((value) => value / unit),
    ),
    weightScores: tagging,
    counts: counts.map((count) => count / unit),
  };
}
