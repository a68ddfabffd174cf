import {
  type Covariate,
  createDesign,
  type Design,
  type Trait,
  traitProblems,
} from '../../association/design.js';
import { type Estimate, type Quantity, quantity, type TraitPair } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { correlationWarnings, failedPair, liabilityCovariance } from '../../estimate/pair.js';
import type { TraitFacts } from '../../estimate/trait-facts.js';
import { type Warning, warning } from '../../estimate/warnings.js';
import type { PairEstimate, PairOfTraits, WithError } from '../../estimators/gre/pairs.js';
import { chiSquareTail } from '../../linalg/distributions.js';

/** A pair of traits, and which columns of the design stand for it. */
interface PlannedPair {
  readonly traits: PairOfTraits;
  /** Undefined where the two cannot be estimated together. */
  readonly columns?: PairOfTraits;
  readonly reason?: string;
}

/** Traits of a run, and what else is estimated beside them so that the traits of every pair are of the same people. */
export interface PairedDesign {
  readonly design: Design;
  readonly pairs: readonly PlannedPair[];
}

/**
 * All pairs of some traits. GRE's genetic covariance is that of people who have both traits: where a trait is known of others as
 * well, a copy of it without them is one more column, in one group with the other trait's.
 * @param largestBlock variants of the largest block: fewer people than that cannot be had for a pair.
 */
export function pairedDesign(
  traits: readonly Trait[],
  covariates: readonly Covariate[],
  samples: number,
  largestBlock: number,
): PairedDesign {
  const columns: Trait[] = [...traits];
  const copies = new Map<string, number>();
  const { columns: projected } = createDesign([], covariates, samples);
  const among = (t: number, people: Uint8Array, key: string): number => {
    if (people.every((isIn, i) => isIn === 1 || Number.isNaN(traits[t].values[i]))) return t;
    const name = `${t}:${key}`;
    const known = copies.get(name);
    if (known !== undefined) return known;
    const values = traits[t].values.map((value, i) => (people[i] ? value : Number.NaN));
    copies.set(name, columns.length);
    return columns.push({ name: traits[t].name, values }) - 1;
  };
  const pairs: PlannedPair[] = [];
  for (let a = 0; a < traits.length; a++)
    for (let b = a + 1; b < traits.length; b++) {
      const both = Uint8Array.from({ length: samples }, (_, i) =>
        Number.isNaN(traits[a].values[i]) || Number.isNaN(traits[b].values[i]) ? 0 : 1,
      );
      const count = both.reduce((sum, isIn) => sum + isIn, 0);
      const own = [a, b].map((t) => traits[t].values.reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : 1), 0));
      const reason =
        count === Math.max(...own)
          ? undefined
          : (tooFew(count, projected, largestBlock) ??
            undetermined(
              [a, b].map((t) => traits[t]),
              both,
              covariates,
            ));
      if (reason !== undefined) {
        pairs.push({ traits: [a, b], reason });
        continue;
      }
      const key = new TextDecoder('latin1').decode(both);
      pairs.push({ traits: [a, b], columns: [among(a, both, key), among(b, both, key)] });
    }
  return { design: createDesign(columns, covariates, samples), pairs };
}

function tooFew(count: number, projected: number, largestBlock: number): string | undefined {
  if (count - projected > largestBlock) return undefined;
  const people = count === 0 ? 'nobody has' : `only ${formatCount(count)} people have`;
  return `${people} both traits, and GRE needs more of them than there are variants in a block (${formatCount(largestBlock)} in the largest)`;
}

/** Why a trait cannot be analysed among the people of a pair. */
function undetermined(
  traits: readonly Trait[],
  people: Uint8Array,
  covariates: readonly Covariate[],
): string | undefined {
  const masked = traits.map(({ name, values }) => ({
    name,
    values: values.map((value, i) => (people[i] ? value : Number.NaN)),
  }));
  const problem = traitProblems(masked, covariates, people.length).find((found) => found !== undefined);
  return problem && `among the people who have both traits ${problem.problem}`;
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
  return planned.map(({ traits, columns, reason }) => {
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
    return traitPair(own, names, found[at++], method, overlap);
  });
}

/** Which columns of the design the estimator pairs. */
export function pairsOf({ pairs }: PairedDesign): PairOfTraits[] {
  return pairs.flatMap(({ columns }) => (columns ? [columns] : []));
}

function traitPair(
  facts: readonly [TraitFacts, TraitFacts],
  names: readonly [string, string],
  { n, covariates, phenotypic, h2, covariance, environmental, rg, errors, plain }: PairEstimate,
  method: 'gre' | 'gre-cross-block',
  overlap: readonly Warning[],
): TraitPair {
  const kind = errors === 'probes' ? 'probes' : 'calibrated';
  const of = ({ value, se }: WithError) => quantity(value, se, kind);
  const own = [of(h2[0]), of(h2[1])] as [Quantity, Quantity];
  const known = quantity(rg?.value ?? null, rg?.se ?? null, errors === 'probes' ? 'probes' : 'delta');
  const correlation: Quantity = {
    ...known,
    // random vectors alone say nothing about chance
    p:
      errors === 'probes' || known.value === null || !known.se
        ? null
        : chiSquareTail((known.value / known.se) ** 2, 1),
  };
  const genetic = of(covariance);
  return {
    trait1: names[0],
    trait2: names[1],
    method,
    rg: correlation,
    covariance: genetic,
    quantities: {
      'phenotypic-correlation': quantity(
        phenotypic,
        Math.sqrt((1 - phenotypic ** 2) ** 2 / (n - covariates)),
        'analytic',
      ),
      'environmental-covariance': of(environmental),
      'first-h2': own[0],
      'second-h2': own[1],
      ...liabilityCovariance(genetic, facts),
    },
    diagnostics: { n, covariates, ...(plain !== undefined && { plainSum: plain }) },
    warnings: [
      ...overlap
        .slice(0, 1)
        .map(({ fix }) =>
          warning(
            'blocks-overlap',
            'the blocks are not independent in this sample, which changes the sums behind covariance and correlation as it does h²',
            fix,
          ),
        ),
      ...correlationWarnings(correlation, own, names, {
        where: ' among the people who have both traits',
        unreliable:
          'h² is not above 0 without some of the random genetic values: the correlation has no standard error',
        behind: 'one h² is too small, or blocks share what they explain',
      }),
      ...(errors === 'probes'
        ? [
            warning(
              'no-error',
              'the standard errors of covariance and correlation are those of the random genetic values only',
              'take blocks that are cut by LD (--blocks auto) for errors that hold sampling',
            ),
          ]
        : []),
    ],
  };
}
