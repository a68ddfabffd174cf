import { type Estimate, type Quantity, quantity, quantityWithin } from '../estimate/estimate.js';
import { plural } from '../formats/text.js';
import { normalQuantile } from '../linalg/distributions.js';
import { quantile } from '../linalg/quantile.js';
import { studentTwoSided } from '../linalg/student-t.js';
import { methodNamer, methodTitle } from './facts.js';
import { replicatesOf } from './replicate-estimates.js';
import { whyTheyDiffer } from './why-they-differ.js';

/** How the methods of a run differ on the same traits. */
export interface MethodComparison {
  /** Each method against the one that assumes least; empty without that one. */
  readonly summaries: readonly MethodSummary[];
  /** Every pair of methods of a trait. */
  readonly differences: readonly MethodDifference[];
  /** Which methods differ by more than their errors allow, and which assumption the data speak against. */
  readonly why: readonly string[];
}

/** (method - baseline) / baseline over the traits whose heritability is above {@link LEAST_H2} by the baseline. */
export interface MethodSummary {
  readonly method: string;
  readonly baseline: string;
  readonly traits: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The heritability of a trait by the second method less that by the first. */
export interface MethodDifference {
  readonly trait: string;
  readonly first: string;
  readonly second: string;
  /** With a standard error that knows that both saw the same people, where both were tried on the same simulated traits. */
  readonly difference: Quantity;
  /** Simulated traits behind its standard error; null where there is none. */
  readonly simulated: number | null;
  /**
   * The standard error cannot be larger, however the errors of both go together: their sum. Null where one has none.
   */
  readonly seAtMost: number | null;
  /** Why the difference has no standard error of its own; null where it has one. */
  readonly noError: string | null;
}

/** As in the GRE paper, Table 2: of smaller heritabilities a difference in percent says little. */
const LEAST_H2 = 0.05;
const BASELINES = ['gre', 'gre-cross-block'];

/** @returns undefined where no trait has two methods. */
export function compareMethods(estimates: readonly Estimate[]): MethodComparison | undefined {
  const nameOf = methodNamer(estimates);
  const known = estimates
    .filter(({ h2, scale }) => h2.value !== null && scale === 'observed')
    .map((estimate) => ({ ...estimate, method: nameOf(estimate) }));
  const differences = [...new Set(known.map(({ trait }) => trait))].flatMap((trait) => {
    const own = known.filter((estimate) => estimate.trait === trait);
    return own.flatMap((second, k) => own.slice(0, k).flatMap((first) => differenceOf(first, second)));
  });
  if (differences.length === 0) return undefined;
  return { summaries: summaries(known), differences, why: whyTheyDiffer(known, beyondErrors(differences)) };
}

function differenceOf(first: Estimate, second: Estimate): MethodDifference[] {
  if (first.method === second.method || first.h2.value === null || second.h2.value === null) return [];
  const [a, b] = [first.h2.se, second.h2.se];
  const value = second.h2.value - first.h2.value;
  const spread = spreadOfDifference(first, second);
  const common = {
    trait: first.trait,
    first: first.method,
    second: second.method,
    seAtMost: a === null || b === null ? null : a + b,
  };
  if (typeof spread === 'string')
    return [{ ...common, difference: quantity(value, null), simulated: null, noError: spread }];
  const { se, simulated } = spread;
  const half = se * studentTwoSided(LEVEL, simulated - 1);
  const difference = quantityWithin(value, se, [value - half, value + half], 'simulation');
  return [{ ...common, difference, simulated, noError: null }];
}

/** Fewer simulated traits with both estimates say little of a spread. */
export const LEAST_REPLICATES = 20;

/**
 * How far two methods differ on traits that were simulated on the same people with the heritability of this one, and what the random
 * vectors of each add, which all of those traits had in common; in words why that is not known.
 */
function spreadOfDifference(first: Estimate, second: Estimate): { se: number; simulated: number } | string {
  const [a, b] = [replicatesOf(first), replicatesOf(second)];
  if (a === undefined || b === undefined) {
    const without = [first, second].filter((own) => replicatesOf(own) === undefined);
    const names = without.map(({ method }) => methodTitle(method)).join(' and ');
    return `${names} ${without.length === 1 ? 'has' : 'have'} no estimates of traits simulated on the same people, which show how errors go together (heredity h2 --differences 100)`;
  }
  if (a.seed !== b.seed || a.heritability !== b.heritability)
    return 'both were tried on other simulated traits';
  for (const { own, problem } of [
    { own: first, problem: a.problem },
    { own: second, problem: b.problem },
  ])
    if (problem !== undefined)
      return `${methodTitle(own.method)} could not be used on the simulated traits: ${problem}`;
  const differences = b.h2.flatMap((value, r) => {
    const other = a.h2[r] ?? null;
    return value === null || other === null ? [] : [value - other];
  });
  if (differences.length < LEAST_REPLICATES)
    return `both have estimates of ${plural(differences.length, 'simulated trait')}, and ${LEAST_REPLICATES} are needed`;
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const spread = Math.sqrt(squares / (differences.length - 1));
  return { se: Math.hypot(spread, randomError(first), randomError(second)), simulated: differences.length };
}

const randomError = ({ quantities }: Estimate): number => quantities['monte-carlo']?.se ?? 0;

function summaries(known: readonly Estimate[]): MethodSummary[] {
  const baseline = BASELINES.find((name) => known.some(({ method }) => method === name));
  if (baseline === undefined) return [];
  const base = new Map(
    known.flatMap(({ trait, method, h2 }) =>
      method === baseline && h2.value !== null && h2.value > LEAST_H2 ? [[trait, h2.value] as const] : [],
    ),
  );
  const others = [...new Set(known.map(({ method }) => method))].filter((name) => name !== baseline);
  return others.flatMap((method) => {
    const shares = known
      .flatMap((own) => {
        const reference = base.get(own.trait);
        if (own.method !== method || reference === undefined || own.h2.value === null) return [];
        return [(own.h2.value - reference) / reference];
      })
      .sort((a, b) => a - b);
    if (shares.length === 0) return [];
    const [least, most] = [shares[0], shares[shares.length - 1]];
    return [
      {
        method,
        baseline,
        traits: shares.length,
        median: quantile(Float64Array.from(shares), 0.5),
        least,
        most,
      },
    ];
  });
}

/**
 * The differences that are larger than their standard errors, or the most that these can be, allow: at 5 % over all of them
 * together (Bonferroni), so that among many traits and methods chance is not taken for a finding.
 */
export function beyondErrors(differences: readonly MethodDifference[]): MethodDifference[] {
  const level = LEVEL / Math.max(1, differences.length);
  const limitOf = (simulated: number | null) =>
    simulated === null ? normalQuantile(1 - level / 2) : studentTwoSided(level, simulated - 1);
  return differences.filter(({ difference: { value, se }, seAtMost, simulated }) => {
    const error = se ?? seAtMost;
    return value !== null && error !== null && Math.abs(value) > limitOf(simulated) * error;
  });
}

const LEVEL = 0.05;
