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

/** A picture as SVG, and what the names of its files have before their endings. */
export interface NamedChart {
  readonly suffix: string;
  readonly svg: string;
}

/**
 * Writes charts as `<prefix><suffix>.svg` and `.png`, one after another: each is drawn when it is asked for, and holds its pixels.
 * @returns the files of each, as suffix and ending; the main one's, which has no suffix, first.
 */
export async function writeCharts(
  prefix: string,
  charts: AsyncIterator<NamedChart> | Iterator<NamedChart>,
): Promise<string[]> {
  const written: { suffix: string; endings: string[] }[] = [];
  for (let next = await charts.next(); !next.done; next = await charts.next()) {
    const { suffix, svg } = next.value;
    written.push({ suffix, endings: await writeChart(`${prefix}${suffix}`, svg) });
  }
  return written
    .sort((a, b) => Number(a.suffix !== '') - Number(b.suffix !== ''))
    .flatMap(({ suffix, endings }) => endings.map((ending) => `${suffix}${ending}`));
}
