import type { GenotypeOperator } from '../genotypes/operator.js';
import { type RunContext, silentRun } from '../run.js';
import { r2Bands } from './windowed-r2.js';
import type { Windows } from './windows.js';

export interface GctaScores {
  /** 1 + sum of r2 with the other neighbours. */
  readonly score: Float64Array;
  /** Neighbours besides the variant itself. */
  readonly neighbours: Int32Array;
  /** Largest r2 with one of them; 0 where there is none. */
  readonly largest: Float64Array;
}

/**
 * LD scores of single variants as GCTA has them (METHODS 5.4), r2 not adjusted, with what its file says besides. For the scores
 * alone, ldScores is faster.
 * @throws HeredityError as ldScores.
 */
export async function gctaLdScores(
  genotypes: GenotypeOperator,
  windows: Windows,
  run: RunContext = silentRun,
): Promise<GctaScores> {
  const variants = windows.first.length;
  const score = new Float64Array(variants).fill(1);
  const largest = new Float64Array(variants);
  const options = { adjusted: false, label: 'LD scores' };
  for await (const band of r2Bands(genotypes, windows, options, run)) {
    for (let i = 0; i < band.variants; i++) {
      const j = band.first + i;
      for (let at = band.starts[i], k = j + 1; at < band.starts[i + 1]; at++, k++) {
        const r2 = band.values[at];
        score[j] += r2;
        score[k] += r2;
        if (r2 > largest[j]) largest[j] = r2;
        if (r2 > largest[k]) largest[k] = r2;
      }
    }
  }
  const neighbours = windows.first.map((first, j) => windows.last[j] - first);
  return { score, neighbours, largest };
}
