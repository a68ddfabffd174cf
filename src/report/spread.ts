import { type Estimate, type Spread, spreadOf } from '../estimate/estimate.js';
import { allMethodNames, methodFacts } from '../methods/facts.js';

/** What standard errors are the spread around. */
export const SPREAD_WORDS: Readonly<Record<Spread, string>> = {
  realised: 'what these effects explain among people like these (realised)',
  expected: 'what the architecture explains, were effects drawn again (expected)',
};

/** Of the heritabilities of some estimates. */
export function spreadsOf(estimates: readonly Estimate[]): Spread[] {
  return [...new Set(estimates.flatMap((estimate) => spreadOf(estimate, estimate.h2) ?? []))];
}

/** A line for each question that standard errors of the methods answer, with where they do not. */
export function spreadText(estimates: readonly Estimate[]): string {
  const methods = [...new Set(estimates.map(({ method }) => method))];
  return spreadsOf(estimates)
    .map((spread) => {
      const own = methods.filter((name) =>
        estimates.some((estimate) => estimate.method === name && spreadOf(estimate, estimate.h2) === spread),
      );
      const names = methods.length > 1 ? ` (${own.join(', ')})` : '';
      return [`Standard errors${names} are around ${SPREAD_WORDS[spread]}`, ...failures(own, estimates)].join(
        '; ',
      );
    })
    .join('\n');
}

/** Where errors do not hold that a method gives by default. */
function failures(methods: readonly string[], estimates: readonly Estimate[]): string[] {
  const byDefault = methods.filter(
    (name) =>
      allMethodNames().includes(name) &&
      estimates.some(
        ({ method, h2, estimand }) =>
          method === name &&
          BY_SAMPLES.has(h2.seKind ?? '') === (methodFacts(name).bySamples ?? false) &&
          estimand.spread === methodFacts(name).spread,
      ),
  );
  const clauses = [...new Set(byDefault.flatMap((name) => methodFacts(name).spreadFails ?? []))];
  if (new Set(estimates.map(({ method }) => method)).size === 1) return clauses;
  return clauses.map((clause) => {
    const own = byDefault.filter((name) => methodFacts(name).spreadFails === clause);
    return `${own.join(', ')}: ${clause}`;
  });
}

/** Kinds of errors that take in what formulas leave out. */
const BY_SAMPLES: ReadonlySet<string> = new Set(['jackknife', 'combined', 'calibrated']);
