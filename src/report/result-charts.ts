import { isHeredityError } from '../errors.js';
import type { Estimate, Findings, Part, Quantity, TraitPair } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';
import { doubtsIn, type Warning, warningFacts } from '../estimate/warnings.js';
import { outputPrefixes } from '../formats/output-prefixes.js';
import { methodNamer } from '../methods/facts.js';
import type { ForestRow } from './forest-chart.js';
import { traitCharts } from './trait-charts.js';

/** A picture of a result. */
export interface ResultChart {
  /** What the name of its file has before its ending: `` or `.parts`. */
  readonly suffix: string;
  readonly svg: string;
  readonly kind: 'pairs' | 'overview' | 'parts' | 'trait';
  /** The estimates or pairs that it shows. */
  readonly shows: readonly (Estimate | TraitPair)[];
}

/** Parts of more traits than this would make a picture that nobody reads. */
const TRAITS_WITH_PARTS = 24;

/**
 * The pictures of a result, chosen by what it holds, one after another, so that one can be written while the next is drawn. One is the main
 * one, without a suffix: correlations of pairs of traits; all traits and methods on one axis; of a single estimate that of its
 * parts, or of its fit. Others say in their suffix what they are, and of which trait where there are several. Parts come first: theirs is
 * the largest picture, and takes longest to write. The chart library is loaded only here.
 */
export async function* resultCharts(
  { estimates, pairs }: Findings,
  titleOf: (method: string) => string,
): AsyncGenerator<ResultChart, void, undefined> {
  const known = estimates.filter(({ h2 }) => h2.value !== null);
  const own = await Promise.all(known.slice(0, TRAITS_WITH_PARTS).map((one) => traitCharts(one, titleOf)));
  const withParts = known.filter(isDrawnByPart).slice(0, TRAITS_WITH_PARTS);
  const hasOverview =
    known.length > 1 || (withParts.length === 0 && own.every((drawn) => drawn.length === 0));
  const methodsOfPairs = [...new Set(pairs.map(({ method }) => method))].filter(
    (method, _, { length }) =>
      length === 1 || pairs.some((pair) => pair.method === method && pair.rg.value !== null),
  );
  const hasMain = methodsOfPairs.length > 0 || hasOverview;
  let isMain = !hasMain;
  const named = function* (
    suffix: string,
    svg: string | undefined,
    more: Pick<ResultChart, 'kind' | 'shows'>,
  ) {
    if (!svg) return;
    yield { suffix: isMain ? '' : suffix, svg, ...more };
    isMain = false;
  };
  if (withParts.length > 0)
    yield* named('.parts', await partsChart(withParts, titleOf), { kind: 'parts', shows: withParts });
  isMain ||= hasMain;
  if (methodsOfPairs.length > 0) {
    const { pairMap } = await import('./pair-map.js');
    const isOnly = new Set(pairs.map(({ method }) => method)).size === 1;
    for (const method of methodsOfPairs) {
      const shows = pairs.filter((pair) => pair.method === method);
      yield* named(isOnly ? '.rg' : `.rg.${method}`, pairMap(shows, estimates, titleOf), {
        kind: 'pairs',
        shows,
      });
    }
  }
  if (hasOverview)
    yield* named('.h2', await overviewChart(known, titleOf), { kind: 'overview', shows: known });
  const isAlone = known.length === 1;
  const traits = [...new Set(known.map(({ trait }) => trait))];
  const nameOf = methodNamer(known);
  // a method with the LD of the sample and that of a reference has pictures of both
  const fileNameOf = (estimate: Estimate) => nameOf(estimate).replace(/ \((.*) LD\)$/, '-$1');
  const prefixes = isAlone ? [''] : traitSuffixes(traits);
  for (const [k, drawn] of own.entries()) {
    const { trait } = known[k];
    const prefix = isAlone ? '' : prefixes[traits.indexOf(trait)];
    const isFirst = known.findIndex((other) => other.trait === trait) === k;
    for (const { suffix, svg } of drawn)
      yield* named(`${prefix}${isFirst ? '' : `.${fileNameOf(known[k])}`}${suffix}`, svg, {
        kind: 'trait',
        shows: [known[k]],
      });
  }
}

/** More parts of an estimate than these are shown along the genome, of so many traits at most. */
const MOST_BARS = 40;
const PANELS = 8;

/** What the files of each trait have in their names: the trait, or its number where names cannot tell files apart. */
function traitSuffixes(traits: readonly string[]): string[] {
  try {
    return outputPrefixes('', traits);
  } catch (error) {
    if (!isHeredityError(error, 'bad-input')) throw error;
    return traits.map((_, t) => `.trait${t + 1}`);
  }
}

/** Parts on one axis, unless they have a picture of their own. */
function isDrawnByPart({ parts }: Estimate): boolean {
  return (
    parts.length > 1 &&
    !parts.some(({ kind, quantities }) => kind === 'category' && quantities?.enrichment) &&
    parts[0].h2.value !== null
  );
}

/** All traits and methods on one axis. */
export async function overviewChart(
  known: readonly Estimate[],
  titleOf: (method: string) => string,
): Promise<string | undefined> {
  const { forestChart, forestRow } = await import('./forest-chart.js');
  const nameOf = methodNamer(known);
  const methods = [...new Set(known.map(nameOf))];
  const rows = known.map((estimate) => ({
    ...forestRow(estimate.trait, estimate.h2),
    doubt: doubtIn(estimate.warnings),
    ...(methods.length > 1 && { series: titleOf(nameOf(estimate)) }),
  }));
  const what = heritabilityOf(known);
  const title = methods.length === 1 ? `${what} (${titleOf(methods[0])})` : `${what} by method`;
  return forestChart({ rows, title, xLabel: X_LABEL, ...intervalsOf(known.map(({ h2 }) => h2)) });
}

/** The few words of what speaks against a number; undefined where nothing does. */
function doubtIn(warnings: readonly Warning[]): string | undefined {
  return [...new Set(doubtsIn(warnings).map(({ code }) => warningFacts(code).short))].join('; ') || undefined;
}

const X_LABEL = 'h², share of variance';

/** Relatives have no SNPs: what they say is about all genetic differences. */
function heritabilityOf(estimates: readonly Estimate[]): string {
  return estimates.every(isOfRelatives) ? 'Heritability' : 'SNP-heritability';
}

function isOfRelatives({ estimand }: Estimate): boolean {
  return estimand.ld === 'none';
}

/** What the intervals are, where all are of one unusual kind. */
function intervalsOf(numbers: readonly Quantity[]): { readonly intervals?: string } {
  const known = numbers.filter(({ ci95 }) => ci95 !== null);
  const areProfiles = known.length > 0 && known.every(({ seKind }) => seKind === 'profile');
  return areProfiles ? { intervals: '95 % profile-likelihood interval' } : {};
}

/** Blocks as bars for a single trait; else the parts of each trait and method below each other. */
async function partsChart(
  estimates: readonly Estimate[],
  titleOf: (method: string) => string,
): Promise<string | undefined> {
  const [only] = estimates;
  const kind = only.parts[0].kind;
  const what = estimates.every(isOfRelatives) ? 'shares of variance' : 'SNP-heritability';
  const heading = (estimate: Estimate) => {
    const total = formatEstimate(estimate.h2.value ?? 0, estimate.h2.se);
    return `${estimate.trait}: ${what} by ${kind} (${titleOf(estimate.method)}), ${isOfRelatives(estimate) ? 'heritability' : 'total'} ${total}`;
  };
  if (estimates.some(({ parts }) => parts.length > MOST_BARS)) {
    const svg = await localChart(estimates, titleOf);
    if (svg) return svg;
  }
  if (estimates.length === 1 && kind === 'block') {
    const { blockChart } = await import('./chart.js');
    return blockChart({
      rows: blockRows(only),
      title: heading(only),
      shareOf: 'variants',
      doubt: doubtIn(only.warnings),
    });
  }
  if (estimates.every(({ parts }) => parts[0].kind === 'block')) {
    const { blockPanelsChart } = await import('./block-panels-chart.js');
    const methods = new Set(estimates.map(({ method }) => method));
    const rows = estimates.flatMap(({ trait, method, parts, warnings }) =>
      parts.flatMap(({ id, h2 }) => {
        if (h2.value === null) return [];
        const [low, high] = h2.ci95 ?? [null, null];
        const name = methods.size === 1 ? trait : `${trait}, ${titleOf(method)}`;
        const panel = doubtIn(warnings) === undefined ? name : `${name} !`;
        return [{ panel, id, estimate: h2.value, low, high }];
      }),
    );
    const of = methods.size === 1 ? ` (${titleOf(only.method)})` : '';
    const doubt = doubtIn(estimates.flatMap(({ warnings }) => warnings));
    return blockPanelsChart({ rows, title: `SNP-heritability by block${of}`, doubt });
  }
  const { forestChart, forestRow } = await import('./forest-chart.js');
  const series = new Set(estimates.map(({ trait, method }) => `${trait}/${method}`));
  const methods = new Set(estimates.map(({ method }) => method));
  const rows = estimates.flatMap(({ trait, method, parts }) =>
    parts.flatMap((part) =>
      partRow(
        forestRow,
        part,
        series.size === 1 ? undefined : methods.size === 1 ? trait : `${trait}, ${titleOf(method)}`,
      ),
    ),
  );
  const title = estimates.length === 1 ? heading(only) : `SNP-heritability by ${kind}`;
  const xLabel = estimates.every(isOfRelatives) ? 'share of variance' : X_LABEL;
  const numbers = estimates.flatMap(({ parts }) => parts.map(({ h2 }) => h2));
  return forestChart({ rows, title, xLabel, ...intervalsOf(numbers) });
}

/** Local heritability along the genome; undefined where parts are not places of it. */
async function localChart(
  estimates: readonly Estimate[],
  titleOf: (method: string) => string,
): Promise<string | undefined> {
  const methods = new Set(estimates.map(({ method }) => method));
  const rows = estimates.slice(0, PANELS).flatMap(({ trait, method, parts }) =>
    parts.flatMap(({ kind, h2, diagnostics = {} }) => {
      const { chromosome, start, end } = diagnostics;
      if (kind !== 'block' || h2.value === null) return [];
      if (typeof chromosome !== 'string' || typeof start !== 'number' || typeof end !== 'number') return [];
      const series = methods.size === 1 ? trait : `${trait}, ${titleOf(method)}`;
      const [low, high] = h2.ci95 ?? [null, null];
      return [{ series, chromosome, start, end, estimate: h2.value, low, high }];
    }),
  );
  if (rows.length === 0) return undefined;
  const { manhattanChart } = await import('./manhattan-chart.js');
  const [only] = estimates;
  const title =
    estimates.length === 1
      ? `${only.trait}: local SNP-heritability (${titleOf(only.method)}), total ${formatEstimate(only.h2.value ?? 0, only.h2.se)}`
      : 'Local SNP-heritability';
  return manhattanChart({ rows, title, yLabel: 'h² of the block' });
}

function partRow(
  row: (label: string, h2: Quantity) => ForestRow,
  { id, h2 }: Part,
  series: string | undefined,
) {
  return h2.value === null ? [] : [{ ...row(id, h2), ...(series !== undefined && { series }) }];
}

function blockRows({ parts }: Estimate) {
  const total = parts.reduce((sum, { variants }) => sum + (variants ?? 0), 0);
  return parts.map(({ id, h2, variants }) => ({
    id,
    h2: h2.value ?? 0,
    se: h2.se ?? 0,
    share: total > 0 ? (variants ?? 0) / total : 0,
  }));
}
