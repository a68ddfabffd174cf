import { RELATIVES } from '../../cohort/relationship-matrices.js';
import type { Quantity } from '../../estimate/estimate.js';
import { formatEstimate, significant } from '../../estimate/number.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import type { RemlFailure } from '../../estimators/reml/iteration.js';
import type { MonteCarloRemlEstimate } from '../../estimators/reml/monte-carlo/monte-carlo-reml.js';
import type { RemlEstimate } from '../../estimators/reml/reml.js';

/** What random vectors add to an estimate. */
export type RandomError = Pick<
  MonteCarloRemlEstimate,
  'vectors' | 'monteCarloSe' | 'randomCovariance' | 'converged' | 'isAtBound'
>;

/** What a user should know before believing an estimate. */
export function remlWarnings(
  { components, residual, phenotypic, logL0 }: RemlEstimate,
  h2: Quantity,
  isExact: boolean,
): Warning[] {
  const warnings: Warning[] = [];
  const named = (own: typeof components) => own.map(({ name }) => name).join(', ');
  const held = components.filter(({ constrained }) => constrained);
  if (held.length > 0)
    warnings.push(
      warning(
        'component-at-bound',
        `the variance of ${named(held)} was held just above 0: the data prefer a value below; standard errors and the sum are those of the fit that holds it there`,
        isExact ? '--reml-no-constrain lets it go, where the likelihood then has a maximum' : null,
      ),
    );
  const negative = components.filter(({ variance }) => variance < 0);
  if (negative.length > 0 && components.length > 1)
    warnings.push(
      warning(
        'negative-component',
        `the variance of ${named(negative)} is below 0: what a small share or a small sample looks like`,
      ),
    );
  const leavesNothing = residual.constrained || residual.variance < 1e-3 * phenotypic.variance;
  if (leavesNothing)
    warnings.push(
      warning(
        'at-bound',
        'no residual variance is left: h² at 1 is a boundary where standard errors do not hold',
        'look for duplicated or closely related people (--grm-cutoff), shared environment, or a matrix of few variants',
      ),
    );
  warnings.push(...rangeWarnings(h2).filter(({ code }) => !(leavesNothing && code === 'above-one')));
  if (logL0 === null)
    warnings.push(
      warning(
        'note',
        'the model without the tested components could not be fitted, so there is no likelihood ratio test',
        '--reml-lrt takes other components',
      ),
    );
  return warnings;
}

/** Random error above this share of the standard error is worth more vectors. */
const TOO_RANDOM = 0.25;

export function randomWarnings(
  { monteCarloSe, converged, isAtBound }: RandomError,
  { h2, se, iterations }: RemlEstimate,
): Warning[] {
  const warnings: Warning[] = [];
  if (!converged)
    warnings.push(
      warning(
        'not-converged',
        `the estimate still moved after ${iterations} steps: do not trust its last digits`,
      ),
    );
  if (isAtBound && h2 > 0.5)
    warnings.push(
      warning(
        'at-bound',
        'the share of variance stands at the end of its range, where the standard error means nothing',
      ),
    );
  if (monteCarloSe > TOO_RANDOM * se)
    warnings.push(
      warning(
        'random-error',
        `the random vectors alone move the estimate by ${significant(monteCarloSe, 2)}, ${formatEstimate(h2, se)} as it is`,
        'use more of them (--vectors)',
      ),
    );
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
        fix: names.includes(RELATIVES)
          ? 'raise --bK until relatives alone are left: pairs that are related by chance make no covariance'
          : 'check that the matrix is a relationship matrix (its diagonal is about 1, no sample lacks genotypes), leave out duplicated samples with --grm-cutoff, or leave out --reml-no-constrain',
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
