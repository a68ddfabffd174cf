import type { Estimate, Part } from '../estimate/estimate.js';
import { Z95 } from '../estimate/interval.js';
import { formatCount, formatEstimate, significant } from '../estimate/number.js';
import type { ScoreBin } from '../estimators/ldsc/score-bins.js';
import type { JointDetails } from '../methods/twin/joint.js';

/** A picture of one estimate, by what its file is called after the trait. */
export interface TraitChart {
  readonly suffix: string;
  readonly svg: string;
}

/** More cell types than this would make a picture that nobody reads. */
const CELL_TYPES = 30;

/** What only some estimates have: enrichment of categories, cell types, χ² by LD score. */
export async function traitCharts(
  estimate: Estimate,
  titleOf: (method: string) => string,
): Promise<TraitChart[]> {
  const { trait, method, parts, h2, estimand, details } = estimate;
  const total = `h² ${formatEstimate(h2.value ?? 0, h2.se)}`;
  const charts: TraitChart[] = [];
  const enriched = parts.flatMap(enrichmentRow);
  if (enriched.length > 1) {
    const { enrichmentChart } = await import('./ldsc-charts.js');
    const title = `${trait}: enrichment of heritability (${titleOf(method)}), total ${total}`;
    charts.push({ suffix: '.enrichment', svg: enrichmentChart({ rows: enriched, title }) });
  }
  const tested = parts.flatMap(cellTypeRow);
  if (tested.length > 0) {
    const { forestChart } = await import('./forest-chart.js');
    const svg = forestChart({
      rows: tested.slice(0, CELL_TYPES),
      title: `${trait}: cell types beside the baseline`,
      xLabel: 'coefficient over its standard error',
      intervals: '95 % interval',
    });
    if (svg) charts.push({ suffix: '.cell-types', svg });
  }
  const bins = scoreBins(estimate);
  if (bins.length > 0) {
    const { scoreBinChart } = await import('./ldsc-charts.js');
    const variants = formatCount(estimand.variants.regression ?? 0);
    const title = `${trait}: mean χ² by LD score, ${variants} SNPs, ${total}`;
    charts.push({ suffix: '.scores', svg: scoreBinChart({ bins, title }) });
  }
  const { moderation } = (details ?? {}) as JointDetails;
  if (moderation) {
    const { moderationChart } = await import('./moderation-chart.js');
    charts.push({ suffix: '.moderator', svg: moderationChart(trait, moderation) });
  }
  return charts;
}

function enrichmentRow({ kind, id, quantities }: Part) {
  const enrichment = quantities?.enrichment;
  if (kind !== 'category' || enrichment === undefined || enrichment.value === null) return [];
  return [{ label: id, enrichment: enrichment.value, se: enrichment.se ?? 0 }];
}

function cellTypeRow({ kind, id, quantities }: Part) {
  const { value, se } = quantities?.coefficient ?? { value: null, se: null };
  if (kind !== 'cell-type' || value === null || se === null) return [];
  const z = value / se;
  return [{ label: id, estimate: z, low: z - Z95, high: z + Z95, text: significant(z, 3) }];
}

/** χ² by LD score, where the estimate has kept it. */
function scoreBins({ details }: Estimate): readonly ScoreBin[] {
  const { scoreBins = [] } = (details ?? {}) as { readonly scoreBins?: readonly ScoreBin[] };
  return scoreBins;
}
