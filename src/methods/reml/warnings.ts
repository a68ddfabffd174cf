import type { RunTrait } from '../../cohort/samples.js';
import { significant } from '../../estimate/number.js';
import type { RemlFailure } from '../../estimators/reml/iteration.js';
import type { RemlEstimate } from '../../estimators/reml/reml.js';

/** What a user should know before believing an estimate. */
export function remlWarnings(
  { components, residual, h2, se, phenotypic, logL0 }: RemlEstimate,
  kind: RunTrait['kind'],
  hasPrevalence: boolean,
): string[] {
  const warnings: string[] = [];
  const held = components.filter(({ constrained }) => constrained).map(({ name }) => name);
  if (held.length > 0)
    warnings.push(
      `the variance of ${held.join(', ')} was held just above 0: the data prefer a value below; standard errors and the sum are those of the constrained fit (--reml-no-constrain lets it go)`,
    );
  const negative = components.filter(({ variance }) => variance < 0).map(({ name }) => name);
  if (negative.length > 0)
    warnings.push(
      `the variance of ${negative.join(', ')} is below 0: what a small share or a small sample looks like`,
    );
  if (residual.constrained || residual.variance < 1e-3 * phenotypic.variance)
    warnings.push(
      'no residual variance is left: look for duplicated or closely related people, shared environment, or a matrix of few variants (h² at 1 is a boundary where standard errors do not hold)',
    );
  else if (h2 > 1) warnings.push('the estimate is above 1: look for related people or structure');
  if (h2 < 1.96 * se)
    warnings.push(
      `the estimate cannot be told from 0: its 95 % interval includes it (standard error ${significant(se, 2)})`,
    );
  if (logL0 === null)
    warnings.push(
      'the model without the tested components could not be fitted, so there is no likelihood ratio test (--reml-lrt takes others)',
    );
  if (kind === 'case-control' && !hasPrevalence)
    warnings.push('a case-control trait on the observed scale: --prevalence K adds the liability scale');
  return warnings;
}

/** What a failed fit means, and what to do. */
export function explainFailure(
  failure: RemlFailure,
  names: readonly string[],
  iterations: number,
): { problem: string; fix: string } {
  const several = names.length > 1;
  switch (failure) {
    case 'not-positive-definite':
      return {
        problem: `V is not positive definite: with the variances of iteration ${iterations + 1} the matrices${several ? ` (${names.join(', ')})` : ''} do not make a covariance`,
        fix: 'check that the matrix is a relationship matrix (its diagonal is about 1, no sample lacks genotypes), leave out duplicated samples with --grm-cutoff, or leave out --reml-no-constrain',
      };
    case 'collinear-covariates':
      return {
        problem: "X'V⁻¹X is not invertible: covariates are too close to collinear",
        fix: 'leave one of them out with --covar-name',
      };
    case 'information-not-invertible':
      return {
        problem: several
          ? `the information matrix is not invertible: the data cannot tell the components ${names.join(', ')} and the residual apart, as when one matrix is a multiple of another`
          : 'the information matrix is not invertible: the data cannot tell the genetic component from the residual, as when nobody is related to anybody (the matrix is close to diagonal)',
        fix: several
          ? 'leave out or merge components that rest on the same variants, or use fewer of them'
          : 'use more variants or people; see the histogram of "heredity grm"',
      };
    case 'more-than-half-constrained':
      return {
        problem: `more than half of the variances were held at 0 in iteration ${iterations + 1}, which leaves no reliable estimate of the others`,
        fix: 'use --reml-no-constrain, fewer components, or more people',
      };
    case 'not-converged':
      return {
        problem: `not converged after ${iterations} iterations`,
        fix: 'raise --reml-maxit, start elsewhere with --reml-priors, or try --reml-alg em, which is slow but steady; very small samples and many components do this',
      };
  }
}
