import type { PairedDesign, PairOfTraits, PeopleNeeded, PlannedPair } from '../../cohort/trait-pairs.js';
import { type Estimate, quantity, type TraitPair } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { failedPair, phenotypicCorrelation, tested, traitPair } from '../../estimate/pair.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { type Warning, warning } from '../../estimate/warnings.js';
import type { PairEstimate, WithError } from '../../estimators/gre/pairs.js';
import type { BlockDefinition } from '../../estimators/gre/result.js';
import { largest } from '../../linalg/extremes.js';
import { InOwnPeople } from '../people-apart.js';

/** GRE needs more people of a pair than a block has variants, of both traits or else of either. */
export function peopleForBlocks(blocks: readonly BlockDefinition[]): PeopleNeeded {
  const above = largest(blocks.map(({ variants }) => variants.length));
  return {
    above,
    because: `and GRE needs more of them than there are variants in a block (${formatCount(above)} in the largest)`,
    eitherWay: true,
  };
}

/** Pairs in the terms of all methods. @param facts of the traits, in the order of the run. */
export function grePairs(
  facts: readonly TraitFacts[],
  planned: readonly PlannedPair[],
  found: readonly PairEstimate[],
  estimates: readonly Estimate[],
  method: 'gre' | 'gre-cross-block',
): TraitPair[] {
  let at = 0;
  return planned.map(({ traits, columns, reason, apart }) => {
    const own = [facts[traits[0]], facts[traits[1]]] as const;
    const names = [own[0].name, own[1].name] as const;
    const overlap = traits.flatMap((t) =>
      estimates[t].warnings.filter(({ code }) => code === 'blocks-overlap'),
    );
    if (columns === undefined)
      return failedPair(
        names,
        method,
        reason!,
        'take smaller blocks (--blocks), or LDSC, which needs no people in common',
      );
    return grePair(own, found[at++], method, overlap, apart && new InOwnPeople(apart));
  });
}

/** Which columns of the design the estimator pairs. */
export function pairsOf({ pairs }: Pick<PairedDesign, 'pairs'>): PairOfTraits[] {
  return pairs.flatMap(({ columns }) => (columns ? [columns] : []));
}

function grePair(
  facts: readonly [TraitFacts, TraitFacts],
  { n, covariates, phenotypic, h2, covariance, environmental, rg, errors, plain }: PairEstimate,
  method: 'gre' | 'gre-cross-block',
  overlap: readonly Warning[],
  apart: InOwnPeople | undefined,
): TraitPair {
  const isRandom = errors === 'probes';
  const of = ({ value, se }: WithError) => quantity(value, se, errors);
  const [first, second] = apart ? apart.h2(h2) : h2;
  const correlation = quantity(rg?.value ?? null, rg?.se ?? null, isRandom ? 'probes' : 'delta');
  return traitPair(facts, {
    method,
    rg: tested(correlation),
    covariance: of(apart ? apart.covariance(covariance) : covariance),
    h2: [of(first), of(second)],
    quantities: apart
      ? {}
      : {
          'phenotypic-correlation': phenotypicCorrelation(phenotypic, n - covariates),
          'environmental-covariance': of(environmental),
        },
    diagnostics: {
      n,
      covariates,
      ...apart?.diagnostics,
      ...(plain !== undefined && {
        plainSum: apart ? apart.covariance({ value: plain, se: 0 }).value : plain,
      }),
    },
    words: {
      where: apart ? '' : ' among the people who have both traits',
      unreliable:
        'h² is not above 0 without some of the random genetic values: the correlation has no standard error',
      behind: 'one h² is too small, or blocks share what they explain',
    },
    warnings: [
      ...(apart ? [apart.warning] : []),
      ...overlap
        .slice(0, 1)
        .map(({ fix }) =>
          warning(
            'blocks-overlap',
            'the blocks are not independent in this sample, which changes the sums behind covariance and correlation as it does h²',
            fix,
          ),
        ),
      ...(isRandom
        ? [
            warning(
              'no-error',
              'the standard errors of covariance and correlation are those of the random genetic values only',
              'take blocks that are cut by LD (--blocks auto) for errors that hold sampling',
            ),
          ]
        : []),
    ],
  });
}
