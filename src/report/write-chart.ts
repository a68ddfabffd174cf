import { writeOutput } from '../formats/output.js';
import { host } from '../host/host.js';

/**
 * Writes a chart as `<prefix>.svg` and `<prefix>.png`; in a browser as SVG alone. The renderer is loaded only here, as it costs
 * time at start.
 */
export async function writeChart(prefix: string, svg: string): Promise<void> {
  await writeOutput(`${prefix}.svg`, svg);
  if (host().rasterise === undefined) return;
  const { svgToPng } = await import('./png.js');
  await writeOutput(`${prefix}.png`, svgToPng(svg));
}
