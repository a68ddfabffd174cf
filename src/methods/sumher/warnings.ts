import { type Quantity, quantity } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import type { SumherEstimate } from '../../estimators/sumher/sumher.js';

/** Jackknife over Hessian error from which the latter is not to be trusted. */
const ERRORS_DIFFER = 1.5;
/** A variant that explains so much of the trait dominates the fit; LDAK advises to leave it out. */
const LARGE_EFFECT = 0.01;

/** What a user should know before believing an estimate. */
export function sumherWarnings(
  estimate: SumherEstimate,
  largestShare: number,
  hasCutoff: boolean,
): Warning[] {
  const { h2, negativeExpectation } = estimate;
  const best: Quantity =
    h2.se === null
      ? quantity(h2.estimate, h2.jackknifeSe, 'jackknife')
      : quantity(h2.estimate, h2.se, 'curvature');
  const warnings = rangeWarnings(
    best,
    'look for confounding (--genomic-control or --intercept), a wrong sample size, taggings of another population, and single variants of large effect (--cutoff 0.01)',
    'the statistics are smaller than without any heritability: look for genomic control that was applied to them, and for a wrong sample size',
  );
  if (h2.se === null)
    warnings.push(
      warning(
        'error-unreliable',
        'the likelihood has no proper maximum',
        'take the jackknife standard error, and a simpler model',
      ),
    );
  else if (h2.jackknifeSe !== null && h2.jackknifeSe > ERRORS_DIFFER * h2.se)
    warnings.push(
      warning(
        'error-unreliable',
        `the jackknife standard error (${h2.jackknifeSe.toFixed(4)}) is well above that of the likelihood (${h2.se.toFixed(4)}), which assumes many small effects: a few variants or regions matter much here`,
        'report the former',
      ),
    );
  if (largestShare >= LARGE_EFFECT && !hasCutoff)
    warnings.push(
      warning(
        'strong-signals',
        `a variant explains ${(100 * largestShare).toFixed(1)} % of the trait: such variants weigh heavily in the fit`,
        'LDAK advises --cutoff 0.01, with their own share of variance added afterwards',
      ),
    );
  if (negativeExpectation > 0)
    warnings.push(
      warning(
        'poor-fit',
        `${formatCount(negativeExpectation)} variants have a negative expected statistic: the heritability model has too many categories for these data`,
      ),
    );
  return warnings;
}
