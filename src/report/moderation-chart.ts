import type { ModerationAnalysis } from '../methods/twin/joint.js';
import { curveChart } from './curve-chart.js';

const NAMES = {
  A: 'A, additive genes',
  C: 'C, common environment',
  D: 'D, dominance',
  E: 'E, unique environment',
} as const;

/** Variances of the components along the moderator, by the model with the lowest AIC. */
export function moderationChart(trait: string, { moderator, models, preferred }: ModerationAnalysis): string {
  const model = models.find(({ name }) => name === preferred)!;
  // the first is at the mean, the rest are the curve
  const curve = model.shares.slice(1);
  return curveChart({
    title: `${trait}: components of variance along ${moderator} (${preferred})`,
    xLabel: moderator,
    yLabel: 'variance, in units of the trait squared',
    scale: 'linear',
    series: model.paths.map(({ component }, c) => ({
      label: NAMES[component],
      points: curve.map(({ at, parts }) => ({ x: at, y: parts[c].variance })),
    })),
  });
}
