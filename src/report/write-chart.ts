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
 * Writes charts as `<prefix><suffix>.svg` and `.png`, two at once: each holds its pixels, and one is turned into pixels while the next is drawn.
 * @returns the files of each, as suffix and ending; the main one's, which has no suffix, first.
 */
export async function writeCharts(
  prefix: string,
  charts: AsyncIterator<NamedChart> | Iterator<NamedChart>,
): Promise<string[]> {
  const written: { suffix: string; endings: string[] }[] = [];
  const draw = async () => {
    for (;;) {
      const { value, done } = await charts.next();
      if (done) return;
      const { suffix, svg } = value;
      const own = { suffix, endings: [] as string[] };
      written.push(own);
      own.endings = await writeChart(`${prefix}${suffix}`, svg);
    }
  };
  await Promise.all([draw(), draw()]);
  return written
    .sort((a, b) => Number(a.suffix !== '') - Number(b.suffix !== ''))
    .flatMap(({ suffix, endings }) => endings.map((ending) => `${suffix}${ending}`));
}
