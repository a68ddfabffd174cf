import { writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';

/**
 * Writes a chart as `<prefix>.svg` and `<prefix>.png`; in a browser as SVG alone. The renderer is loaded only here, as it costs
 * time at start.
 * @returns the endings of what was written, for the line that says so.
 */
export async function writeChart(prefix: string, svg: string): Promise<string[]> {
  await writeOutput(`${prefix}.svg`, svg);
  if (host().rasterise === undefined) return ['.svg'];
  const { svgToPng } = await import('./png.js');
  await writeOutput(`${prefix}.png`, await svgToPng(svg));
  return ['.svg', '.png'];
}

/** Writes charts, two at once: each holds its pixels. @returns the endings of each. */
export async function writeCharts(
  charts: readonly { readonly prefix: string; readonly svg: string }[],
): Promise<string[][]> {
  const endings: string[][] = [];
  const left = charts.entries();
  const draw = async () => {
    for (const [k, { prefix, svg }] of left) endings[k] = await writeChart(prefix, svg);
  };
  await Promise.all([draw(), draw()]);
  return endings;
}
