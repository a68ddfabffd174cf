import type {
  PairedDesign,
  PairOfTraits,
  PeopleApart,
  PeopleNeeded,
  PlannedPair,
} from '../../cohort/trait-pairs.js';
import { type Estimate, quantity, type TraitPair } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { failedPair, phenotypicCorrelation, tested, traitPair } from '../../estimate/pair.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { type Warning, warning } from '../../estimate/warnings.js';
import type { PairEstimate, WithError } from '../../estimators/gre/pairs.js';
import type { BlockDefinition } from '../../estimators/gre/result.js';
import { largest } from '../../linalg/extremes.js';

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
    const pair = found[at++];
    return grePair(own, apart ? fromPeopleApart(pair, apart) : pair, method, overlap, apart);
  });
}

/** Which columns of the design the estimator pairs. */
export function pairsOf({ pairs }: Pick<PairedDesign, 'pairs'>): PairOfTraits[] {
  return pairs.flatMap(({ columns }) => (columns ? [columns] : []));
}

/**
 * In units of each trait among its own people: those are a share w of the people of either trait, so that the column has w h² of its
 * variance from these variants, and the two √(w₁ w₂) of the genetic covariance (METHODS 1.14). The correlation knows no scale.
 */
function fromPeopleApart(found: PairEstimate, { counts, both }: PeopleApart): PairEstimate {
  const people = counts[0] + counts[1] - both;
  const [first, second] = counts.map((count) => count / people);
  const over = ({ value, se }: WithError, share: number) => ({ value: value / share, se: se / share });
  const share = Math.sqrt(first * second);
  return {
    ...found,
    h2: [over(found.h2[0], first), over(found.h2[1], second)],
    covariance: over(found.covariance, share),
    ...(found.plain !== undefined && { plain: found.plain / share }),
  };
}

function grePair(
  facts: readonly [TraitFacts, TraitFacts],
  { n, covariates, phenotypic, h2, covariance, environmental, rg, errors, plain }: PairEstimate,
  method: 'gre' | 'gre-cross-block',
  overlap: readonly Warning[],
  apart: PeopleApart | undefined,
): TraitPair {
  const isRandom = errors === 'probes';
  const of = ({ value, se }: WithError) => quantity(value, se, errors);
  const correlation = quantity(rg?.value ?? null, rg?.se ?? null, isRandom ? 'probes' : 'delta');
  return traitPair(facts, {
    method,
    rg: tested(correlation),
    covariance: of(covariance),
    h2: [of(h2[0]), of(h2[1])],
    quantities: apart
      ? {}
      : {
          'phenotypic-correlation': phenotypicCorrelation(phenotypic, n - covariates),
          'environmental-covariance': of(environmental),
        },
    diagnostics: {
      n,
      covariates,
      ...(apart && { firstN: apart.counts[0], secondN: apart.counts[1], bothN: apart.both }),
      ...(plain !== undefined && { plainSum: plain }),
    },
    words: {
      where: apart ? '' : ' among the people who have both traits',
      unreliable:
        'h² is not above 0 without some of the random genetic values: the correlation has no standard error',
      behind: 'one h² is too small, or blocks share what they explain',
    },
    warnings: [
      ...(apart
        ? [
            warning(
              'people-apart',
              `${apart.both === 0 ? 'nobody has' : `only ${formatCount(apart.both)} people have`} both traits: the covariance is of the ${formatCount(n)} people who have either, as if both samples were drawn from one population`,
            ),
          ]
        : []),
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
