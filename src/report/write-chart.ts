import { writeOutput } from '../formats/output.js';

/** Writes a chart as `<prefix>.svg` and `<prefix>.png`; the renderer is loaded only here, as it costs time at start. */
export async function writeChart(prefix: string, svg: string): Promise<void> {
  const { svgToPng } = await import('./png.js');
  await writeOutput(`${prefix}.svg`, svg);
  await writeOutput(`${prefix}.png`, svgToPng(svg));
}
