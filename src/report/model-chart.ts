import { GAP_CATALOGUE } from '../gap/catalogue.js';
import type { GapModel } from '../gap/model.js';

/**
 * The curve of a model of missing heritability, with a dot where its input was set.
 * @param outputs values of the model at its inputs. @param points of the curve.
 * @returns SVG. The chart library is loaded only here.
 */
export async function modelChart(
  model: GapModel,
  values: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, number>>,
  points: readonly Readonly<Record<string, number>>[],
): Promise<string> {
  const { curveChart } = await import('./curve-chart.js');
  const { over, outputs: drawn, yLabel, scale = 'linear' } = model.curve;
  const input = model.inputs[over];
  const unit = input.kind === 'number' && input.unit !== '' ? ` (${input.unit})` : '';
  const x = values[over] as number;
  const range = points.map((point) => point.x);
  return curveChart({
    series: drawn.map((key) => ({
      label: model.outputs[key].label,
      points: points.map((point) => ({ x: point.x, y: point[key] })),
    })),
    title: GAP_CATALOGUE[model.name].replace(/^./, (letter) => letter.toUpperCase()),
    xLabel: `${input.label}${unit}`,
    yLabel,
    scale,
    at:
      x >= Math.min(...range) && x <= Math.max(...range) ? drawn.map((key) => ({ x, y: outputs[key] })) : [],
  });
}
