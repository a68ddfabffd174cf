import { curveChart } from '../../report/curve-chart.js';
import { writeChart } from '../../report/write-chart.js';
import type { ScoreSet } from './score-files.js';

const MAF_BINS = 25;

/** Scores that a picture tells apart. */
const MOST_CURVES = 4;

/** Draws mean scores by minor allele frequency; returns the names of the files. */
export async function scorePicture(out: string, { names, scores, maf }: ScoreSet): Promise<string[]> {
  const series = names.slice(0, MOST_CURVES).map((label, c) => {
    const sums = new Float64Array(MAF_BINS);
    const counts = new Float64Array(MAF_BINS);
    for (let v = 0; v < maf.length; v++) {
      const bin = Math.min(Math.floor(2 * MAF_BINS * maf[v]), MAF_BINS - 1);
      sums[bin] += scores[v * names.length + c];
      counts[bin]++;
    }
    const points = Array.from(sums, (sum, bin) => ({
      x: (bin + 0.5) / (2 * MAF_BINS),
      y: sum / counts[bin],
    }));
    return { label, points: points.filter(({ y }) => Number.isFinite(y)) };
  });
  const svg = curveChart({
    series,
    title: 'Mean LD score by allele frequency',
    xLabel: 'minor allele frequency',
    yLabel: 'mean LD score',
    scale: 'linear',
  });
  const endings = await writeChart(`${out}.ld-scores`, svg);
  return endings.map((ending) => `${out}.ld-scores${ending}`);
}
