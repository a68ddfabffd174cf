import { createDesign } from '../../association/design.js';
import { readCaseShares } from '../../cohort/case-shares.js';
import { chosenPartition } from '../../cohort/components.js';
import { warnOfDependentCovariates } from '../../cohort/dependent-covariates.js';
import { openRelatedPeople } from '../../cohort/relationship-matrices.js';
import { estimateReml, hasFailed, type RemlResult } from '../../estimators/reml/reml.js';
import type { RecordedRun } from '../../run.js';
import { hsqPrefixes, type RemlAnswer, remlAnswer, remlEstimand } from './answer.js';
import { type RemlFlags, remlMethod, startingVariances, testedComponents } from './flags.js';

/**
 * REML of every trait with relationship matrices, from files or made from genotypes.
 * @throws HeredityError for everything that the user can repair; `numerical` where no trait could be fitted.
 */
export async function runExactReml(flags: RemlFlags, context: RecordedRun): Promise<RemlAnswer> {
  const method = remlMethod(flags);
  const related = await openRelatedPeople(flags, chosenPartition(flags), context);
  try {
    const { pool, traits, covariates, matrices, people, variants } = related;
    const shares = readCaseShares(flags, traits);
    hsqPrefixes(flags.out, method, traits); // refuses names that clash, before anything is computed
    const design = createDesign(traits, covariates, people); // refuses constant traits
    warnOfDependentCovariates(design, context);
    const fits = await estimateReml(
      pool,
      matrices.map(({ matrix }) => matrix),
      matrices.map(({ name }) => name),
      traits.map(({ values }) => values),
      covariates.map(({ values }) => values),
      {
        algorithm: flags.remlAlg,
        constrain: !(flags.remlNoConstrain || flags.ldak),
        maxIterations: flags.remlMaxit,
        tested: testedComponents(flags.remlLrt, matrices.length),
        ...(flags.remlPriors && { priors: startingVariances(flags.remlPriors, matrices.length) }),
      },
      context,
    );
    const results = fits.map((fit, t) => withOffset(fit, traits[t].offset));
    const model = {
      estimand: remlEstimand(method, flags, matrices.length, variants),
      components: matrices,
      covariates: covariates.map(({ name }) => name),
    };
    return remlAnswer(flags, method, model, related, results, shares);
  } finally {
    await related.close();
  }
}

/** The intercept of the trait as it stands in the table. */
function withOffset(result: RemlResult, offset: number): RemlResult {
  if (hasFailed(result) || offset === 0) return result;
  const effects = result.effects.map((effect) =>
    effect.column === 0 ? { ...effect, estimate: effect.estimate + offset } : effect,
  );
  return { ...result, effects };
}
