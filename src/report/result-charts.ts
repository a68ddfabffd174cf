import type { Estimate, Findings, Part, Quantity } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';

/** A picture of a result, and what the name of its file has before its ending: `` or `.parts`. */
export interface ResultChart {
  readonly suffix: string;
  readonly svg: string;
}

/** Parts of more traits than this would make a picture that nobody reads. */
const TRAITS_WITH_PARTS = 24;

/**
 * The pictures of a result: all traits and methods on one axis; the parts of each trait, where it has several. With a single
 * estimate its parts are the main picture. The chart library is loaded only here.
 */
export async function resultCharts(
  { estimates }: Findings,
  titleOf: (method: string) => string,
): Promise<ResultChart[]> {
  const known = estimates.filter(({ h2 }) => h2.value !== null);
  if (known.length === 0) return [];
  const withParts = known.filter(({ parts }) => parts.length > 1).slice(0, TRAITS_WITH_PARTS);
  const charts: ResultChart[] = [];
  const methods = [...new Set(known.map(({ method }) => method))];
  if (known.length > 1 || withParts.length === 0) {
    const { forestChart } = await import('./forest-chart.js');
    const rows = known.map(({ trait, method, h2 }) => ({
      ...rowOf(trait, h2),
      ...(methods.length > 1 && { series: titleOf(method) }),
    }));
    const title =
      methods.length === 1 ? `SNP-heritability (${titleOf(methods[0])})` : 'SNP-heritability by method';
    const svg = forestChart({ rows, title, xLabel: X_LABEL });
    if (svg) charts.push({ suffix: '', svg });
  }
  if (withParts.length > 0) {
    const svg = await partsChart(withParts, titleOf);
    if (svg) charts.push({ suffix: charts.length === 0 ? '' : '.parts', svg });
  }
  return charts;
}

/** More parts of an estimate than these are shown along the genome, of so many traits at most. */
const MOST_BARS = 40;
const PANELS = 8;

const X_LABEL = 'h², share of variance';

/** Blocks as bars for a single trait; else the parts of each trait and method below each other. */
async function partsChart(
  estimates: readonly Estimate[],
  titleOf: (method: string) => string,
): Promise<string | undefined> {
  const [only] = estimates;
  const kind = only.parts[0].kind;
  const heading = (estimate: Estimate) =>
    `${estimate.trait}: SNP-heritability by ${kind} (${titleOf(estimate.method)}), total ${formatEstimate(estimate.h2.value ?? 0, estimate.h2.se)}`;
  if (estimates.some(({ parts }) => parts.length > MOST_BARS)) {
    const svg = await localChart(estimates, titleOf);
    if (svg) return svg;
  }
  if (estimates.length === 1 && kind === 'block') {
    const { blockChart } = await import('./chart.js');
    return blockChart({ rows: blockRows(only), title: heading(only), shareOf: 'variants' });
  }
  const { forestChart } = await import('./forest-chart.js');
  const series = new Set(estimates.map(({ trait, method }) => `${trait}/${method}`));
  const methods = new Set(estimates.map(({ method }) => method));
  const rows = estimates.flatMap(({ trait, method, parts }) =>
    parts.flatMap((part) =>
      partRow(
        part,
        series.size === 1 ? undefined : methods.size === 1 ? trait : `${trait}, ${titleOf(method)}`,
      ),
    ),
  );
  const title = estimates.length === 1 ? heading(only) : `SNP-heritability by ${kind}`;
  return forestChart({ rows, title, xLabel: X_LABEL });
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

function rowOf(label: string, { value, se, ci95 }: Quantity) {
  return {
    label,
    estimate: value ?? 0,
    low: ci95?.[0] ?? null,
    high: ci95?.[1] ?? null,
    text: formatEstimate(value ?? 0, se),
  };
}

function partRow({ id, h2 }: Part, series: string | undefined) {
  return h2.value === null ? [] : [{ ...rowOf(id, h2), ...(series !== undefined && { series }) }];
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
