import type { Estimate, Findings, Part } from '../estimate/estimate.js';
import { formatEstimate } from './number.js';

/** A picture of a result, and what its file name ends in, such as `` or `.blocks`. */
export interface ResultChart {
  readonly suffix: string;
  readonly svg: string;
}

/** The pictures of a result: all traits and methods, or the parts of the only one. The chart library is loaded only here. */
export async function resultCharts(
  { estimates }: Findings,
  titleOf: (method: string) => string,
): Promise<ResultChart[]> {
  const known = estimates.filter(({ h2 }) => h2.value !== null);
  if (known.length === 0) return [];
  const { blockChart, forestPlot } = await import('./chart.js');
  const [only] = known;
  const title = [...new Set(known.map(({ method }) => titleOf(method)))].join(', ');
  if (known.length === 1 && only.parts.length > 1) {
    const heading = `${only.trait}: SNP-heritability by ${only.parts[0].kind} (${title}), total ${formatEstimate(only.h2.value ?? 0, only.h2.se)}`;
    const svg =
      only.parts[0].kind === 'block'
        ? blockChart({ rows: blockRows(only), title: heading, shareOf: 'variants' })
        : forestPlot({ rows: only.parts.flatMap(partRow), title: heading, xLabel: X_LABEL });
    return [{ suffix: '', svg }];
  }
  const methods = new Set(known.map(({ method }) => method));
  const rows = known.map(({ trait, method, h2 }) => ({
    label: methods.size > 1 ? `${trait}, ${titleOf(method)}` : trait,
    estimate: h2.value ?? 0,
    se: h2.se ?? 0,
  }));
  return [{ suffix: '', svg: forestPlot({ rows, title: `SNP-heritability (${title})`, xLabel: X_LABEL }) }];
}

const X_LABEL = 'h², share of variance';

function blockRows({ parts }: Estimate) {
  const total = parts.reduce((sum, { variants }) => sum + (variants ?? 0), 0);
  return parts.map(({ id, h2, variants }) => ({
    id,
    h2: h2.value ?? 0,
    se: h2.se ?? 0,
    share: total > 0 ? (variants ?? 0) / total : 0,
  }));
}

function partRow({ id, h2 }: Part) {
  return h2.value === null ? [] : [{ label: id, estimate: h2.value, se: h2.se ?? 0 }];
}
