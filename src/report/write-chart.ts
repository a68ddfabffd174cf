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
  await writeOutput(`${prefix}.png`, svgToPng(svg));
  return ['.svg', '.png'];
}
