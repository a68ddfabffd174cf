import { type Estimate, type Quantity, quantity, quantityWithin } from '../estimate/estimate.js';
import { formatCount, significant } from '../estimate/number.js';
import { doubtsIn } from '../estimate/warnings.js';
import { plural } from '../formats/text.js';
import { normalQuantile } from '../linalg/distributions.js';
import { quantile } from '../linalg/quantile.js';
import { studentTwoSided } from '../linalg/student-t.js';
import { allMethodNames, baseName, methodFacts, methodNamer, methodTitle } from './facts.js';
import { replicatesOf } from './replicate-estimates.js';

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
  return { summaries: summaries(known), differences, why: whyTheyDiffer(known, differences) };
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

/** What an average variant explains may depend on. */
type Dependence = 'frequency' | 'ld';
interface Evidence {
  readonly on: Dependence;
  readonly text: string;
}

function whyTheyDiffer(known: readonly Estimate[], differences: readonly MethodDifference[]): string[] {
  const beyond = beyondErrors(differences);
  if (beyond.length === 0) return ['No two methods differ by more than their errors allow.'];
  const pairs = [...new Set(beyond.map(({ first, second }) => `${first}\n${second}`))];
  return pairs.flatMap((key) => {
    const own = beyond.filter(({ first, second }) => `${first}\n${second}` === key);
    const [{ first, second }] = own;
    const traits = own.map(({ trait, difference }) => `${trait} (${significant(difference.value ?? 0, 2)})`);
    const shown =
      traits.slice(0, 4).join(', ') +
      (traits.length > 4 ? ` and ${formatCount(traits.length - 4)} more` : '');
    return [
      `${methodTitle(second)} less ${methodTitle(first)} is beyond what errors allow for ${shown}. ${againstWhat(
        [first, second],
        known.filter(({ trait }) => own.some((other) => other.trait === trait)),
      )}`,
    ];
  });
}

/** Which assumption of two methods the heritability by frequency and LD of the same run speaks against. */
function againstWhat(methods: readonly string[], known: readonly Estimate[]): string {
  const assuming = methods.filter((name) => evenOn(name).length > 0);
  if (assuming.length === 0)
    return 'Neither takes variants to be even in frequency and LD; what else differs stands among the estimands.';
  // an estimate that is not to be believed is no evidence either
  const tested = known.filter((own) => hasBins(own) && doubtsIn(own.warnings).length === 0);
  if (tested.length === 0)
    return 'No method of this run tells heritability by frequency and LD apart, in a way that can be trusted, so that the data do not say which assumption fails; sldsc-maf-lld is one that does.';
  const evidence = tested.flatMap((own) => evidenceOf(own, tested.length));
  const failing = assuming.flatMap((name) => {
    const against = evidence.filter(({ on }) => evenOn(name).includes(on));
    return against.length === 0
      ? []
      : [
          `${methodTitle(name)} takes it that ${methodFacts(baseName(name)).assumption}; the data speak against that: ${against[0].text}.`,
        ];
  });
  if (failing.length > 0) return failing.join(' ');
  return 'Heritability by frequency and LD speaks against neither assumption here: linkage between blocks, confounding and the variants behind each number are other reasons.';
}

function evenOn(name: string): readonly Dependence[] {
  return allMethodNames().includes(baseName(name)) ? (methodFacts(baseName(name)).evenOn ?? []) : [];
}

const isFrequencyBin = (id: string) => id.startsWith('mafBin');
const LEVEL_OF_LD = 'lld';

function hasBins({ parts }: Estimate): boolean {
  return parts.some(({ id, kind }) => kind === 'category' && isFrequencyBin(id));
}

/**
 * Bins of frequency that explain more or less than their share, and the level of LD beside them: at 5 % over all bins and
 * estimates together.
 */
function evidenceOf({ trait, method, parts }: Estimate, estimates: number): Evidence[] {
  const found: Evidence[] = [];
  const bins = parts.filter(({ id, quantities }) => isFrequencyBin(id) && quantities?.enrichment?.p != null);
  const p = (part: (typeof bins)[number]) => part.quantities?.enrichment?.p ?? 1;
  const [first] = [...bins].sort((a, b) => p(a) - p(b));
  const by = `${methodTitle(method)}, ${trait}`;
  const tests = (bins.length + 1) * estimates;
  if (first && p(first) * tests < LEVEL)
    found.push({
      on: 'frequency',
      text: `variants of bin ${first.id.replace(/\D/g, '')} of ${bins.length} of frequency explain ${significant(first.quantities?.enrichment?.value ?? 0, 2)} times their share (P ${significant(p(first), 2)}; ${by})`,
    });
  const level = parts.find(({ id }) => id === LEVEL_OF_LD)?.quantities?.coefficient;
  if (level?.p != null && level.p * tests < LEVEL && level.value !== null)
    found.push({
      on: 'ld',
      text: `variants in high LD explain ${level.value < 0 ? 'less' : 'more'} than others of their frequency (P ${significant(level.p, 2)}; ${by})`,
    });
  return found;
}
