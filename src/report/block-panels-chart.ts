import * as Plot from '@observablehq/plot';
import { AXIS, CHARACTER, COLOUR, doubtLegend, draw, HEAD, INTERVAL, longest, pointedAt } from './chart.js';

export interface PanelRow {
  /** What the panel is of: a trait. */
  readonly panel: string;
  /** Block id, such as `chr1`. */
  readonly id: string;
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

const PANEL = 96;

/** A bar a block with its 95 % interval, a panel a trait, all on the same axes. */
export function blockPanelsChart(chart: {
  readonly rows: readonly PanelRow[];
  readonly title: string;
  /** Why those whose panel ends in `!` are not to be believed as they stand. */
  readonly doubt?: string | undefined;
}): string {
  const ids = [...new Set(chart.rows.map(({ id }) => id))];
  const panels = [...new Set(chart.rows.map(({ panel }) => panel))];
  const labelWidth = CHARACTER * longest(ids);
  const step = Math.min(Math.max(640 / ids.length, 16), 90);
  const isTurned = labelWidth + CHARACTER > step;
  const marginBottom = Math.round(34 + (isTurned ? labelWidth : 14));
  const marginRight = 24 + Math.round(CHARACTER * longest(panels));
  const intervals = chart.rows.filter(({ low, high }) => low !== null && high !== null);
  const picture = {
    width: Math.max(Math.round(72 + step * ids.length + marginRight), 560),
    height: HEAD + PANEL * panels.length + marginBottom,
    marginLeft: 72,
    marginRight,
    marginBottom,
    fy: { label: null, domain: panels, padding: 0.15 },
    x: {
      ...AXIS,
      label: 'block',
      labelOffset: marginBottom - 6,
      domain: ids,
      padding: 0.3,
      ...(isTurned ? { tickRotate: -90 } : {}),
    },
    y: { ...AXIS, label: 'h² of the block', labelOffset: 58, nice: true, grid: true, ticks: 3 },
    marks: [
      Plot.barY(chart.rows, {
        fy: 'panel',
        x: 'id',
        y: 'estimate',
        fill: COLOUR.bar,
        title: ({ panel, id, estimate, low, high }: PanelRow) =>
          pointedAt(`${panel}, ${id}`, { 'h²': estimate, [INTERVAL]: [low, high] }),
      }),
      Plot.ruleX(intervals, {
        fy: 'panel',
        x: 'id',
        y1: 'low',
        y2: 'high',
        stroke: COLOUR.text,
        strokeWidth: 1.3,
      }),
      Plot.ruleY([0], { stroke: COLOUR.quiet }),
    ],
  };
  return draw(picture, chart.title, [
    { shape: 'bar', colour: COLOUR.bar, text: 'h² with 95 % confidence interval' },
    ...doubtLegend(chart.doubt).map((item) => ({ ...item, text: `!: ${item.text}` })),
  ]);
}
