import { type Estimate, quantity } from '../../estimate/estimate.js';
import { significant } from '../../estimate/number.js';
import { type TraitFacts, traitWarnings } from '../../estimate/trait-facts.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import { DOMINANCE } from '../../estimators/components.js';
import type { EstimateWithError, HeEstimate } from '../../estimators/he/randomised.js';
import type { LevelTrend } from '../../estimators/he/trends.js';
import { estimandOf } from '../facts.js';

/** One component, or what the flags divide the variants into; or strata of frequency and LD. */
export type HeName = 'he' | 'he-ldms';

/**
 * An estimate of randomised Haseman-Elston regression in the terms of all methods: components are its parts.
 * @param variants of all components together; @param counts variants of each, in the order of the components.
 */
export function heEstimate(
  trait: TraitFacts,
  found: HeEstimate,
  variants: number,
  counts: readonly number[],
  method: HeName = 'he',
): Estimate {
  const { n, covariates, analyticSe, monteCarloSe, noise, components, trends } = found;
  const told = (own: EstimateWithError) => withError(own, found.isCombined ? 'combined' : 'jackknife');
  const dominance = components.find(({ name }) => name === DOMINANCE);
  const h2 = quantity(found.h2, found.se, analyticSe === null ? 'jackknife' : 'combined');
  return {
    trait: trait.name,
    method,
    n,
    estimand: estimandOf(method, { reference: variants, regression: variants, heritability: variants }),
    h2,
    scale: 'observed',
    liability: null,
    parts: components.map((component, k) => ({
      kind: 'component',
      id: component.name,
      variants: counts[k],
      h2: told(component.h2),
      quantities: {
        variance: told(component.variance),
        ...(component !== dominance && {
          category: told(component.category),
          enrichment: told(component.enrichment),
        }),
      },
      diagnostics: { size: component.size },
    })),
    quantities: {
      ...(dominance && { dominance: told(dominance.h2), 'broad-sense': told(found.allShares) }),
      ...(analyticSe !== null && {
        analytic: quantity(found.h2, analyticSe, 'analytic'),
        jackknife: quantity(found.h2, found.jackknifeSe, 'jackknife'),
      }),
      'monte-carlo': quantity(found.h2, monteCarloSe, 'probes'),
      residual: told(noise),
      ...(trends?.frequency && { 'frequency-trend': trendOf(trends.frequency) }),
      ...(trends?.ld && { 'ld-trend': trendOf(trends.ld) }),
    },
    diagnostics: { covariates },
    warnings: [
      ...rangeWarnings(h2, 'look for related people or structure'),
      ...heWarnings(found),
      ...traitWarnings(trait),
    ],
  };
}

const trendOf = ({ p, ...own }: LevelTrend) => ({ ...withError(own, 'jackknife'), p });
const withError = ({ estimate, se }: EstimateWithError, kind: 'jackknife' | 'combined') =>
  quantity(estimate, se, kind);

/** Random error above this share of the standard error is worth more vectors. */
const TOO_RANDOM = 0.5;
/** How many times the jackknife's error the one from theory may be: more is neither chance nor LD between blocks. */
const DISAGREE = 3;

function heWarnings({ se, jackknifeSe, analyticSe, monteCarloSe, components }: HeEstimate): Warning[] {
  const warnings: Warning[] = [];
  const negative = components.filter(({ variance }) => variance.estimate < 0);
  if (negative.length > 0 && components.length > 1)
    warnings.push(
      warning(
        'negative-component',
        `the variance of ${negative.map(({ name }) => name).join(', ')} is below 0; it is not set to 0, so that sums and averages stay unbiased`,
      ),
    );
  if (monteCarloSe > TOO_RANDOM * se)
    warnings.push(
      warning(
        'random-error',
        `the random vectors alone move the estimate by ${significant(monteCarloSe, 2)}`,
        'use more of them (--vectors)',
      ),
    );
  if (analyticSe !== null && analyticSe > DISAGREE * jackknifeSe)
    warnings.push(
      warning(
        'related-people',
        `the jackknife over variants gives a standard error of ${significant(jackknifeSe, 2)} where theory gives ${significant(analyticSe, 2)}, as in samples of related people, whose variants are all alike in what they say; the standard error of h² is theory's`,
        'leave related people out (--remove): what they share of their environment counts as heritability, too',
      ),
    );
  return warnings;
}
