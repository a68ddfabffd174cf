import type { Estimate } from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { allMethodNames, methodFacts, methodTitle } from '../../methods/facts.js';
import type { LossRecord } from '../../provenance.js';
import type { ResultInput, RunRecord } from '../read-results.js';
import { SPREAD_WORDS, spreadsOf } from '../spread.js';

/** Standard errors in words. */
const SE_WORDS: Readonly<Record<string, string>> = {
  analytic: 'standard errors are from a formula for the sampling variance',
  calibrated: 'standard errors are from a formula calibrated to the spread over samples',
  jackknife: 'standard errors are from a block jackknife',
  combined: 'standard errors are from theory for even effects and a block jackknife over variants together',
  information: 'standard errors are from the information matrix',
  curvature: 'standard errors are from the curvature of the likelihood',
  profile: 'intervals are from the profile likelihood',
  'least-squares': 'standard errors are those of least squares',
  delta: 'standard errors are from the delta method',
  probes: 'standard errors are those of the random vectors alone',
};

/**
 * What the methods section of a paper says of some results, a sentence or more for each, ready to be pasted.
 * @returns paragraphs, and the papers to cite, in the order of the methods.
 */
export function methodsText(results: readonly ResultInput[]): {
  readonly paragraphs: readonly string[];
  readonly citations: readonly string[];
} {
  const all = results.flatMap(({ findings }) => [...findings.estimates, ...findings.pairs]);
  const methods = [...new Set(all.map(({ method }) => method))];
  const citations = [...new Set(methods.flatMap((name) => citationOf(name) ?? []))];
  return { paragraphs: results.flatMap(paragraphOf), citations };
}

function citationOf(name: string): string | undefined {
  return allMethodNames().includes(name) ? methodFacts(name).citation : undefined;
}

function paragraphOf({ findings: { estimates, pairs }, record }: ResultInput): string[] {
  if (estimates.length === 0) return [];
  const traits = [...new Set(estimates.map(({ trait }) => trait))];
  const methods = [...new Set(estimates.map(({ method }) => method))];
  const what = estimates.every(({ estimand }) => estimand.ld === 'none')
    ? 'Heritability'
    : 'SNP-heritability';
  const of = traits.length <= 5 ? listed(traits) : `${traits.length} traits`;
  const sentences = [
    `${what} of ${of} was estimated with heredity ${record.version} (command "${record.command}") by ${listed(methods.map(methodWithCitation))}.`,
    ...methods.map((name) =>
      aboutMethod(
        name,
        estimates.filter(({ method }) => method === name),
      ),
    ),
    ...lossSentences(record),
    ...covariateSentence(record),
    ...liabilitySentence(estimates),
    ...(pairs.length > 0
      ? [
          `Genetic correlations of ${formatCount(pairs.length)} pair${pairs.length === 1 ? '' : 's'} of traits are from ${listed([...new Set(pairs.map(({ method }) => methodTitle(method)))])}.`,
        ]
      : []),
    ...(record.seed === null ? [] : [`Random numbers have seed ${record.seed}.`]),
    'Estimates are not clipped: values below 0 or above 1 are reported as they are.',
  ];
  return [sentences.join(' ')];
}

function methodWithCitation(name: string): string {
  const citation = citationOf(name);
  return citation === undefined ? name : `${methodTitle(name)} (${citation.split(',')[0]})`;
}

/** Estimand, assumption and errors of one method. */
function aboutMethod(name: string, estimates: readonly Estimate[]): string {
  const [{ estimand }] = estimates;
  const kinds = [...new Set(estimates.flatMap(({ h2 }) => h2.seKind ?? []))];
  const { reference, regression, heritability } = estimand.variants;
  const counts = [
    ...(heritability === null ? [] : [`heritability of ${formatCount(heritability)} variants`]),
    ...(regression === null || regression === heritability
      ? []
      : [`statistics of ${formatCount(regression)}`]),
    ...(reference === null || reference === heritability ? [] : [`LD of ${formatCount(reference)}`]),
  ];
  const parts = [
    `${methodTitle(name)} estimates the ${estimand.what}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`,
    `its assumption: ${estimand.assumption.replaceAll(';', ',')}`,
    ...kinds.map((kind) => SE_WORDS[kind]),
    ...spreadsOf(estimates).map((spread) => `they are the spread around ${SPREAD_WORDS[spread]}`),
  ];
  return `${parts.join('; ')}.`;
}

function lossSentences({ samples, variants }: RunRecord): string[] {
  return [lossSentence('people', samples), lossSentence('variants', variants)].flatMap(
    (sentence) => sentence ?? [],
  );
}

function lossSentence(unit: string, record: LossRecord | null): string | undefined {
  if (record === null) return undefined;
  const name = record.unit ?? unit;
  const losing = record.steps.filter(({ lost }) => lost > 0);
  if (losing.length === 0) return `All ${formatCount(record.left)} ${name} were used.`;
  const steps = losing.map(({ lost, why }) => `${formatCount(lost)} ${why}`);
  return `Of ${formatCount(record.start)} ${name}, ${formatCount(record.left)} were used; left out were ${listed(steps)}.`;
}

function covariateSentence({ flags }: RunRecord): string[] {
  if (typeof flags['--covar'] !== 'string' && !Array.isArray(flags['--covar'])) return [];
  const names = flags['--covar-name'];
  return [
    `Traits were adjusted for ${Array.isArray(names) ? `the covariates ${listed(names.map(String))}` : 'covariates'}.`,
  ];
}

function liabilitySentence(estimates: readonly Estimate[]): string[] {
  const known = estimates.filter(({ liability }) => liability !== null);
  const shares = [
    ...new Set(
      known.map(
        ({ trait, liability }) =>
          `${trait}: ${liability?.prevalence} in the population, ${Number(liability?.ascertainment.toPrecision(4))} in the sample`,
      ),
    ),
  ];
  return shares.length === 0
    ? []
    : [`Heritability on the liability scale takes these shares of cases: ${shares.join('; ')}.`];
}

/** `a`, `a and b`, `a, b and c` */
function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
